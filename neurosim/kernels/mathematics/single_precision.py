"""`exp`, `tanh` and `sigmoid` for float32: the method of `simd_math`, with numbers of half the size.

Every constant is a float32, as numba would make a float64 of a product with any other. Loops over them become
packed instructions with twice the lanes, and with shorter polynomials.
"""

from __future__ import annotations

import numpy as np

from neurosim.kernels.core.jit import inline

LOG2_E = np.float32(1.4426950408889634)
LN2_HIGH = np.float32(355.0 / 512.0)  # short enough that k * LN2_HIGH is exact
LN2_LOW = np.float32(-2.1219444005469057e-4)
ROUND = np.float32(12582912.0)  # 1.5 * 2**23: numbers of this size have no binary places
BIAS = np.float32(127.0)  # of the exponent field of a float32
ROUND_BIASED = np.float32(ROUND + BIAS)
ROUND_TWICE_BIASED = np.float32(ROUND + np.float32(2.0) * BIAS)
EXPONENT_SHIFT = np.int32(23)
SIGN_BIT = np.int32(-0x80000000)

ZERO, HALF, ONE, TWO = (np.float32(number) for number in (0.0, 0.5, 1.0, 2.0))
HIGHEST, LOWEST = np.float32(89.0), np.float32(-105.0)  # beyond, e^x is infinite or 0
FAR = np.float32(-40.0)  # e^x - 1 is -1 there
C3, C4 = np.float32(0.16666666682534356), np.float32(0.04166645680967788)
C5, C6 = np.float32(0.008333310024225292), np.float32(0.0013934541928270264)
C7 = np.float32(0.0001989198131397769)


@inline
def float_bits(x: np.float32) -> np.int32:
    """Return the bit pattern of a float32 as an int32."""
    return np.float32(x).view(np.int32)


@inline
def shifted(bits: np.int32) -> np.float32:
    """Return 2**k for bits whose lowest hold k with its bias."""
    return np.int32(bits << EXPONENT_SHIFT).view(np.float32)


@inline
def exp_second_remainder(r: np.float32) -> np.float32:
    """Return (e^r - 1 - r) / r^2 for abs(r) <= ln(2)/2, to 1e-9 but for rounding."""
    r2 = r * r
    return (HALF + C3 * r) + ((C4 + C5 * r) + (C6 + C7 * r) * r2) * r2


@inline
def exp(x: np.float32) -> np.float32:
    """Return e^x, within 1 ulp over the whole range, subnormal results included."""
    x = HIGHEST if x > HIGHEST else x
    x = LOWEST if x < LOWEST else x
    # Two factors of about 2**(k/2), because 2**k alone may overflow or be subnormal.
    whole = x * LOG2_E + ROUND_TWICE_BIASED
    k = whole - ROUND_TWICE_BIASED
    half = k * HALF + ROUND_BIASED
    first = shifted(float_bits(half))
    second = shifted(np.int32(float_bits(whole) - float_bits(half)))
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    return ((ONE + (r + (r * r) * exp_second_remainder(r))) * first) * second


@inline
def tanh(x: np.float32) -> np.float32:
    """Return the hyperbolic tangent, within 3 ulp."""
    twice = -TWO * abs(x)
    twice = FAR if twice < FAR else twice
    whole = twice * LOG2_E + ROUND_BIASED
    k = whole - ROUND_BIASED
    scale = shifted(float_bits(whole))
    r = (twice - k * LN2_HIGH) - k * LN2_LOW
    t = scale * (r + (r * r) * exp_second_remainder(r)) + (scale - ONE)
    return np.int32(float_bits(abs(t) / (t + TWO)) | (float_bits(x) & SIGN_BIT)).view(np.float32)


@inline
def sigmoid(x: np.float32) -> np.float32:
    """Return the logistic function 1/(1 + e^-x), within 3 ulp over the whole range."""
    e = exp(-abs(x))
    return (e if x < ZERO else ONE) / (ONE + e)
