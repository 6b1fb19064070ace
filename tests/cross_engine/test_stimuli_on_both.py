"""Stimuli on Brian2: every kind by itself, with every integrator; sums, slices, trials, rates, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import neurosim.engines.rate_window as rate_window
from neurosim import (
    LIF,
    Chirp,
    Dense,
    Formula,
    ImageSequence,
    Network,
    NeuronModel,
    OrnsteinUhlenbeck,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    PulseTrain,
    Ramp,
    Sine,
    SpikeMonitor,
    StateMonitor,
    Step,
    TimedArray,
    WhiteNoise,
    from_brian2,
)
from neurosim.errors import ParameterError
from neurosim.network import Stimulus

brian2 = pytest.importorskip("brian2")

N, ROUND_OFF = 7, 1e-13
ROWS = np.random.default_rng(8).normal(size=(50, N))
PER_TRIAL = np.random.default_rng(9).normal(size=(50, 2, N))

KINDS: dict[str, Stimulus] = {
    "step": Step(np.linspace(1, 2, N), start=5.3, stop="20 ms"),
    "ramp": Ramp(3, 7, 31, initial=-1),
    "pulses": PulseTrain(2, "150 Hz", 1.1, start=0.7),
    "sine": Sine(1.5, np.linspace(10, 90, N), phase=0.3, start=2),
    "chirp": Chirp(1, 10, 90, 4, 40, sweep="exponential"),
    "formula": Formula("a*exp(-t/(7*ms)) + int(t_step > 9*ms)", {"a": np.linspace(0, 1, N)}),
    "held": TimedArray(ROWS, 0.8, after="hold"),
    "linear": TimedArray(ROWS[:, 3], 0.9, interpolation="linear", after="zero"),
    "repeated": TimedArray(ROWS[:7], 0.7, interpolation="linear", after="repeat"),
    "images": ImageSequence(ROWS[:3].reshape(3, 1, N), 6, gain=np.linspace(-1, 1, N)),
    "sum": 2 * Step(1, start=3) - Sine(0.5, 30) / 3 + 0.25,
}
# The state of each input is its integral.
INTEGRALS = NeuronModel(
    "\n".join(f"d{k}_sum/dt = I_{k}/ms : 1\nI_{k} : 1 (input)" for k in KINDS)
    + "\ndv/dt = (I_step*I_sine - v)/(10*ms) : 1",
    name="Integrals",
)


@pytest.mark.parametrize("integrator", ["rk2", "heun"])
def test_every_kind_by_itself(pair: Any, integrator: str) -> None:
    """By Brian2's own method, whose stages lie inside the step, and by the text of neurosim's step."""
    trials = 2 if integrator == "heun" else 1

    def build() -> Network:
        cells = Population(N, INTEGRALS, integrator=integrator, name="cells")
        for kind, stimulus in KINDS.items():
            cells[f"I_{kind}"] = stimulus
        cells[2:5]["I_sum"] = TimedArray(ROWS[:, :3], 0.5, after="zero") + Step(1, start=3)
        if trials > 1:
            cells["I_held"] = TimedArray(PER_TRIAL, 0.8, after="hold")
        return Network(cells, [StateMonitor(cells, s) for s in cells.system.states], trials=trials)

    pair.run(build, 50)
    found = {m.variables[0]: np.abs(m[m.variables[0]]) for m, _ in pair}
    assert all(x.max() > 0.1 for x in found.values())
    assert len(found) == len(KINDS) + 1
    assert pair.difference() < ROUND_OFF


def test_spikes_under_stimuli_in_pieces_with_other_numbers(pair: Any) -> None:
    weights = np.random.default_rng(3).random((N, N))
    table = TimedArray(0.3 * ROWS, 1.0, after="repeat")

    def build() -> Network:
        cells = Population(N, LIF, receptors={"e": PSCFilter("3 ms")}, name="cells")
        cells["v_in"] = Step(np.full(N, 1.5), start=2) + table
        joins = Projection(cells, cells, Dense(weights), delay=0.4)
        return Network(cells, joins, SpikeMonitor(cells), StateMonitor(cells, ["v", "v_in"]))

    pair.networks = [build(), build()]
    for network, engine in zip(pair.networks, ("native", "brian2"), strict=True):
        network.run(30.3, engine=engine)
        cells: Any = network.groups[0]
        cells["v_in"] = Step(np.linspace(1.2, 2.2, N), start=35) + table + 0.4
        network.run(29.7)
    assert pair.n_spikes > 15
    pair.assert_same_spikes()
    assert pair.difference() < ROUND_OFF


def test_what_cannot_change_after_the_first_run() -> None:
    cells = Population(N, LIF, v_in=Step(1.5, start=2) + TimedArray(ROWS, 1.0), name="cells")
    network = Network(cells)
    with pytest.raises(ParameterError, match=r"cells.v_in: TimedArray .*ends at 50 ms, but the run at 50.1"):
        network.run(50.1, engine="brian2")
    network.run(50, engine="brian2")
    with pytest.raises(ParameterError, match=r"the run at 50.1 ms"):
        network.run(0.1)
    for other in (0.5, Sine(1, 10), Step(1.5, start=2) + TimedArray(2 * ROWS, 1.0, after="hold")):
        cells["v_in"] = other
        with pytest.raises(ParameterError, match=r"cells.stimuli .* after the first run; other numbers"):
            network.run(1)
    off = Population(1, LIF, v_in=TimedArray(ROWS[:, 0], 0.25))
    with pytest.raises(ParameterError, match=r"TimedArray.dt = 0.25: must be a multiple of dt"):
        Network(off).run(1, engine="brian2")
    assert network.step == 500


def test_by_hand_and_back_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(brian2.prefs, "codegen.target", "numpy")
    stimulus = Step(np.full(N, 1.5), start=2) + TimedArray(0.4 * ROWS, 5, after="repeat")
    cells = Population(N, LIF, v_in=stimulus, name="cells")
    noise = PoissonPopulation(N, Step("100 Hz", start=5), name="noise")
    waved = Population(1, LIF, v_in=Step(2, start=1) + Sine(1, 20, start=2), name="waved")
    v = StateMonitor(cells, "v", name="v")
    network = Network(cells, noise, waved, v, spikes := SpikeMonitor(waved))
    made, parts = network.to_brian2()
    back = Population(1, from_brian2(parts["waved"], inputs=["v_in_external"]))
    made.run(30 * brian2.ms, namespace={})
    network.run(30)
    assert np.abs(np.asarray(parts["v"].v).T - v["v"]).max() < ROUND_OFF
    assert np.allclose(parts["noise"].rate[:] / brian2.Hz, 100)
    with pytest.raises(ParameterError, match=r"table_stimulus2__column.* no counterpart"):
        from_brian2(parts["cells"])
    Network(back, again := SpikeMonitor(back)).run(30)
    assert again.t.tolist() == spikes.t.tolist() != []


def test_noise_begins_with_the_same_numbers(pair: Any) -> None:
    passive = NeuronModel("dv/dt = (I - v)/(10*ms) : 1\nI : 1 (input)", name="Passive")

    def build() -> Network:
        one = Population(N, passive, I=OrnsteinUhlenbeck(0, 1, 20), name="one")
        other = Population(N, passive, I=OrnsteinUhlenbeck(1, 2, 5) + WhiteNoise(0.1), name="other")
        return Network(one, other, StateMonitor(other, "x_stimulus1"), seed=4, trials=2)

    pair.run(build, 0.1)
    assert pair.difference() == 0.0
    assert np.ptp(pair.networks[1].monitors[0]["x_stimulus1"]) > 1


RATES: dict[str, Any] = {
    "stimulus": Step("40 Hz", start=50) + "20 Hz" + Sine("10 Hz", "25 Hz"),
    "images": ImageSequence(np.linspace(0, 1, 1200).reshape(4, 1, 300), "50 ms", gain="80 Hz"),
    "linear": TimedArray([0.0, 80.0, 20.0], "60 ms", "Hz", interpolation="linear", after="repeat"),
    "function": lambda t: 40 + 20 * np.sin(t / 20),
    "each": lambda t: 40 + np.linspace(0, 30, 300) * np.sin(t / 20),
}


def test_stimuli_and_functions_as_rates(engine: str) -> None:
    n, dt = 300, 0.5
    groups = [PoissonPopulation(n, rate, name=name) for name, rate in RATES.items()]
    spikes = [SpikeMonitor(group) for group in groups]
    network = Network(groups, spikes, dt=dt, seed=3)
    network.run(50, engine=engine)
    if engine == "brian2":  # the very rates, not their spikes alone
        for group in groups[:3]:
            rate = network.session.translation.groups[group].group.rate[:] / brian2.Hz
            expected = group.firing_rate.at(np.array([100]), dt)[0, 0]
            assert np.allclose(rate, expected, rtol=1e-12)
    network.run(150)
    for group, monitor in zip(groups, spikes, strict=True):
        rate = np.broadcast_to(group.firing_rate.at(np.arange(400), dt)[:, 0], (400, n))
        p = -np.expm1(-rate * dt / 1000)
        found = np.histogram2d(monitor.t, monitor.i, [np.arange(0, 201, 10), np.arange(0, 301, 50)])[0]
        blocks = p.reshape(20, 20, 6, 50), (p * (1 - p)).reshape(20, 20, 6, 50)
        expected, variance = (b.sum(axis=(1, 3)) for b in blocks)
        assert np.all(np.abs(found - expected) <= 5 * np.sqrt(variance))
        assert ((found - expected) ** 2 / variance).mean() == pytest.approx(1, abs=4 * np.sqrt(2 / 120))


def test_rates_that_cannot_be() -> None:
    called = PoissonPopulation(2, lambda t: 10 + 0 * t, name="called")
    with pytest.raises(ParameterError, match=r"called.rate .* which Brian2 cannot call. Give a text"):
        Network(called).to_brian2()
    for rate, match in (
        (lambda t: 5 - t, r"source.rate = -0.1.*: must be at most .* not negative at 5.1 ms"),
        (Step("-1 Hz", start=2), r"source.rate = -1.0: .* not negative at 2 ms"),
        ("1000*Hz*t/ms", r"source.rate = 10100.*: must be at most 10000 Hz, .* at 10.1 ms"),
        (TimedArray(np.ones(2), 10), r"source.rate = .*: is given up to 20 ms, but the run ends at 30 ms"),
        (OrnsteinUhlenbeck("20 Hz", "5 Hz", 10), "holds noise"),
    ):
        with pytest.raises(ParameterError, match=match):
            Network(PoissonPopulation(2, rate, name="source")).run(30, engine="brian2")
    bins = PoissonPopulation(2, [10.0, 20.0], rate_dt=10, name="source")
    with pytest.raises(ParameterError, match=r"source.rate = .*: is given up to 20 ms, but the run"):
        Network(bins).run(30, engine="brian2")


def test_rates_are_looked_at_in_blocks_that_fit_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def rate(t: np.ndarray) -> np.ndarray:
        asked.append(t.size)
        return np.full((t.size, 1), 20.0)

    monkeypatch.setattr(rate_window, "BLOCK_VOLUME", 30)
    Network(PoissonPopulation(5, rate), trials=2).run(2, engine="brian2")
    assert max(asked) == 3
    assert sum(asked) >= 20
