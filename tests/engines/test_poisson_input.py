"""Poisson populations: counts, dispersion, intervals, independence, and rates that change between runs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from neurosim import Network, PoissonPopulation, SpikeMonitor
from neurosim.errors import ParameterError

DT, T = 0.1, 20_000.0


@pytest.fixture(scope="module")
def recorded() -> SpikeMonitor:
    noise = PoissonPopulation(60, np.repeat([5.0, 40.0, 300.0], 20))
    spikes = SpikeMonitor(noise)
    Network(noise, spikes, dt=DT, seed=2024).run(T)
    return spikes


def expected_rate(rate: np.ndarray) -> np.ndarray:
    """Spikes per ms: at most one in a step."""
    return -np.expm1(-rate * DT / 1000) / DT


def test_counts(recorded: SpikeMonitor) -> None:
    mean = expected_rate(np.repeat([5.0, 40.0, 300.0], 20)) * T
    assert np.all(np.abs(recorded.count - mean) < 4 * np.sqrt(mean))


def test_counts_are_as_dispersed_as_poisson_counts(recorded: SpikeMonitor) -> None:
    bins = np.floor(recorded.t / 100).astype(int)
    for first, rate in ((0, 5.0), (20, 40.0), (40, 300.0)):
        mine = (recorded.i >= first) & (recorded.i < first + 20)
        counts = np.zeros((20, 200))
        np.add.at(counts, (recorded.i[mine] - first, bins[mine]), 1)
        fano = counts.var(ddof=1) / counts.mean()
        thinned = np.exp(-rate * DT / 1000)  # one spike a step at most: binomial, not quite Poisson
        assert abs(fano - thinned) < 4 * np.sqrt(2 / counts.size)


def test_intervals_are_geometric(recorded: SpikeMonitor) -> None:
    intervals = np.concatenate([np.diff(train) for train in recorded.spike_trains()[40:]])
    steps = np.rint(intervals / DT).astype(int)
    p = -np.expm1(-300 * DT / 1000)
    assert steps.min() == 1
    assert abs(steps.mean() * p - 1) < 4 * np.sqrt((1 - p) / steps.size)
    edges = np.quantile(steps, np.linspace(0, 1, 21)[1:-1]).astype(int)
    edges = np.unique(edges)
    found = np.histogram(steps, [0, *edges, steps.max() + 1])[0]
    cumulated = stats.geom.cdf(np.array([*(edges - 1), 2**40]), p)
    wanted = np.diff([0, *cumulated]) * steps.size
    assert stats.chisquare(found, wanted * found.sum() / wanted.sum()).pvalue > 1e-3


def test_neurons_are_not_correlated(recorded: SpikeMonitor) -> None:
    counts = np.zeros((20, 2000))
    mine = recorded.i >= 40
    np.add.at(counts, (recorded.i[mine] - 40, np.floor(recorded.t[mine] / 10).astype(int)), 1)
    correlation = np.corrcoef(counts)[np.triu_indices(20, 1)]
    assert np.abs(correlation).max() < 4.5 / np.sqrt(2000)
    # Nor is a neuron with itself or a neighbour one bin later.
    later = np.corrcoef(counts[:, :-1], counts[:, 1:])[:20, 20:]
    assert np.abs(later).max() < 4.5 / np.sqrt(2000)


def test_populations_of_one_network_differ(engine: str) -> None:
    a, b = PoissonPopulation(10, 500, name="a"), PoissonPopulation(10, 500, name="b")
    first, second = SpikeMonitor(a), SpikeMonitor(b)
    Network(a, b, first, second, seed=1).run(100, engine=engine)
    assert first.t.tolist() != second.t.tolist()


def test_a_rate_set_to_zero_leaves_silence(engine: str) -> None:
    noise = PoissonPopulation(100, 100)
    spikes = SpikeMonitor(noise)
    network = Network(noise, spikes, seed=3)
    for rate in (100.0, "0 Hz", "0.1 kHz"):
        noise.rate = rate
        network.run(200, engine=engine)
    counts = np.histogram(spikes.t, [0, 199.95, 399.95, 600])[0]
    mean = expected_rate(np.array(100.0)) * 200 * 100
    assert counts[1] == 0
    assert abs(counts[0] - mean) < 4 * np.sqrt(mean)
    assert abs(counts[2] - mean) < 4 * np.sqrt(mean)


def test_rates_of_each_trial(engine: str) -> None:
    noise = PoissonPopulation(50, np.outer([0.0, 100.0], np.ones(50)))
    spikes = SpikeMonitor(noise)
    Network(noise, spikes, trials=2, seed=4).run(100, engine=engine)
    assert spikes.count[0].sum() == 0
    assert abs(spikes.count[1].sum() - 500) < 4 * np.sqrt(500)
    assert set(spikes.trial.tolist()) == {1}


def test_certain_spikes() -> None:
    noise = PoissonPopulation(3, 10_000)
    spikes = SpikeMonitor(noise)
    Network(noise, spikes, seed=4).run(1000)
    assert abs(len(spikes) / 30_000 - (1 - np.exp(-1))) < 0.02


@pytest.mark.parametrize("rate", [-1.0, np.nan, np.inf, [1.0, 2.0], [[1.0] * 4] * 2, "3 mV", True, "many"])
def test_bad_rates(rate: object) -> None:
    noise = PoissonPopulation(3, 10)
    with pytest.raises(ValueError, match="rate"):
        noise.rate = rate
    assert noise.rate == 10
    with pytest.raises(ValueError, match="rate"):
        PoissonPopulation(3, rate)


def test_a_rate_too_high_for_the_time_step(engine: str) -> None:
    noise = PoissonPopulation(3, [1.0, 2.0, 10_001.0], name="noise")
    network = Network(noise, dt=0.1)
    with pytest.raises(ParameterError, match=r"noise.rate = 10001.0: must be at most 10000 Hz"):
        network.run(1, engine=engine)
    assert network.t == 0


def test_rates_are_copies() -> None:
    rate = np.ones(3)
    noise = PoissonPopulation(3, rate)
    rate[0] = -5
    noise.rate[1] = -5  # type: ignore[index]
    assert np.array_equal(noise.rate, np.ones(3))
