"""Parrots: when they repeat, how often, and from which part of the ring buffer."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim import (
    LIF,
    Dense,
    Network,
    Parrot,
    Population,
    Projection,
    PSCFilter,
    SpikeGenerator,
    SpikeMonitor,
)
from neurosim.errors import NonFiniteError, ParameterError


def test_through_two_delays(engine: str) -> None:
    source, first, second = SpikeGenerator(1, 0, 0.5), Parrot(1, name="first"), Parrot(1, name="second")
    once = Dense([[1.0]])
    parts = [Projection(source, first, once, delay=1), Projection(first, second, once, delay=1)]
    spikes = SpikeMonitor(second)
    Network(source, first, second, parts, spikes, dt=0.1).run(5, engine=engine)
    assert spikes.t.tolist() == [2.5]


@pytest.mark.parametrize("delay", [1, 2, 7, 130])
def test_every_phase_of_the_ring_buffer(delay: int) -> None:
    times = np.cumsum(np.random.default_rng(delay).integers(1, 6, 150))
    source, parrot = SpikeGenerator(3, times % 3, times), Parrot(3)
    spikes = SpikeMonitor(parrot)
    network = Network(source, parrot, Projection(source, parrot, Dense(np.eye(3)), delay=delay), spikes, dt=1)
    for _ in range(15):
        network.run(43)
    assert np.array_equal(spikes.t, times + delay)
    assert np.array_equal(spikes.i, times % 3)


def test_as_many_spikes_as_the_rounded_sum_of_the_weights() -> None:
    weights = np.array([[1.0, 0.4, 0.5, 2.0, -3.0, 100.0], [1.0, 0.4, 0.6, 0.6, 1.0, 0.0]])
    source, parrot = SpikeGenerator(2, [0, 1, 0], [0.0, 0.0, 2.0]), Parrot(6)
    spikes = SpikeMonitor(parrot)
    Network(source, parrot, Projection(source, parrot, Dense(weights), delay=1), spikes, dt=1).run(5)
    early = np.bincount(spikes.i[spikes.t == 1.0], minlength=6)
    late = np.bincount(spikes.i[spikes.t == 3.0], minlength=6)
    assert early.tolist() == [2, 1, 1, 3, 0, 100]
    assert late.tolist() == [1, 0, 1, 2, 0, 100]


def test_a_spike_repeated_twice_is_delivered_twice() -> None:
    def voltage(multiplicity: float, weight: float) -> float:
        source, parrot = SpikeGenerator(1, 0, 0.0), Parrot(1)
        cell = Population(1, LIF, receptors={"psc": PSCFilter(5)})
        parts = [
            Projection(source, parrot, Dense([[multiplicity]]), delay=1),
            Projection(parrot, cell, Dense([[weight]]), delay=1),
        ]
        Network(source, parrot, cell, parts).run(10)
        return float(np.asarray(cell["v"])[0])

    assert voltage(2.0, 1.5) == voltage(1.0, 3.0) > 0.01


def test_a_parrot_needs_a_delay(engine: str) -> None:
    parrot = Parrot(1)
    network = Network(parrot, Projection(parrot, parrot, Dense([[1.0]])))
    with pytest.raises(ParameterError, match=r"delay = 0.0: is less than a time step; a Parrot answers"):
        network.run(1, engine=engine)


@pytest.mark.parametrize("weight", [1e10, np.inf, np.nan])
def test_what_cannot_be_counted_stops_the_run(weight: float) -> None:
    source, parrot = SpikeGenerator(1, 0, [0.0, 3.0]), Parrot(1)
    weights = Dense([[1.0]])
    spikes = SpikeMonitor(parrot)
    network = Network(source, parrot, Projection(source, parrot, weights, delay=1), spikes, dt=1)
    network.run(2)
    weights.weights[0, 0] = weight
    with pytest.raises(NonFiniteError, match="what arrives between 4 and 5 ms"):
        network.run(5)
    assert spikes.t.tolist() == [1.0]
