"""Elementary functions that vectorise: `exp`, `exprel` and their relatives for use inside kernels.

A call into the C library stops LLVM from vectorising a loop. These functions are branch-free arithmetic,
inlined into the kernel that calls them, so that ``for i in range(n): y[i] = exp(x[i])`` becomes packed
instructions. Every one takes and returns a float64 scalar.

Method: x = k ln 2 + r with abs(r) <= ln(2)/2 (Cody and Waite 1980), a polynomial in r, and 2**k made by
shifting k into the exponent bits. Adding 1.5 * 2**52 rounds to a whole number and leaves it in the low bits
of the sum, so no conversion between floats and integers is needed (AVX2 has none for 64 bits). Polynomials
interpolate at Chebyshev nodes, which is within a factor of two of the best uniform approximation.
"""

from __future__ import annotations

import numpy as np

from neurosim.kernels.jit import inline

LOG2_E = 1.4426950408889634
LN2_HIGH = float.fromhex("0x1.62e42fefa0000p-1")  # short enough that k * LN2_HIGH is exact
LN2_LOW = 1.6465949582897082e-12
ROUND = 6755399441055744.0  # 1.5 * 2**52: numbers of this size have no binary places
BIAS = 1023.0  # of the exponent field of a float64
EXPONENT_SHIFT = np.int64(52)

EXPREL_SCALE = 2.0**-16  # exprel is finite up to x = 716.4, beyond the overflow of exp
EXPREL_LIMIT = 720.0


@inline
def float_bits(x: float) -> np.int64:
    """Return the bit pattern of a float64 as an int64."""
    return np.float64(x).view(np.int64)


@inline
def bits_float(bits: np.int64) -> float:
    """Return the float64 that has a given bit pattern."""
    return np.int64(bits).view(np.float64)


@inline
def exp_second_remainder(r: float) -> float:
    """Return (e^r - 1 - r) / r^2 for abs(r) <= ln(2)/2, to 1e-17."""
    r2 = r * r
    r4 = r2 * r2
    low = (0.5 + 0.1666666666666667 * r) + (0.04166666666666667 + 0.008333333333326084 * r) * r2
    middle = (0.0013888888888883711 + 0.0001984126987500228 * r) + (
        2.480158732567746e-05 + 2.755725517000089e-06 * r
    ) * r2
    high = (2.755727347871858e-07 + 2.5105312729622103e-08 * r) + 2.09147553258932e-09 * r2
    return low + (middle + high * r4) * r4


@inline
def exp(x: float) -> float:
    """Return e^x, within 1 ulp over the whole range, subnormal results included."""
    x = 710.0 if x > 710.0 else x
    x = -746.0 if x < -746.0 else x
    # Two factors of about 2**(k/2), because 2**k alone may overflow or be subnormal.
    whole = x * LOG2_E + (ROUND + 2.0 * BIAS)
    k = whole - (ROUND + 2.0 * BIAS)
    half = k * 0.5 + (ROUND + BIAS)
    first = bits_float(float_bits(half) << EXPONENT_SHIFT)
    second = bits_float((float_bits(whole) - float_bits(half)) << EXPONENT_SHIFT)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    return ((1.0 + (r + (r * r) * exp_second_remainder(r))) * first) * second


@inline
def exprel(x: float) -> float:
    """Return (e^x - 1)/x, which is 1 at x = 0, within 2 ulp over the whole range."""
    x = EXPREL_LIMIT if x > EXPREL_LIMIT else x
    reduced = -100.0 if x < -100.0 else x
    whole = reduced * LOG2_E + (ROUND + (BIAS - 16.0))
    k = whole - (ROUND + (BIAS - 16.0))
    scale = bits_float(float_bits(whole) << EXPONENT_SHIFT)  # 2**k * EXPREL_SCALE
    coarse = reduced - k * LN2_HIGH
    r = coarse - k * LN2_LOW
    r_error = (coarse - r) - k * LN2_LOW
    remainder = exp_second_remainder(r)
    numerator = scale * (r + (r * r * remainder + r_error)) + (scale - EXPREL_SCALE)
    quotient = numerator / (x * EXPREL_SCALE)
    return 1.0 + r * remainder if k == 0.0 else quotient
