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

from neurosim.kernels.core.jit import inline
from neurosim.kernels.core.memory import bits_float, float_bits

LOG2_E = 1.4426950408889634
LN2_HIGH = float.fromhex("0x1.62e42fefa0000p-1")  # short enough that k * LN2_HIGH is exact
LN2_LOW = 1.6465949582897082e-12
ROUND = 6755399441055744.0  # 1.5 * 2**52: numbers of this size have no binary places
BIAS = 1023.0  # of the exponent field of a float64
EXPONENT_SHIFT = np.int64(52)

EXPREL_SCALE = 2.0**-16  # exprel is finite up to x = 716.4, beyond the overflow of exp
EXPREL_LIMIT = 720.0

LARGEST_REMAINDER = 0.34
"""Largest argument, near ln(2)/2, up to which `exp_second_remainder` holds."""

SQRT_HALF_BITS = np.int64(0x3FE6A09E667F3BCD)
MANTISSA_BITS = np.int64(0x000FFFFFFFFFFFFF)
SIGN_BIT = np.int64(-0x8000000000000000)
SMALLEST_NORMAL = 2.0**-1022
INFINITY = float("inf")
NAN = float("nan")


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
    first: float = bits_float(float_bits(half) << EXPONENT_SHIFT)
    second: float = bits_float((float_bits(whole) - float_bits(half)) << EXPONENT_SHIFT)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    return ((1.0 + (r + (r * r) * exp_second_remainder(r))) * first) * second


@inline
def exprel_parts(x: float) -> tuple[float, float, bool]:
    """Return EXPREL_SCALE * (e^x - 1), exprel(x) as it is near 0, and whether x is; for -100 <= x <= 720."""
    whole = x * LOG2_E + (ROUND + (BIAS - 16.0))
    k = whole - (ROUND + (BIAS - 16.0))
    scale = bits_float(float_bits(whole) << EXPONENT_SHIFT)  # 2**k * EXPREL_SCALE
    coarse = x - k * LN2_HIGH
    r = coarse - k * LN2_LOW
    r_error = (coarse - r) - k * LN2_LOW
    remainder = exp_second_remainder(r)
    expm1_scaled = scale * (r + (r * r * remainder + r_error)) + (scale - EXPREL_SCALE)
    return expm1_scaled, 1.0 + r * remainder, k == 0.0


@inline
def exprel(x: float) -> float:
    """Return (e^x - 1)/x, which is 1 at x = 0, within 2 ulp over the whole range."""
    x = EXPREL_LIMIT if x > EXPREL_LIMIT else x
    expm1_scaled, near_zero, is_near = exprel_parts(-100.0 if x < -100.0 else x)
    quotient = expm1_scaled / (x * EXPREL_SCALE)
    return near_zero if is_near else quotient


@inline
def inverse_exprel(x: float) -> float:
    """Return x/(e^x - 1), which is 1 at x = 0, within 3 ulp; results below 1e-308 are less exact or 0.

    The rates of Hodgkin and Huxley (1952) have this form; 1/exprel(x) would take a second division.
    """
    numerator = 0.0 if x > EXPREL_LIMIT else x * EXPREL_SCALE
    reduced = EXPREL_LIMIT if x > EXPREL_LIMIT else x
    expm1_scaled, near_zero, is_near = exprel_parts(-100.0 if reduced < -100.0 else reduced)
    return (1.0 if is_near else numerator) / (near_zero if is_near else expm1_scaled)


@inline
def exprel_of(x: float, e: float) -> float:
    """Return exprel(x) where e = e^x is known; an error of n ulp in it becomes one of 5 n + 2."""
    near_zero = 1.0 + x * exp_second_remainder(x)
    return near_zero if abs(x) < LARGEST_REMAINDER else (e - 1.0) / x


@inline
def inverse_exprel_of(x: float, e: float) -> float:
    """Return x/(e^x - 1) where e = e^x is known; an error of n ulp in it becomes one of 5 n + 2."""
    is_near = abs(x) < LARGEST_REMAINDER
    near_zero = 1.0 + x * exp_second_remainder(x)
    return (1.0 if is_near else x) / (near_zero if is_near else e - 1.0)


@inline
def dexprel(x: float) -> float:
    """Return the derivative of exprel, (e^x (x - 1) + 1)/x^2, which is 1/2 at x = 0, within 6 ulp."""
    x2 = x * x
    x4 = x2 * x2
    low = (0.5 + 0.33333333333333337 * x) + (0.125 + 0.03333333333333178 * x) * x2
    middle = (0.006944444444444353 + 0.0011904761904929966 * x) + (
        0.0001736111111121019 + 2.2045855299190406e-05 * x
    ) * x2
    high = (2.4801587254424228e-06 + 2.50521279278102e-07 * x) + (
        2.2964444208670986e-08 + 1.9268297308029706e-09 * x
    ) * x2
    top = (1.4910462510638438e-10 + 1.0875970998749004e-11 * x) + 7.26945015997829e-13 * x2
    near_zero = low + (middle + (high + top * x4) * x4) * x4
    bounded = -1000.0 if x < -1000.0 else x
    negative = (exp(bounded) * (bounded - 1.0) + 1.0) / x / x
    positive = exprel(x) * (1.0 - 1.0 / x) + 1.0 / x  # finite where e^x is not
    far = negative if x < 0.0 else positive
    return near_zero if abs(x) < 1.0 else far


@inline
def expm1(x: float) -> float:
    """Return e^x - 1, within 2 ulp over the whole range."""
    reduced = EXPREL_LIMIT if x > EXPREL_LIMIT else x
    expm1_scaled, near_zero, is_near = exprel_parts(-100.0 if reduced < -100.0 else reduced)
    return x * near_zero if is_near else expm1_scaled * (1.0 / EXPREL_SCALE)


@inline
def log(x: float) -> float:
    """Return the natural logarithm, within 1 ulp: -inf at 0, nan below.

    With x = 2**k (1 + f) and s = f/(2 + f), log(1 + f) = 2 atanh(s).
    """
    is_subnormal = x < SMALLEST_NORMAL
    offset_bits = float_bits(x * 2.0**54 if is_subnormal else x) - SQRT_HALF_BITS
    exponent = ((offset_bits + float_bits(1.0)) >> EXPONENT_SHIFT) & np.int64(0xFFF)
    k = bits_float(exponent | float_bits(2.0**52)) - (
        2.0**52 + (BIAS + 54.0) if is_subnormal else 2.0**52 + BIAS
    )
    f = bits_float((offset_bits & MANTISSA_BITS) + SQRT_HALF_BITS) - 1.0
    s = f / (2.0 + f)
    z = s * s
    z2 = z * z
    low = (0.666666666666667 + 0.3999999999989889 * z) + (0.28571428626253836 + 0.22222211089379496 * z) * z2
    high = (0.1818289243253687 + 0.15331611722055008 * z) + 0.14617807153417325 * z2
    half_square = 0.5 * (f * f)
    tail = s * (half_square + z * (low + high * (z2 * z2))) + k * LN2_LOW
    finite = k * LN2_HIGH - ((half_square - tail) - f)
    beyond = x if x > 0.0 else (-INFINITY if x == 0.0 else NAN)
    return finite if 0.0 < x < INFINITY else beyond


@inline
def log1p(x: float) -> float:
    """Return log(1 + x), within 2 ulp: -inf at -1, nan below."""
    u = 1.0 + x
    x_rounded = u - 1.0
    lost = (x - x_rounded) + (1.0 - (u - x_rounded))
    corrected = log(u) + (lost / u if 0.0 < u < INFINITY else 0.0)
    return x if abs(x) < 2.0**-54 else corrected


@inline
def tanh(x: float) -> float:
    """Return the hyperbolic tangent, within 3 ulp."""
    t = expm1(-2.0 * abs(x))
    signed: float = bits_float(float_bits(-t / (t + 2.0)) | (float_bits(x) & SIGN_BIT))
    return signed


@inline
def sigmoid(x: float) -> float:
    """Return the logistic function 1/(1 + e^-x), within 3 ulp over the whole range."""
    e = exp(-abs(x))
    return (e if x < 0.0 else 1.0) / (1.0 + e)


@inline
def sin_cos_turns(u: float) -> tuple[float, float]:
    """Return sin(2 pi u) and cos(2 pi u) for 0 <= u <= 1, with an absolute error below 3e-16."""
    quarters = u * 4.0 + ROUND
    t = u - (quarters - ROUND) * 0.25
    z = t * t
    z2 = z * z
    sine = t * (
        ((6.283185307179586 - 41.341702240399634 * z) + (81.60524927594804 - 76.70585970427454 * z) * z2)
        + ((42.058685020160894 - 15.093804209987114 * z) + 3.7808689593022957 * z2) * (z2 * z2)
    )
    cosine = ((1.0 - 19.73920880217842 * z) + (64.93939402236538 - 85.45681709034115 * z) * z2) + (
        (60.24462008593029 - 26.42425703488269 * z) + 7.810290968144191 * z2
    ) * (z2 * z2)
    quadrant = float_bits(quarters)
    is_odd = (quadrant & np.int64(1)) != 0
    sin_sign = (quadrant & np.int64(2)) << np.int64(62)
    cos_sign = ((quadrant + np.int64(1)) & np.int64(2)) << np.int64(62)
    sin_value = bits_float(float_bits(cosine if is_odd else sine) ^ sin_sign)
    cos_value = bits_float(float_bits(sine if is_odd else cosine) ^ cos_sign)
    return sin_value, cos_value
