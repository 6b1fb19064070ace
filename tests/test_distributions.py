"""Distributions: their laws, limits, units and representations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from neurosim import Choice, Exponential, Gamma, LogNormal, Normal, Uniform
from neurosim.distributions import in_unit
from neurosim.errors import ParameterError, UnitError

SPREAD = math.sqrt(math.log1p(0.25))


@pytest.mark.parametrize(
    ("distribution", "law"),
    [
        (Normal(20, 2), stats.norm(20, 2)),
        (Normal(0, 1, low=-0.5, high=2), stats.truncnorm(-0.5, 2)),
        (LogNormal(2, 1), stats.lognorm(SPREAD, scale=2 * math.exp(-(SPREAD**2) / 2))),
        (Uniform(-1, 3), stats.uniform(-1, 4)),
        (Gamma(2.5, 3), stats.gamma(2.5, scale=3)),
        (Exponential(4), stats.expon(scale=4)),
        (Exponential(4, low=1), stats.expon(1, scale=4)),
    ],
    ids=lambda part: repr(part) if hasattr(part, "sample") else type(part.dist).__name__,
)
def test_values_follow_the_law(distribution, law) -> None:
    values = distribution.sample(20000, np.random.default_rng(1))
    assert stats.kstest(values, law.cdf).pvalue > 1e-3
    assert values.mean() == pytest.approx(law.mean(), abs=5 * law.std() / math.sqrt(20000))


def test_mean_and_sd_of_a_log_normal_are_those_of_the_values() -> None:
    values = LogNormal(2, 0.5).sample(200000, np.random.default_rng(2))
    assert values.mean() == pytest.approx(2, rel=0.01)
    assert values.std() == pytest.approx(0.5, rel=0.02)


def test_choices_come_in_their_proportions() -> None:
    values = (
        Choice(["1 ms", "2 ms", 5], [0.2, 0.3, 0.5])
        .in_unit("ms", "x")
        .sample(10000, np.random.default_rng(3))
    )
    counts = [int((values == v).sum()) for v in (1, 2, 5)]
    assert stats.chisquare(counts, [2000, 3000, 5000]).pvalue > 1e-3


def test_units() -> None:
    assert Normal("0.02 s", "2 ms", low=5).in_unit("ms", "tau") == Normal(20.0, 2.0, low=5.0)
    assert Gamma(2, "1 s").in_unit("ms", "tau") == Gamma(2, 1000.0)
    assert in_unit("2 s", "ms", "x") == 2000.0
    assert in_unit(None, "ms", "x") is None
    with pytest.raises(UnitError, match=r"cells.tau_m: Normal\('20 mV', 1\).mean = '20 mV'.*ms"):
        Normal("20 mV", 1).in_unit("ms", "cells.tau_m")
    with pytest.raises(ParameterError, match="arguments with units"):
        Normal("20 ms", "1 ms").sample(3, np.random.default_rng(0))


def test_representations_can_be_read_back() -> None:
    for one in (
        Normal("20 ms", "2 ms", low="5 ms"),
        Gamma(2, 3),
        Choice([1, 2]),
        Uniform(0, 1),
        Exponential(2, high=3),
    ):
        assert eval(repr(one)) == one
    assert repr(Normal(1, 2, low=0)) == "Normal(1, 2, low=0)"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Normal(1, -1), "Normal.sd = -1: must not be negative"),
        (lambda: Normal(1, float("nan")), "Normal.sd"),
        (lambda: Normal(1, 1, low=2, high=2), "Normal.high = 2: must be above low = 2"),
        (lambda: LogNormal(0, 1), "LogNormal.mean = 0: must be positive"),
        (lambda: Uniform(1, 1), "Uniform.high = 1"),
        (lambda: Gamma(0, 1), "Gamma.shape = 0"),
        (lambda: Gamma("2 ms", 1), "Gamma.shape"),
        (lambda: Gamma(1, 0), "Gamma.scale = 0"),
        (lambda: Exponential(-1), "Exponential.mean = -1"),
        (lambda: Choice([]), "at least one value"),
        (lambda: Choice("12"), "list of at least one value"),
        (lambda: Choice([1, 2], [0.5, 0.6]), "add up to 1"),
        (lambda: Choice([1, 2], [1.0]), "2 numbers"),
        (lambda: Normal("1 ms", "-1 ms").in_unit("ms", "x"), "Normal.sd = -1"),
        (lambda: Normal([1, 2], 1).in_unit("1", "x"), "must be one number"),
        (lambda: Normal(float("inf"), 1).in_unit("1", "x"), "finite"),
        (lambda: Normal(0, 1, low=50).sample(10, np.random.default_rng(0)), "hardly ever lies between"),
    ],
)  # fmt: skip
def test_bad_input(make, message) -> None:
    with pytest.raises((ParameterError, UnitError), match=message):
        make()
