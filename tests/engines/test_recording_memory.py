"""Recordings take the memory that their arrays need, and little more."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from neurosim import (
    LIF,
    Network,
    PoissonPopulation,
    Population,
    PSCFilter,
    RateMonitor,
    SpikeMonitor,
    StateMonitor,
)
from neurosim.network.monitor import Monitor
from neurosim.recording.columns import Columns


def peak(network: Network, *durations: float) -> int:
    network.run(10)  # compiles
    tracemalloc.start()
    for duration in durations:
        network.run(duration)
    bytes_at_most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return bytes_at_most


def arrays(monitor: Monitor) -> int:
    return sum(monitor.columns.read(name).nbytes for name in monitor.columns.layout)


SPARE = 1_500_000
"""Bytes for the arrays of the run itself and what Python needs."""


@pytest.mark.parametrize("durations", [(2000,), (1000, 1000)])
@pytest.mark.parametrize(
    ("make", "least"),
    [
        (lambda cells, noise: StateMonitor(cells, ["v", "v_in"], record=range(100)), 20_000 * 201 * 8),
        (lambda cells, noise: SpikeMonitor(noise), 1_500_000 * 12),
    ],
    ids=["states", "spikes"],
)
def test_memory_is_that_of_the_arrays_plus_a_tenth(
    make: Callable[[Population, PoissonPopulation], Monitor], least: int, durations: tuple[int, ...]
) -> None:
    cells, noise = Population(120, LIF, v_in=0.5, receptors={"e": PSCFilter(5)}), PoissonPopulation(1000, 800)
    monitor = make(cells, noise)
    used = peak(Network(cells, noise, monitor, dt=0.1, seed=0, threads=1), *durations)
    assert arrays(monitor) > least
    assert used < 1.1 * arrays(monitor) + SPARE


def test_rates_take_no_memory_for_spikes() -> None:
    noise = PoissonPopulation(1000, 800)
    rate = RateMonitor(noise, 1)
    used = peak(Network(noise, rate, dt=0.1, seed=0, threads=1), 2000)
    assert rate.count.sum() > 1_500_000
    assert used < SPARE


def test_what_is_shown_stays_as_it_is() -> None:
    cells = Population(2, LIF, v_in=0.5)
    monitor = StateMonitor(cells, "v")
    network = Network(cells, monitor, dt=0.1)
    network.run(10)
    shown = monitor["v"]
    kept = shown.copy()
    with pytest.raises(ValueError, match="read-only"):
        shown[0] = 7.0
    network.run(100)
    assert np.array_equal(shown, kept)
    assert np.array_equal(monitor["v"][:100], kept)


def test_columns_hold_what_was_appended_whatever_was_expected() -> None:
    rng = np.random.default_rng(0)
    columns, expected = Columns({"a": ("<i8", ()), "b": ("<f8", (3,))}), np.zeros((0, 3))
    for k in range(300):
        if k % 3 == 0:
            columns.reserve(int(rng.integers(0, 5000)))
        rows = rng.random((int(rng.integers(0, 900)), 3))
        columns.append({"a": np.arange(len(expected), len(expected) + len(rows)), "b": rows})
        expected = np.concatenate([expected, rows])
        if k % 17 == 0:
            assert np.array_equal(columns.read("b"), expected)
    assert np.array_equal(columns.read("a"), np.arange(len(expected)))
    assert np.array_equal(columns.read("b"), expected)
    assert columns.n_rows == len(expected)
