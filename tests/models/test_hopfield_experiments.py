"""Capacity, theory and basins of the Hopfield memory, and the letters."""

import numpy as np
import pytest
from neurosim.models.hopfield.experiments import basin_of_attraction, capacity, corrupt, random_patterns
from neurosim.models.hopfield.mean_field import (
    critical_load,
    one_step_error,
    order_parameters,
    retrieval_overlap,
)
from neurosim.models.hopfield_letters import LETTERS, SHAPE, letters, recall_share

from neurosim.errors import ParameterError


def test_theory_gives_the_published_numbers():
    load, overlap = critical_load()
    assert load == pytest.approx(0.1379, abs=5e-5)
    assert overlap == pytest.approx(0.967, abs=5e-4)
    assert retrieval_overlap(0.10) == pytest.approx(0.998, abs=5e-4)
    assert retrieval_overlap(0.138) == 0.0
    assert [round(one_step_error(a), 5) for a in (0.105, 0.185, 0.61)] == [0.00101, 0.01004, 0.10021]


@pytest.mark.parametrize("load", [0.02, 0.06, 0.12])
def test_theory_with_little_heat_is_that_without(load):
    assert order_parameters(load, 0.03)[0] == pytest.approx(retrieval_overlap(load), abs=2e-4)


def test_heat_without_load_is_the_curie_weiss_magnet():
    m, _, _ = order_parameters(1e-9, 0.6)
    assert m == pytest.approx(np.tanh(m / 0.6), abs=1e-6)
    assert order_parameters(0.01, 1.05)[0] == 0.0


def test_simulation_follows_the_theory_below_the_critical_load_and_loses_all_beyond():
    curve = capacity(1000, (0.05, 0.1, 0.2), trials=12)
    for k, load in enumerate((0.05, 0.1)):
        assert abs(curve.mean[k] - retrieval_overlap(load)) < 4 * curve.error[k] + 1e-4
    assert curve.mean[2] < 0.6


def test_falls_are_sharper_with_more_units():
    small, large = (capacity(n, (0.18,), trials=10).mean[0] for n in (100, 800))
    assert small > large + 0.15


def test_basins_end_at_half_of_the_units():
    basin = basin_of_attraction(400, 0.04, (0.0, 0.2, 0.5), trials=4)
    assert basin.mean[:2] == pytest.approx([1, 1], abs=0.005)
    assert abs(basin.mean[2]) < 0.3


def test_damage_is_exact():
    rng = np.random.default_rng(0)
    patterns = random_patterns(50, 200, rng)
    assert ((corrupt(patterns, 0.25, rng) != patterns).sum(axis=1) == 50).all()
    assert np.array_equal(corrupt(patterns, 0.0, rng), patterns)
    assert np.array_equal(corrupt(patterns, 1.0, rng), -patterns)
    with pytest.raises(ParameterError, match="share"):
        corrupt(patterns, 1.5, rng)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [(lambda: retrieval_overlap(0.0), "load"), (lambda: order_parameters(0.1, 0.0), "temp")],
)
def test_mistakes(wrong, name):
    with pytest.raises(ParameterError, match=name):
        wrong()


def test_letters_are_drawn_whole_and_come_back():
    patterns = letters()
    assert patterns.shape == (len(LETTERS), SHAPE[0] * SHAPE[1])
    assert set(np.unique(patterns)) == {-1, 1}
    for rule in ("hebb", "storkey", "pseudo_inverse"):
        assert recall_share(0.0, rule=rule, trials=5) == 1.0
    assert recall_share(3 / 36, trials=300) == pytest.approx(0.966, abs=0.02)
    assert recall_share(3 / 36, rule="storkey", trials=300) > 0.995
