"""Gamma renewal processes: rate from time 0, intervals, variability, and shape 1 as a Poisson process."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from neurosim import GammaPopulation, Network, SpikeMonitor
from neurosim.errors import ParameterError, UnitError

N, DT = 2000, 0.1
SHAPES = (0.5, 1.0, 4.0, 20.0)


@pytest.fixture(scope="module")
def recorded() -> SpikeMonitor:
    """A second of 2,000 units of each shape, at 30 Hz."""
    units = GammaPopulation(4 * N, "30 Hz", shape=np.repeat(SHAPES, N))
    spikes = SpikeMonitor(units)
    Network(units, spikes, seed=2, dt=DT).run(1000)
    return spikes


def intervals(spikes: SpikeMonitor, kind: int) -> np.ndarray:
    """Second intervals of the units, which are there in nearly all."""
    trains = spikes.spike_trains()[kind * N : (kind + 1) * N]
    return np.concatenate([np.diff(train) for train in trains])


@pytest.mark.parametrize("kind", range(4))
def test_the_rate_is_right_from_time_0(recorded: SpikeMonitor, kind: int) -> None:
    times = recorded.t[recorded.i // N == kind]
    found = np.histogram(times, np.arange(0, 1001, 5.0) - DT / 2)[0]
    # Bursts lose what falls into one step: the probability of two events in it.
    lost = stats.gamma.cdf(0.03 * DT, SHAPES[kind], scale=1 / SHAPES[kind])
    mean = N * 0.03 * 5 * (1 - lost)
    assert np.all(np.abs(found - mean) < 4.5 * np.sqrt(mean * max(1, 1 / SHAPES[kind])))
    assert abs(found[:4].sum() - 4 * mean) < 4 * np.sqrt(4 * mean)
    assert abs(found.sum() / (200 * mean) - 1) < 4 * np.sqrt(1 / SHAPES[kind] / found.sum()) + 0.002


@pytest.mark.parametrize("kind", [1, 2, 3])
def test_intervals_are_gamma_variates(recorded: SpikeMonitor, kind: int) -> None:
    order = SHAPES[kind]
    trains = recorded.spike_trains()[kind * N : (kind + 1) * N]
    # All intervals that begin in the first half: the second is long enough for nearly all to end.
    found = np.concatenate([np.diff(train)[train[:-1] < 500] for train in trains if train.size > 1])
    blurred = found + np.random.default_rng(1).uniform(-DT, DT, found.size) / 2
    law = stats.gamma(order, scale=1000 / 30 / order)
    assert found.size > 20_000
    assert stats.kstest(blurred, law.cdf).pvalue > 1e-3
    assert abs(found.std() / found.mean() - 1 / np.sqrt(order)) < 0.01
    assert abs(found.mean() - 1000 / 30) < 4 * law.std() / np.sqrt(found.size) + DT


@pytest.mark.parametrize("kind", range(4))
def test_the_first_spike_comes_as_if_the_process_had_always_run(recorded: SpikeMonitor, kind: int) -> None:
    order, mean = SHAPES[kind], 1000 / 30
    first = np.array([train[0] if train.size else 1000.0 for train in recorded.spike_trains()])
    mine = first[kind * N : (kind + 1) * N] + np.random.default_rng(1).uniform(0, DT, N)
    law = stats.gamma(order, scale=mean / order)
    longer = stats.gamma(order + 1, scale=mean / order)

    def recurrence(x: np.ndarray) -> np.ndarray:
        """Integral of the survivor function over the mean."""
        x = np.asarray(x)
        return np.asarray((x * law.sf(x) + mean * longer.cdf(x)) / mean)

    assert stats.kstest(mine, recurrence).pvalue > 1e-3


def test_intervals_are_independent(recorded: SpikeMonitor) -> None:
    # Of nearly all units there are twelve spikes in a second, so that hardly any is left out for its length.
    trains = [train for train in recorded.spike_trains()[2 * N : 3 * N] if train.size >= 12]
    assert len(trains) > 0.999 * N
    found = np.diff(np.array([train[:12] for train in trains]), axis=1)
    first, second = found[:, :-1].ravel(), found[:, 1:].ravel()
    assert abs(np.corrcoef(first, second)[0, 1]) < 4 / np.sqrt(first.size)
    counts = np.array([np.histogram(train, 20, (0, 1000))[0] for train in trains[:100]])
    between = np.corrcoef(counts)[np.triu_indices(100, 1)]
    assert abs(between.mean()) < 4 / np.sqrt(between.size * 20)


def test_shape_1_is_a_poisson_process(recorded: SpikeMonitor) -> None:
    mine = recorded.count[N : 2 * N]
    p = -np.expm1(-30 * DT / 1000)
    assert abs(mine.mean() - 10_000 * p) < 4 * np.sqrt(30 / N)
    assert abs(mine.var() / mine.mean() - 1) < 4 * np.sqrt(2 / N)
    steps = np.rint(intervals(recorded, 1) / DT).astype(int)
    assert steps.min() == 1  # neighbouring steps, but never twice in one


def test_a_rate_that_varies_stretches_the_process() -> None:
    units = GammaPopulation(N, "80*Hz*(1 + sin(2*pi*t/(100*ms)))", shape=9)
    spikes = SpikeMonitor(units)
    Network(units, spikes, seed=3).run(400)
    found = np.histogram(spikes.t, np.arange(0, 401, 5.0) - DT / 2)[0]
    t = np.arange(4000) * DT
    mean = (80 * (1 + np.sin(2 * np.pi * t / 100)) * N * 1e-4).reshape(80, 50).sum(axis=1)
    assert np.all(np.abs(found - mean) < 4.5 * np.sqrt(mean) + 1)
    # Over whole periods the counts of a regular train hardly differ: their variance is about 1/9 of the mean.
    assert 0.08 < spikes.count.var() / spikes.count.mean() < 0.16


def test_the_rate_may_change_between_runs() -> None:
    units = GammaPopulation(N, 100, shape=5)
    spikes = SpikeMonitor(units)
    network = Network(units, spikes, seed=3)
    for rate in (100.0, 0.0, 100.0):
        units.rate = rate
        network.run(50)
    counts = np.histogram(spikes.t, [0, 49.95, 99.95, 150])[0]
    assert counts[1] == 0
    assert np.all(np.abs(counts[[0, 2]] - 5 * N) < 4 * np.sqrt(5 * N))


@pytest.mark.parametrize("shape", [0.0, -1.0, 0.001, np.nan, np.inf, [1.0, 2.0], [[1.0] * 3], "2 ms", None])
def test_bad_shapes(shape: object) -> None:
    with pytest.raises((ParameterError, UnitError), match="shape"):
        GammaPopulation(3, 10, shape=shape)


@pytest.mark.parametrize("rate", [-1.0, np.nan, [1.0, 2.0], "1 mV"])
def test_bad_rates(rate: object) -> None:
    with pytest.raises((ParameterError, UnitError), match="rate"):
        GammaPopulation(3, rate)
    with pytest.raises(ParameterError, match="must be at most 10000 Hz"):
        Network(GammaPopulation(3, 10_001), dt=DT).run(1)


def test_what_was_given_can_be_read() -> None:
    units = GammaPopulation(2, "30 Hz", shape=[1, 2], name="units")
    assert units.rate == 30
    assert np.array_equal(units.shape, [1, 2])
    assert repr(units) == "GammaPopulation(2, name='units')"
    with pytest.raises(AttributeError):
        units.shape = 3.0  # type: ignore[misc]
