"""CUBA, COBA, COBAHH and Brunel's network: their rates are those of other simulators and of the papers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from neurosim.models import brunel_2000, coba, cobahh, cuba

from neurosim.errors import ParameterError

BRIAN2 = {cuba: (5.70, 0.25, 32), coba: (18.98, 1.32, 8), cobahh: (39.8, 3.36, 8)}
"""Rate in the first second, Hz, on Brian2 2.9 (C++): mean and standard deviation over so many networks."""


def rates(model, n_networks):
    found = []
    for seed in range(n_networks):
        built = model.build(seed=seed)
        built.network.run(1000)
        found.append(len(built.spikes) / built.cells.n)
    return found


@pytest.mark.parametrize("model", BRIAN2, ids=lambda model: model.__name__.split(".")[-1])
def test_the_rate_is_that_of_another_simulator(model):
    mean, deviation, n_theirs = BRIAN2[model]
    n_ours = 2
    bound = 3 * deviation * math.sqrt(1 / n_ours + 1 / n_theirs)
    assert np.mean(rates(model, n_ours)) == pytest.approx(mean, abs=bound)


@pytest.mark.slow
def test_the_rate_of_the_network_of_brunel_is_the_published_one():
    model = brunel_2000.build(seed=1)
    assert sum(p.connectivity.n_synapses for p in model.network.projections) == 15_625_000
    model.network.run(400)
    late = [train[train >= 100] for train in model.spikes.spike_trains()]
    rate = sum(map(len, late)) / (0.3 * model.cells.n)
    assert rate == pytest.approx(37.95, rel=0.05)  # mean field; NEST gives 37.3 at this time step


def test_each_neuron_of_brunel_has_its_synapses():
    model = brunel_2000.build(1000, seed=3)
    exc, inh = (p.connectivity for p in model.network.projections)
    assert (exc.n_pre, inh.n_pre) == (800, 200)
    assert np.unique(exc.in_degrees()).tolist() == [80]
    assert np.unique(inh.in_degrees()).tolist() == [20]
    assert (float(exc.weights), float(inh.weights)) == (0.1, -0.5)


def test_outside_fires_at_twice_the_rate_that_reaches_the_threshold():
    assert brunel_2000.in_degrees(12_500) == (1000, 250)
    assert brunel_2000.outside_rate(1000) == pytest.approx(20.0)
    assert brunel_2000.outside_rate(100) == pytest.approx(200.0)


def test_conductances_of_coba_are_the_published_ones():
    model = coba.build(400, seed=2)
    exc, inh = (p.connectivity for p in model.network.projections)
    assert (float(exc.weights), float(inh.weights)) == (6.0, 67.0)
    expected = 80 * 320
    assert abs(exc.n_synapses - expected) < 4 * math.sqrt(expected)
    assert model.cells["x0_inh"].mean() == pytest.approx(200.0, abs=4 * 120 / 20)
    assert model.cells["v"].std() == pytest.approx(5.0, rel=0.2)


def test_a_seed_gives_the_same_network():
    counts = []
    for seed in (5, 5, 6):
        model = brunel_2000.build(200, seed=seed)
        model.network.run(50)
        counts.append(model.spikes.count)
    np.testing.assert_array_equal(counts[0], counts[1])
    assert (counts[0] != counts[2]).any()


@pytest.mark.parametrize("model", [cuba, coba, cobahh, brunel_2000])
def test_too_few_neurons(model):
    name = model.__name__.split(".")[-1]
    with pytest.raises(ParameterError, match=rf"{name}\.build\.n = 99: must be at least 100"):
        model.build(99)
