"""The vectorising functions against mpmath, at special values, and as packed instructions."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import mpmath
import numba
import numpy as np
import pytest
from numpy.typing import NDArray

from neurosim.kernels.core.jit import FAST
from neurosim.kernels.mathematics import simd_math

Array = NDArray[np.float64]
NAMES = (
    "exp", "exprel", "inverse_exprel", "dexprel", "expm1", "log", "log1p", "tanh", "sigmoid",
)  # fmt: skip
RNG = np.random.default_rng(20260101)
mpmath.mp.dps = 50


def on_array(function: Callable[[float], float]) -> Callable[[Array], Array]:
    @numba.njit(fastmath=set(FAST), error_model="numpy")
    def loop(x: Array) -> Array:
        y = np.empty_like(x)
        for i in range(x.size):
            y[i] = function(x[i])
        return y

    return loop


VECTORISED = {name: on_array(getattr(simd_math, name)) for name in NAMES}


def exprel_reference(x: mpmath.mpf) -> mpmath.mpf:
    return mpmath.expm1(x) / x if x else mpmath.mpf(1)


def dexprel_reference(x: mpmath.mpf) -> mpmath.mpf:
    with mpmath.workdps(400):  # the cancellation near 0 costs twice the digits of 1/x
        return (mpmath.exp(x) * (x - 1) + 1) / x**2


def log_magnitudes(low: float, high: float, n: int = 1500) -> Array:
    """Numbers of both signs whose decimal exponents are uniform."""
    return RNG.choice([-1.0, 1.0], n) * 10.0 ** RNG.uniform(low, high, n)


# The last number is the bound in ulp; the functions' own docstrings promise it.
ACCURACY = [
    ("exp", mpmath.exp, [RNG.uniform(-745.1, 709.7, 3000), log_magnitudes(-320, 2)], 1.0),
    ("exp", mpmath.exp, [RNG.uniform(-745.1, -708.0, 3000)], 1.0),  # subnormal results
    ("exprel", exprel_reference, [RNG.uniform(-2, 2, 5000), log_magnitudes(-320, 2.8)], 2.0),
    ("exprel", exprel_reference, [np.array([-0.35509316713827177])], 2.0),  # needs the error of r
    ("exprel", exprel_reference, [RNG.uniform(700, 716.3, 2000), -(10 ** RNG.uniform(0, 308, 2000))], 2.0),
    ("inverse_exprel", lambda x: 1 / exprel_reference(x), [RNG.uniform(-2, 2, 5000)], 3.0),
    ("inverse_exprel", lambda x: 1 / exprel_reference(x), [RNG.uniform(-1e3, 700, 2000)], 3.0),
    ("dexprel", dexprel_reference, [RNG.uniform(-3, 3, 5000), RNG.uniform(-500, 716, 1000)], 6.0),
    ("dexprel", dexprel_reference, [log_magnitudes(-100, 0), -(10 ** RNG.uniform(0, 150, 500))], 6.0),
    ("expm1", mpmath.expm1, [RNG.uniform(-2, 2, 5000), RNG.uniform(-745, 709.7, 2000)], 2.0),
    ("expm1", mpmath.expm1, [log_magnitudes(-320, 2)], 2.0),
    ("log", mpmath.log, [RNG.uniform(0.5, 2, 4000), 10 ** RNG.uniform(-323, 308, 3000)], 1.0),
    ("log", mpmath.log, [1 + log_magnitudes(-15, -1)], 1.0),
    ("log1p", mpmath.log1p, [RNG.uniform(-0.99, 2, 4000), 10 ** RNG.uniform(-323, 308, 2000)], 2.0),
    ("tanh", mpmath.tanh, [RNG.uniform(-25, 25, 4000), log_magnitudes(-320, 2)], 3.0),
    ("sigmoid", lambda x: 1 / (1 + mpmath.exp(-x)), [RNG.uniform(-745, 40, 5000)], 3.0),
]


@pytest.mark.parametrize(
    ("name", "reference", "samples", "bound"),
    ACCURACY,
    ids=[f"{i}-{row[0]}" for i, row in enumerate(ACCURACY)],
)
def test_error_in_ulp(
    name: str, reference: Callable[[mpmath.mpf], mpmath.mpf], samples: list[Array], bound: float
) -> None:
    x = np.concatenate(samples)
    y = VECTORISED[name](x)
    assert np.all(np.isfinite(y))
    for argument, value in zip(x, y, strict=True):
        exact = reference(mpmath.mpf(float(argument)))
        ulp = np.spacing(abs(float(exact)))
        assert abs(mpmath.mpf(float(value)) - exact) <= bound * mpmath.mpf(float(ulp)), (name, argument)


@pytest.mark.parametrize("name", ["exprel", "inverse_exprel"])
def test_error_where_the_exponential_is_known(name: str) -> None:
    """With an exponential that is right to half an ulp, the result is to the five that the docstring says."""
    told, exp = getattr(simd_math, f"{name}_of"), math.exp
    exact = {"exprel": exprel_reference, "inverse_exprel": lambda x: 1 / exprel_reference(x)}[name]
    loop = on_array(numba.njit(lambda x: told(x, exp(x))))
    x = np.concatenate([RNG.uniform(-2, 2, 3000), RNG.uniform(-300, 300, 500), [0.0, 0.34, -0.34, 1e-310]])
    for argument, value in zip(x, loop(x), strict=True):
        reference = exact(mpmath.mpf(float(argument)))
        ulp = mpmath.mpf(float(np.spacing(abs(float(reference)))))
        assert abs(mpmath.mpf(float(value)) - reference) <= 5 * ulp, argument


@pytest.mark.parametrize(
    ("name", "at_minus_inf", "at_zero", "at_inf"),
    [
        ("exp", 0.0, 1.0, math.inf),
        ("exprel", 0.0, 1.0, math.inf),
        ("inverse_exprel", math.inf, 1.0, 0.0),
        ("dexprel", 0.0, 0.5, math.inf),
        ("expm1", -1.0, 0.0, math.inf),
        ("log", math.nan, -math.inf, math.inf),
        ("log1p", math.nan, 0.0, math.inf),
        ("tanh", -1.0, 0.0, 1.0),
        ("sigmoid", 0.0, 0.5, 1.0),
    ],
)
def test_special_values(name: str, at_minus_inf: float, at_zero: float, at_inf: float) -> None:
    y = VECTORISED[name](np.array([-math.inf, -0.0, 0.0, math.inf, math.nan]))
    np.testing.assert_array_equal(y, [at_minus_inf, at_zero, at_zero, at_inf, math.nan])


@pytest.mark.parametrize("name", ["expm1", "log1p", "tanh"])
def test_odd_functions_keep_tiny_numbers_and_the_sign_of_zero(name: str) -> None:
    x = np.array([-0.0, 5e-324, -5e-324, 1e-300])
    y = VECTORISED[name](x)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(np.signbit(y), np.signbit(x))


def test_overflow_and_underflow_of_exp_happen_where_they_must() -> None:
    limits = np.array([709.782712893384, 709.7827128933841, -745.1332191019411, -745.1332191019412])
    y = VECTORISED["exp"](np.concatenate([limits, [1e308, -1e308]]))
    assert np.isfinite(y[0])
    assert list(y[1:]) == [math.inf, 5e-324, 0.0, math.inf, 0.0]


def test_negative_numbers_have_no_logarithm() -> None:
    assert np.all(np.isnan(VECTORISED["log"](np.array([-5e-324, -1.0, -1e300]))))
    assert VECTORISED["log1p"](np.array([-1.0]))[0] == -math.inf


@pytest.mark.parametrize("name", ["exprel", "dexprel", "inverse_exprel"])
def test_no_jump_where_the_formula_changes(name: str) -> None:
    for border in (math.log(2) / 2, -math.log(2) / 2, 1.0, -1.0):
        y = VECTORISED[name](border + np.linspace(-1e-14, 1e-14, 41))
        np.testing.assert_allclose(y, y[20], rtol=3e-14)


def test_derivative_of_exprel_against_finite_differences() -> None:
    x, h = np.linspace(-8, 8, 161), 1e-5
    slope = (VECTORISED["exprel"](x + h) - VECTORISED["exprel"](x - h)) / (2 * h)
    np.testing.assert_allclose(VECTORISED["dexprel"](x), slope, rtol=1e-8)


@pytest.mark.parametrize("name", NAMES)
def test_a_value_does_not_depend_on_its_place_in_the_array(name: str) -> None:
    x = RNG.uniform(0.01, 5.0, 203)
    whole = VECTORISED[name](x)
    singly = np.concatenate([VECTORISED[name](x[i : i + 1]) for i in range(x.size)])
    np.testing.assert_array_equal(whole, singly)


@pytest.mark.parametrize("name", NAMES)
def test_loops_become_packed_instructions(name: str) -> None:
    @numba.njit(fastmath=set(FAST), error_model="numpy")
    def loop(x: Array, y: Array, function: Callable[[float], float]) -> None:
        for i in range(x.size):
            y[i] = function(x[i])

    loop(np.ones(4), np.ones(4), getattr(simd_math, name))
    (assembly,) = loop.inspect_asm().values()
    (llvm,) = loop.inspect_llvm().values()
    assert re.search(r"fmul.*<\d+ x double>", llvm)
    assert not re.search(r"call.*@(exp|log|tanh|expm1|log1p|sin|cos)\b", llvm)
    if "fma" in numba.core.registry.cpu_target.target_context.codegen().magic_tuple()[2]:
        assert re.search(r"vf\w*madd\w*pd", assembly)


def test_the_flags_of_the_caller_do_not_reach_in() -> None:
    """`reassoc` would fold (x + ROUND) - ROUND to x and ruin the range reduction."""

    @numba.njit(fastmath=True, error_model="numpy")
    def sum_of_exp(x: Array) -> float:
        total = 0.0
        for i in range(x.size):
            total += simd_math.exp(x[i])
        return total

    x = np.linspace(-30.0, 30.0, 1001)
    assert sum_of_exp(x) == pytest.approx(math.fsum(math.exp(value) for value in x), rel=1e-14)


def test_sine_and_cosine_of_turns() -> None:
    @numba.njit
    def loop(u: Array, out: Array) -> None:
        for i in range(u.size):
            out[0, i], out[1, i] = simd_math.sin_cos_turns(u[i])

    u = np.concatenate([np.arange(9) / 8, RNG.uniform(0, 1, 2000)])
    out = np.empty((2, u.size))
    loop(u, out)
    for turn, sine, cosine in zip(u, *out, strict=True):
        angle = 2 * mpmath.pi * mpmath.mpf(float(turn))
        assert abs(mpmath.sin(angle) - float(sine)) < 3e-16
        assert abs(mpmath.cos(angle) - float(cosine)) < 3e-16
