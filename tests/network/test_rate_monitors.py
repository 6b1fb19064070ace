"""Rate and weight monitors, and values at the end of a step, against what the other monitors tell."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from neurosim import (
    LIF,
    Dense,
    LIFRate,
    Network,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    RateMonitor,
    SpikeMonitor,
    StateMonitor,
    WeightMonitor,
)
from neurosim.errors import ParameterError, UnitError


def noisy(trials: int, *cuts: float) -> tuple[SpikeMonitor, RateMonitor, RateMonitor]:
    noise = PoissonPopulation(60, 80)
    spikes, rate = SpikeMonitor(noise), RateMonitor(noise, "0.7 ms")
    part = RateMonitor(noise[10:25], bin=2, name="part")
    network = Network(noise, spikes, rate, part, dt=0.1, trials=trials, seed=5)
    for duration in cuts:
        network.run(duration)
    return spikes, rate, part


@pytest.mark.parametrize("trials", [1, 3])
@pytest.mark.parametrize("cuts", [(50.1,), (0.3,) * 167, (20.05 - 0.05, 0, 30.1)])
def test_rates_are_the_spikes_in_each_bin(trials: int, cuts: tuple[float, ...]) -> None:
    spikes, rate, part = noisy(trials, *cuts)
    assert len(spikes) > 100
    steps = np.rint(spikes.t / 0.1).astype(int)
    for monitor, width, lo, hi in ((rate, 7, 0, 60), (part, 20, 10, 25)):
        n_bins = 501 // width
        expected = np.zeros((n_bins, trials), int)
        for step, unit, trial in zip(steps, spikes.i, spikes.trial, strict=True):
            if lo <= unit < hi and step // width < n_bins:
                expected[step // width, trial] += 1
        shown = monitor.count.reshape(n_bins, trials)
        assert np.array_equal(shown, expected)
        assert monitor.count.shape == ((n_bins,) if trials == 1 else (n_bins, trials))
        assert np.allclose(monitor.t, (np.arange(n_bins) + 0.5) * width * 0.1)
        assert np.allclose(monitor.rate, monitor.count / ((hi - lo) * width * 1e-4))


@pytest.mark.parametrize("kernel", ["gaussian", "box", "exponential"])
@pytest.mark.parametrize("width", [0.3, 5.0, 400.0])
def test_smoothing_is_a_weighted_mean(kernel: str, width: float) -> None:
    _, rate, _ = noisy(1, 50)
    t, expected = rate.t, np.zeros(rate.t.size)
    for k, now in enumerate(t):
        lag = now - t
        if kernel == "gaussian":
            weights = np.exp(-0.5 * (lag / width) ** 2)
        elif kernel == "exponential":
            weights = np.where(lag > -1e-9, np.exp(-np.maximum(lag, 0) / width), 0.0)
        else:
            inside = lambda s: float(abs(s) <= width / 2)  # noqa: E731
            ends = (-width / 2, width / 2)
            weights = np.array(
                [
                    quad(inside, d - 0.35, d + 0.35, points=[e for e in ends if abs(d - e) < 0.35])[0]
                    for d in lag
                ]
                if k % 20 == 0
                else np.clip(np.minimum(lag + 0.35, width / 2) - np.maximum(lag - 0.35, -width / 2), 0, 0.7)
            )
        expected[k] = weights @ rate.rate / weights.sum()
    assert np.allclose(rate.smoothed(f"{width} ms", kernel), expected, rtol=1e-5, atol=1e-9)


def test_smoothing_keeps_a_constant_rate_and_the_trials(engine: str) -> None:
    cells = Population(3, LIF, v_in=1e4, tau_ref=0.1)
    rate = RateMonitor(cells, 0.2)
    network = Network(cells, rate, dt=0.1, trials=2)
    assert rate.smoothed(3).shape == (0,)
    network.run(20, engine=engine)
    assert np.array_equal(rate.rate[1:], np.full((99, 2), 5000.0))
    smooth = rate.smoothed(3)
    assert smooth.shape == (100, 2)
    assert np.allclose(smooth[80:], 5000.0, rtol=1e-9)
    assert repr(rate) == f"RateMonitor({cells.name}, 100 bins of 0.2 ms)"


def test_rates_that_cannot_be() -> None:
    noise = PoissonPopulation(3, 10, name="noise")
    for width in (0, -1, np.nan, [1.0, 2.0]):
        with pytest.raises(ParameterError, match="bin"):
            RateMonitor(noise, width)
    with pytest.raises(UnitError, match="bin"):
        RateMonitor(noise, "1 mV")
    with pytest.raises(ParameterError, match=r"LIFRate does not spike\. Use a StateMonitor"):
        RateMonitor(Population(3, LIFRate))
    rate = RateMonitor(noise, 1.05)
    network = Network(noise, rate, dt=0.1)
    with pytest.raises(ParameterError, match=r"rate of noise.bin = .*: must be a multiple of dt = 0.1 ms"):
        network.run(1)
    assert network.step == 0
    del network, rate
    good = RateMonitor(noise)
    with pytest.raises(ParameterError, match="must be one of gaussian, box, exponential"):
        good.smoothed(1, "triangle")
    for width in (0, -1, [1.0]):
        with pytest.raises(ParameterError, match="width"):
            good.smoothed(width)


def learning(*cuts: float) -> tuple[WeightMonitor, WeightMonitor, SpikeMonitor, list[float]]:
    """A network whose weights are changed between runs, and the first weight in each of its steps."""
    noise = PoissonPopulation(4, 500)
    cells = Population(3, LIF, receptors={"e": PSCFilter(5)}, v_in=0.9)
    weights = Dense(np.arange(12.0).reshape(4, 3))
    projection = Projection(noise, cells, weights, delay=1.0)
    every, some = WeightMonitor(projection, dt=0.3), WeightMonitor(projection, [4, 0, 4], dt="0.5 ms")
    spikes = SpikeMonitor(cells)
    network = Network(noise, cells, projection, every, some, spikes, seed=3)
    shown: list[float] = []
    for duration in cuts:
        shown += [float(weights.weights[0, 0])] * round(duration / 0.1)
        network.run(duration)
        weights.weights[...] += 1.0
    return every, some, spikes, shown


def test_weights_are_those_at_the_beginning_of_a_step() -> None:
    every, some, _, shown = learning(0.4, 0.1, 1.3, 10.0, 0.2)
    assert np.allclose(every.t, np.arange(0, 120, 3) * 0.1)
    assert every.weights.shape == (40, 12)
    assert np.array_equal(every.weights, np.array(shown)[::3, None] + np.arange(12.0))
    assert np.array_equal(some.weights, np.array(shown)[::5, None] + [4.0, 0.0, 4.0])


def test_recording_weights_changes_nothing() -> None:
    noise = PoissonPopulation(4, 500)
    cells = Population(3, LIF, receptors={"e": PSCFilter(5)}, v_in=0.9)
    projection = Projection(noise, cells, Dense(np.arange(12.0).reshape(4, 3)), delay=1.0)
    spikes = SpikeMonitor(cells)
    Network(noise, cells, projection, spikes, seed=3).run(30)
    watched = learning(30.0)[2]
    assert len(spikes) > 10
    assert np.array_equal(watched.t, spikes.t)
    assert np.array_equal(watched.i, spikes.i)


def test_weights_that_cannot_be_recorded() -> None:
    noise, cells = PoissonPopulation(2, 10), Population(3, LIF, receptors={"e": PSCFilter(5)})
    projection = Projection(noise, cells, Dense(np.ones((2, 3))))
    with pytest.raises(ParameterError, match="must be a Projection"):
        WeightMonitor(cells)  # type: ignore[arg-type]
    for synapses in ([6], [-1], [0.5], [], "w"):
        with pytest.raises(ParameterError, match="synapses"):
            WeightMonitor(projection, synapses)
    with pytest.raises(ParameterError, match="dt"):
        WeightMonitor(projection, dt=0)
    monitor = WeightMonitor(projection)
    with pytest.raises(ParameterError, match="watches a projection that is not in the network"):
        Network(noise, cells, monitor)
    assert repr(monitor) == f"WeightMonitor({projection.name}, 6 synapses)"


@pytest.mark.parametrize("interval", [0.1, 0.4])
@pytest.mark.parametrize("delay", [0.0, 0.7])
def test_the_end_of_a_step_is_the_beginning_of_the_next(interval: float, delay: float) -> None:
    cells = Population(5, LIF, receptors={"e": PSCFilter(5)}, v_in=np.linspace(0.9, 3, 5))
    start = StateMonitor(cells, ["v", "v_in"])
    end = StateMonitor(cells, ["v_in", "v"], record=slice(1, 4), dt=interval, when="end")
    weights = np.random.default_rng(2).normal(size=(5, 5))
    network = Network(cells, Projection(cells, cells, Dense(weights), delay=delay), start, end)
    for duration in (10.0, 0.1, 0.2, 9.7):
        network.run(duration)
    n = round(interval / 0.1)
    assert np.allclose(end.t, np.arange(n, 201, n) * 0.1)
    inside = np.arange(n, 200, n)
    for variable in ("v", "v_in"):
        assert np.array_equal(end[variable][: inside.size], start[variable][inside, 1:4])
    assert np.array_equal(end["v"][-1], cells["v"][1:4])


def test_the_end_of_a_step_is_before_what_is_set_after_it(engine: str) -> None:
    cells = Population(1, LIF, v=0.8, v_in=0.0)
    start, end = StateMonitor(cells, "v"), StateMonitor(cells, "v", when="end")
    network = Network(cells, start, end)
    network.run(0.2, engine=engine)
    cells["v"] = 0.5
    network.run(0.2, engine=engine)
    decay = np.exp(-0.1 / 20)
    assert np.allclose(start["v"][:, 0], [0.8, 0.8 * decay, 0.5, 0.5 * decay])
    assert np.allclose(end["v"][:, 0], [0.8 * decay, 0.8 * decay**2, 0.5 * decay, 0.5 * decay**2])
    with pytest.raises(ParameterError, match="must be 'start' or 'end'"):
        StateMonitor(cells, "v", when="middle")
