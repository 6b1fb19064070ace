"""Exponentials that are powers of each other, computed once."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurosim import Population, neurons
from neurosim.engines.kernel_choice import kernel_spec
from neurosim.equations.expression import expression
from neurosim.kernels.spiking.advance import kernel_source
from neurosim.kernels.spiking.shared_exponentials import affine, share_exponentials

EXACT = {
    "exp": mpmath.exp,
    "exprel": lambda x: mpmath.expm1(x) / x if x else mpmath.mpf(1),
    "inverse_exprel": lambda x: x / mpmath.expm1(x) if x else mpmath.mpf(1),
}
TOLD = {
    "exp": np.exp,
    "minimum": min,
    "exprel_of": lambda x, e: EXACT["exprel"](x) if abs(x) < 0.3 else (e - 1) / x,
    "inverse_exprel_of": lambda x, e: EXACT["inverse_exprel"](x) if abs(x) < 0.3 else x / (e - 1),
}


def values(assignments: list[tuple[str, str]], given: dict[str, Any], functions: Any) -> dict[str, float]:
    known = dict(given)
    for name, text in assignments:
        known[name] = eval(text, functions, known)
    return {name: float(known[name]) for name, _ in assignments}


HH = [
    ("a", "0.1*inverse_exprel(-(v + 40.0)/10.0)"),
    ("b", "4.0*exp(-(v + 65.0)/18.0)"),
    ("c", "exp(-(v + 65.0)/20.0)"),
    ("d", "1.0/(1.0 + exp(-(v + 35.0)/10.0))"),
    ("e", "inverse_exprel((v + 55.0)/10.0)"),
    ("f", "exprel(-(v + 65.0)/80.0)"),
    ("g", "a + exp((v + 1.0)/40.0)"),
]


@given(st.floats(-300, 300))
def test_values_stay_the_same_to_a_few_roundings(v: float) -> None:
    shared = share_exponentials(HH)
    assert [text for _, text in shared if text.startswith("exp(")] == ["exp(-(v + 65.0) / 80.0)"]
    assert sum("exp(" in text for _, text in shared) == 2  # and the one over 18 mV
    with np.errstate(over="ignore"):
        found = values(shared, {"v": v}, TOLD)
    for name, exact in values(HH, {"v": mpmath.mpf(v)}, EXACT).items():
        assert found[name] == pytest.approx(exact, rel=2e-14), name


@pytest.mark.parametrize("v", [-1e5, -7500.0, 7500.0, 1e5, math.nan])
def test_far_out_values_are_the_limits(v: float) -> None:
    """No infinity times nothing where the exponential over- or underflows."""
    with np.errstate(over="ignore", divide="ignore"):
        found = values(share_exponentials(HH), {"v": np.float64(v)}, TOLD)
    for name, exact in values(HH, {"v": mpmath.mpf(v)}, EXACT).items():
        if math.isnan(v) or exact > 1e300:
            assert not found[name] < 1e300, name
        else:
            assert found[name] == pytest.approx(exact, rel=2e-14, abs=1e-290), name


@pytest.mark.parametrize(
    "texts",
    [
        ["exp(v)", "exp(v*v)"],
        ["exp(v)", "exp(w)"],
        ["exp(v + w)", "exp(v - w)"],
        ["exp(v/18.0)", "exp(v/20.0)"],
        ["exp(v)", "exp(17.0*v)"],
        ["exp(v)", "exp(v + 700.0)"],  # the constant factor would be too large
        ["exp(v/s)", "exp(2.0*v/s)"],  # the slope is not a number
        ["exp(3.0)", "exp(6.0)"],
        ["tanh(v)", "tanh(2.0*v)"],
    ],
)
def test_what_has_nothing_in_common_stays(texts: list[str]) -> None:
    assignments = [(f"x{k}", text.replace("*", " * ")) for k, text in enumerate(texts)]
    assert share_exponentials(assignments) == [(name, text.replace("/", " / ")) for name, text in assignments]


def test_an_exponential_stands_after_what_it_is_made_of() -> None:
    shared = share_exponentials([("w", "v + 1"), ("x", "exp(w)"), ("y", "exp(3*w)")])
    assert [name for name, _ in shared] == ["w", "_e0_1", "_e0_2", "_e0_3", "x", "y"]
    assert values(shared, {"v": 0.5}, TOLD)["y"] == pytest.approx(math.exp(4.5), rel=1e-15)


def test_numbers_are_read_as_they_are_written() -> None:
    third = affine(expression("-(v - 0.1*3)/0.3 + w"))
    assert third is not None
    assert (float(third.slopes["v"]), third.slopes["w"], third.offset) == (-1 / 0.3, 1, 1)
    assert affine(expression("v/0")) is None
    assert affine(expression("v**2")) is None


@pytest.mark.parametrize(("model", "exponentials"), [("HodgkinHuxley", 2), ("TraubMiles", 2)])
def test_rates_of_channels_need_two_exponentials(model: str, exponentials: int) -> None:
    source = kernel_source(kernel_spec(Population(1, getattr(neurons, model))))
    assert source.count(" exp(") == exponentials
    assert "inverse_exprel(" not in source
