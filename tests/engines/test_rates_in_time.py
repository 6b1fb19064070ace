"""Poisson populations whose rate varies: bins, formulas and functions, against the integral of the rate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from neurosim import Network, PoissonPopulation, Sine, SpikeMonitor, Step, TimedArray
from neurosim.errors import EquationError, NeurosimError, ParameterError, UnitError
from neurosim.network import Stimulus

N, PERIOD = 400, 50.0


def wave(t: np.ndarray) -> np.ndarray:
    return 60 * (1 + np.sin(2 * np.pi * t / PERIOD))


BINS = wave(np.arange(0, 200, 0.5))
PHASES = np.linspace(0, 6, N)
RATES: dict[str, tuple[Any, dict[str, Any]]] = {
    "text": ("60*Hz*(1 + sin(2*pi*t/(50*ms)))", {}),
    "function": (wave, {}),
    "bins": (BINS, {"rate_dt": "0.5 ms"}),
    "bins of each unit": (np.repeat(BINS[:, None], N, axis=1), {"rate_dt": 0.5}),
    "function of each unit": (lambda t: wave(t) * np.ones(N), {}),
    "text with parameters": (
        "r0*(1 + sin(2*pi*t/period))",
        {"parameters": {"r0": (np.full(N, 0.06), "kHz"), "period": "50 ms"}},
    ),
}


def recorded(
    rate: Any, *cuts: float, n: int = N, trials: int = 1, seed: int = 5, **given: Any
) -> SpikeMonitor:
    noise = PoissonPopulation(n, rate, **given)
    spikes = SpikeMonitor(noise)
    network = Network(noise, spikes, trials=trials, seed=seed)
    for cut in cuts:
        network.run(cut)
    return spikes


def expected(rate: np.ndarray) -> np.ndarray:
    """Mean number of spikes in steps of 0.1 ms."""
    return -np.expm1(-rate * 1e-4)


@pytest.mark.parametrize("kind", RATES)
def test_counts_follow_the_rate(kind: str) -> None:
    rate, given = RATES[kind]
    spikes = recorded(rate, 200, **given)
    t = np.arange(2000) * 0.1
    steps = np.floor(t / 0.5) * 0.5 if kind.startswith("bins") else t
    wanted = N * expected(wave(steps)).reshape(40, 50).sum(axis=1)
    found = np.bincount(np.floor(np.rint(spikes.t * 10) / 50).astype(int), minlength=40)
    assert wanted.min() < 20 < 200 < wanted.max()
    assert np.all(np.abs(found - wanted) < 4 * np.sqrt(wanted) + 1)
    assert stats.chi2.sf(np.sum((found - wanted) ** 2 / wanted), 40) > 1e-3


def test_rescaled_intervals_are_exponential() -> None:
    # Brown et al. (2002, doi:10.1162/08997660252741149): in the time that the integral of the rate tells, the
    # process is a Poisson process of rate 1. Within a step the place of a spike is arbitrary.
    spikes = recorded(*(RATES["text"][0], 200))
    integral = np.concatenate([[0], np.cumsum(wave(np.arange(2000) * 0.1) * 1e-4)])
    steps = [np.rint(train * 10).astype(int) for train in spikes.spike_trains()]
    rng = np.random.default_rng(1)
    rescaled = []
    for train in steps:
        places = integral[train] + rng.random(train.size) * (integral[train + 1] - integral[train])
        rescaled.append(np.diff([0.0, *places]))
    intervals = np.concatenate(rescaled)
    # Those longer than what is left of the run are missing: intervals that began late are cut off.
    began = np.concatenate(
        [integral[np.concatenate([[0], train[:-1]])] if train.size else [] for train in steps]
    )
    room = integral[-1] - began
    uniform = (1 - np.exp(-intervals)) / (1 - np.exp(-room))
    assert uniform.size > 3000
    assert stats.kstest(np.clip(uniform, 0, 1), "uniform").pvalue > 1e-3


@pytest.mark.parametrize("kind", RATES)
def test_cuts_and_windows_change_nothing(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import neurosim.engines.native as native

    rate, given = RATES[kind]
    whole = recorded(rate, 60, trials=2, **given)
    pieces = recorded(rate, 0.1, 12.7, 0.0, 30.4, 16.8, trials=2, **given)
    monkeypatch.setattr(native, "LONGEST_WINDOW", 7)
    windows = recorded(rate, 60, trials=2, **given)
    assert len(whole) > 100
    assert not np.array_equal(whole.count[0], whole.count[1])
    for other in (pieces, windows):
        assert np.array_equal(whole.t, other.t)
        assert np.array_equal(whole.i, other.i)


def test_units_and_trials_with_rates_of_their_own() -> None:
    text = "r*(1 + cos(2*pi*t/(50*ms) + phase))"
    rates = np.array([[0.0, 300.0], [600.0, 0.0]])
    spikes = recorded(text, 500, n=2, trials=2, parameters={"r": (rates, "Hz"), "phase": [0.0, np.pi]})
    assert np.array_equal(spikes.count == 0, rates == 0)
    assert np.all(np.abs(spikes.count - rates / 2) < 4 * np.sqrt(rates / 2) + 1)
    first = spikes.t[(spikes.trial == 1) & (spikes.i == 0)] % 50
    assert abs(stats.circmean(first, 50) % 50 - 25) > 20  # most at the peak, time 0
    bins = np.zeros((10, 2, 2))
    bins[3:5, 1, 0] = 1000
    spikes = recorded(bins, 100, n=2, trials=2, rate_dt=10)
    assert set(zip(spikes.trial.tolist(), spikes.i.tolist(), strict=True)) == {(1, 0)}
    assert spikes.t.min() >= 30
    assert spikes.t.max() < 50
    assert abs(len(spikes) - 20) < 4 * np.sqrt(20)


def test_a_constant_in_words_equals_the_constant() -> None:
    constant = recorded(40.0, 50)
    for rate, given in (
        ("40*Hz + 0*Hz*t/ms", {}),
        (lambda t: 40.0, {}),
        ([40.0], {"rate_dt": 50}),
        ("r", {"parameters": {"r": "40 Hz"}}),
    ):
        other = recorded(rate, 50, **given)
        assert np.array_equal(constant.t, other.t)
        assert np.array_equal(constant.i, other.i)


def test_rates_change_between_runs() -> None:
    noise = PoissonPopulation(N, "1*kHz*int(t < 20*ms)")
    spikes = SpikeMonitor(noise)
    network = Network(noise, spikes, seed=1)
    network.run(50)
    assert spikes.t.max() < 20
    n = len(spikes)
    noise.set_rate([0.0, 0.0, 500.0], rate_dt="25 ms")
    network.run(20)
    assert 0.9 < (len(spikes) - n) / (N * 20 * 0.5) < 1.1
    noise.rate = 0
    network.run(20)
    assert spikes.t.max() < 70


def test_a_run_beyond_the_last_bin_is_refused(engine: str) -> None:
    noise = PoissonPopulation(2, [1.0, 2.0], rate_dt=5, name="noise")
    network = Network(noise)
    network.run(8, engine=engine)
    with pytest.raises(
        ParameterError, match=r"noise.rate = \(2,\): is given up to 10 ms, but .* ends at 12 ms"
    ):
        network.run(4, engine=engine)
    assert network.t == 8
    network.run(2, engine=engine)


def test_a_width_off_the_grid_is_refused(engine: str) -> None:
    network = Network(PoissonPopulation(2, [1.0, 2.0], rate_dt=0.25, name="noise"))
    with pytest.raises(ParameterError, match=r"noise.rate_dt = 0.25: must be a multiple of dt = 0.1 ms"):
        network.run(0.1, engine=engine)


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        ("10*Hz*(30*ms - t)/ms", r"noise.rate = -1(\.0*\d*)?: must be .*not negative at 30.1 ms"),
        ("10*Hz*(t - 20*ms)/(t - 20*ms)", r"noise.rate = nan: .* at 20 ms"),
        (lambda t: np.where(t > 40, 1e5, 1.0), r"noise.rate = 100000.0: must be at most 10000 Hz"),
        (lambda t: np.where(t > 40, np.inf, 1.0), "noise.rate"),
    ],
)
def test_impossible_rates_stop_the_run_before_their_window(rate: Any, message: str) -> None:
    noise = PoissonPopulation(5, rate, name="noise")
    spikes = SpikeMonitor(noise)
    network = Network(noise, spikes, seed=1)
    with pytest.raises(ParameterError, match=message):
        network.run(100)
    assert 10 < network.t < 41
    noise.rate = 1000
    network.run(10)
    assert spikes.t.max() > network.t - 5


@pytest.mark.parametrize(
    ("rate", "given", "error"),
    [
        ("20*mV*t", {}, EquationError),
        ("20*Hz*sin(q*t)", {}, EquationError),
        ("20*Hz*sin(t)", {}, EquationError),
        ("20*Hz*(1 + t/ms", {}, EquationError),
        ("20*Hz*xi*t**0.5", {}, EquationError),
        ("r*t/ms", {"parameters": {"r": "20 mV"}}, EquationError),
        ("r*t/ms", {"parameters": {"r": ([1.0, 2.0], "Hz")}}, ParameterError),
        ("r*t/ms", {"parameters": {"r": (np.nan, "Hz")}}, ParameterError),
        ("r*t/ms", {"parameters": {"t": "1 ms"}}, ParameterError),
        ("r*t/ms", {"parameters": {"pi": 3}}, ParameterError),
        ("r*t/ms", {"parameters": {"r": (1, "furlong")}}, UnitError),
        ("r*t/ms", {"parameters": {"r": "fast"}}, NeurosimError),
        ([1.0, -1.0], {"rate_dt": 1}, ParameterError),
        ([1.0, np.nan], {"rate_dt": 1}, ParameterError),
        ([], {"rate_dt": 1}, ParameterError),
        (3.0, {"rate_dt": 1}, ParameterError),
        (np.ones((4, 2)), {"rate_dt": 1}, ParameterError),
        ([1.0], {"rate_dt": 0}, ParameterError),
        ([1.0], {"rate_dt": "1 mV"}, UnitError),
        (lambda t: t[:, 0], {}, ParameterError),
        (lambda t: np.ones((2, 2)), {}, ParameterError),
        (lambda t: "fast", {}, ParameterError),
    ],
)
def test_bad_rates(rate: Any, given: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        PoissonPopulation(3, rate, **given)
    noise = PoissonPopulation(3, 7.0)
    with pytest.raises(error):
        noise.set_rate(rate, **given)
    assert noise.rate == 7.0


OF_TRIALS = np.zeros((3, 4))
OF_TRIALS[1, 2] = 2000.0
COURSE = np.zeros((5, 3, 4))
COURSE[:, 1, 2] = 2000.0


@pytest.mark.parametrize(
    "rate",
    [
        Step(OF_TRIALS, start=10),
        Step("0 Hz", start=10) + OF_TRIALS,
        Sine(OF_TRIALS / 2, "25 Hz") + OF_TRIALS / 2,
        TimedArray(COURSE, 10),
        TimedArray(COURSE, 10, interpolation="linear", after="hold") + Step([0.0, 0.0, 0.0, 0.0], start=3),
    ],
    ids=repr,
)
def test_a_stimulus_has_values_for_each_trial(engine: str, rate: Stimulus) -> None:
    noise = PoissonPopulation(4, rate, name="noise")
    network = Network(noise, spikes := SpikeMonitor(noise), trials=3, dt=0.5, seed=2)
    network.run(50, engine=engine)
    rates = np.broadcast_to(noise.firing_rate.at(np.arange(100), 0.5), (100, 3, 4))
    expected = -np.expm1(-rates * 5e-4).sum(axis=0)
    assert np.flatnonzero(expected).tolist() == [6]
    assert expected.max() > 20
    assert np.all(np.abs(spikes.count - expected) <= 4 * np.sqrt(expected))


@pytest.mark.parametrize(
    ("rate", "given", "shape"),
    [
        (np.ones((5, 2, 4)), {"rate_dt": 10}, r"\(5, 2, 4\)"),
        (Step(np.ones((2, 4)), start=10), {}, r"\(1, 2, 4\)"),
        (TimedArray(np.ones((5, 2, 4)), 10), {}, r"\(1, 2, 4\)"),
        ("r*exp(-t/ms)", {"parameters": {"r": (np.ones((2, 4)), "Hz")}}, r"\(1, 2, 4\)"),
        (np.ones((2, 4)), {}, r"\(2, 4\)"),
    ],
)
def test_rates_for_other_trials_are_refused(
    engine: str, rate: Any, given: dict[str, Any], shape: str
) -> None:
    network = Network(PoissonPopulation(4, rate, name="noise", **given), trials=3)
    with pytest.raises(ParameterError, match=f"noise.rate = {shape}: does not fit 3 trials of 4 units"):
        network.run(50, engine=engine)


def test_values_for_different_numbers_of_trials_are_refused() -> None:
    rate = Step(np.ones((2, 4)), start=10) + TimedArray(COURSE, 10)
    with pytest.raises(ParameterError, match=r"\.rate = .* has values for 2 and for 3 trials. Give as many"):
        PoissonPopulation(4, rate)
    with pytest.raises(ParameterError, match=r"sample = .* has values for 3 trials, but a sample shows one"):
        TimedArray(COURSE, 10).sample(20)
