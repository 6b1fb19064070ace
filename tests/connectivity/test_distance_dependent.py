"""Wiring by distance: kernels, dimensions, periodic space."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from neurosim import DistanceDependent
from neurosim.errors import EquationError, ParameterError


def test_a_step_kernel_joins_exactly_the_near_pairs() -> None:
    line = np.arange(10.0)
    near = DistanceDependent(lambda d: d <= 2, line).build(10, 10, seed=1)
    np.testing.assert_array_equal(near.to_dense() > 0, np.abs(line[:, None] - line) <= 2)
    ring = DistanceDependent("(d <= 2)*1", line, period=10, autapses=False).build(10, 10, seed=1)
    apart = np.abs(line[:, None] - line)
    expected = (np.minimum(apart, 10 - apart) <= 2) & (apart > 0)
    np.testing.assert_array_equal(ring.to_dense() > 0, expected)


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_distances_are_the_shortest_round_a_periodic_space(dimensions: int) -> None:
    rng = np.random.default_rng(dimensions)
    pre, post = rng.uniform(-30, 30, (8, dimensions)), rng.uniform(-30, 30, (9, dimensions))
    period = np.array([7.0, 11.0, 5.0])[:dimensions]
    operator = DistanceDependent("1", pre, post, period=period, weight=lambda d: d).build(8, 9, seed=1)
    images = np.stack(np.meshgrid(*[np.arange(-12, 13)] * dimensions), -1).reshape(-1, dimensions) * period
    apart = post[None, :, None] - pre[:, None, None] + images
    np.testing.assert_allclose(operator.to_dense(), np.sqrt((apart**2).sum(-1)).min(-1), rtol=1e-12)


def test_distances_of_synapses_follow_the_kernel() -> None:
    rng = np.random.default_rng(3)
    places = rng.uniform(0, 1, (1500, 2))
    operator = DistanceDependent("0.4*exp(-d**2/0.02)", places, period=1, delay=lambda d: 0.5 + d).build(
        1500, 1500, seed=4
    )
    distances = operator.delays - 0.5
    # In the plane the number of units at a distance r grows with r: r exp(-r**2/0.02), a Rayleigh law.
    near = distances[(distances > 0) & (distances < 0.4)]
    law = stats.rayleigh(scale=0.1)
    assert stats.kstest(near, lambda r: law.cdf(r) / law.cdf(0.4)).pvalue > 1e-3
    assert operator.n_synapses == pytest.approx(1500**2 * 0.4 * np.pi * 0.02, rel=0.02)


def test_blocks_of_any_size_give_the_same_synapses(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = DistanceDependent("exp(-d)", np.linspace(0, 3, 30))
    whole = rule.build(30, 30, seed=1).to_dense()
    monkeypatch.setattr("neurosim.connectivity.rules.distance_dependent.BLOCK", 70)
    np.testing.assert_array_equal(rule.build(30, 30, seed=1).to_dense(), whole)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DistanceDependent("2*d", [0.0, 1.0]).build(2, 2, seed=1), r"probability = 2.*distance 1"),
        (lambda: DistanceDependent(lambda d: d[0], [0.0, 1.0]).build(2, 2, seed=1), "one probability"),
        (lambda: DistanceDependent(0.5, [0.0, 1.0]), "function of distances, or text"),
        (lambda: DistanceDependent("exp(-x)", [0.0, 1.0]), "unknown name 'x'"),
        (lambda: DistanceDependent("exp(-d", [0.0, 1.0]), "exp"),
        (lambda: DistanceDependent("d", np.zeros((2, 4))), "1 to 3 dimensions"),
        (lambda: DistanceDependent("d", [0.0, np.nan]), "finite"),
        (lambda: DistanceDependent("d", np.zeros((2, 2)), np.zeros((2, 3))), "must have 2 dimensions"),
        (lambda: DistanceDependent("d", [0.0, 1.0], period=0), "positive length"),
        (lambda: DistanceDependent("d", [0.0, 1.0]).build(3, 2, seed=1), "those of 3 units"),
        (lambda: DistanceDependent("d", [0.0], [0.0, 1.0]).build(1, 3, seed=1), "post_positions.*3 units"),
        (lambda: DistanceDependent("1", [0.0, 1.0], delay=lambda d: -d).build(2, 2, seed=1), "delay = -1"),
    ],
)  # fmt: skip
def test_bad_input(make, message) -> None:
    with pytest.raises((ParameterError, EquationError), match=message):
        make()
