"""The functions for float32 against NumPy in float64, at special values, and as packed instructions."""

from __future__ import annotations

import re

import numba
import numpy as np
import pytest

from neurosim.kernels.core.jit import FAST
from neurosim.kernels.mathematics import precision, single_precision

RNG = np.random.default_rng(20260102)
TINY = (10.0 ** RNG.uniform(-44, 1, 20_000) * RNG.choice([-1.0, 1.0], 20_000)).astype(np.float32)


def on_array(function):
    @numba.njit(fastmath=set(FAST), error_model="numpy")
    def loop(x, y):
        for i in range(x.size):
            y[i] = function(x[i])

    return loop


LOOPS = {name: on_array(getattr(single_precision, name)) for name in ("exp", "tanh", "sigmoid")}


def values(name, x):
    y = np.empty_like(x)
    LOOPS[name](x, y)
    return y


def logistic(x):
    decay = np.exp(-np.abs(x))
    return np.where(x < 0, decay, 1.0) / (1.0 + decay)


@pytest.mark.parametrize(
    ("name", "exact", "low", "high", "bound"),
    [
        ("exp", np.exp, -103.9, 88.7, 1.0),  # results below -87.3 are subnormal
        ("tanh", np.tanh, -12.0, 12.0, 3.0),
        ("sigmoid", logistic, -103.9, 20.0, 3.0),
    ],
)
def test_error_in_ulp(name, exact, low, high, bound):
    x = np.concatenate([RNG.uniform(low, high, 200_000), RNG.uniform(-3, 3, 200_000), TINY])
    x = x.astype(np.float32)
    y = values(name, x)
    expected = exact(x.astype(np.float64))
    ulp = np.spacing(np.abs(expected).astype(np.float32)).astype(np.float64)
    assert y.dtype == np.float32
    assert np.max(np.abs(y - expected) / ulp) <= bound


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("exp", [0, 0, 1, 1, np.inf, np.inf, np.nan]),
        ("tanh", [-1, -1, -0.0, 0, 1, 1, np.nan]),
        ("sigmoid", [0, 0, 0.5, 0.5, 1, 1, np.nan]),
    ],
)
def test_special_values(name, expected):
    y = values(name, np.array([-np.inf, -1e30, -0.0, 0.0, 1e30, np.inf, np.nan], np.float32))
    np.testing.assert_array_equal(y, np.array(expected, np.float32))
    np.testing.assert_array_equal(np.signbit(y[:6]), np.signbit(expected[:6]))


@pytest.mark.parametrize("name", LOOPS)
def test_a_value_does_not_depend_on_its_place_in_the_array(name):
    x = RNG.uniform(-5, 5, 203).astype(np.float32)
    singly = np.concatenate([values(name, x[i : i + 1]) for i in range(x.size)])
    np.testing.assert_array_equal(values(name, x), singly)


@pytest.mark.parametrize("name", LOOPS)
def test_loops_become_packed_instructions_of_single_precision(name):
    values(name, np.ones(4, np.float32))
    (llvm,) = LOOPS[name].inspect_llvm().values()
    assert re.search(r"fmul.*<\d+ x float>", llvm)
    assert "double" not in re.sub(r"(declare|define).*", "", llvm)
    assert not re.search(r"call.*@(exp|tanh)f?\b", llvm)


@pytest.mark.parametrize("name", ["tanh", "sigmoid"])
def test_the_precision_is_that_of_the_argument(name):
    loop = on_array(getattr(precision, name))
    exact = {"tanh": np.tanh, "sigmoid": logistic}[name]
    x = np.linspace(-4, 4, 100)
    for dtype in (np.float32, np.float64):
        y = np.empty(100, np.float64)
        loop(x.astype(dtype), y)
        error = np.abs(y / exact(x.astype(dtype).astype(np.float64)) - 1).max()
        assert error < 4 * np.finfo(dtype).eps
        assert error > 4e-9 or dtype is np.float64  # float32 really is float32
