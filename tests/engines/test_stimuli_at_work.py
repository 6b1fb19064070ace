"""Stimuli in running networks: what the kernels make of them, and what may not change it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import neurosim.engines.native as native
import neurosim.engines.population_state as population_state
from neurosim import (
    LIF,
    AllToAll,
    Chirp,
    Continuous,
    Formula,
    HodgkinHuxley,
    ImageSequence,
    Network,
    NeuronModel,
    OrnsteinUhlenbeck,
    PoissonPopulation,
    Population,
    Projection,
    PulseTrain,
    Ramp,
    Sine,
    SpikeMonitor,
    StateMonitor,
    Step,
    TimedArray,
    WhiteNoise,
    solve_reference,
)
from neurosim.engines.kernel_choice import kernel_spec
from neurosim.errors import ParameterError
from neurosim.network import Stimulus

N = 139  # five blocks of 32, of which the last is not full
GENERATOR = np.random.default_rng(8)
ROWS = GENERATOR.normal(size=(50, N))
PER_TRIAL = GENERATOR.normal(size=(50, 3, N))

# The state of each input is its integral.
INTEGRALS = NeuronModel(
    "\n".join(f"dq{k}/dt = I{k}/ms : 1\nI{k} : 1 (input)" for k in range(8))
    + "\ndv/dt = (I0 + I1 - v)/(10*ms) : 1",
    name="Integrals",
)
KINDS: dict[str, Stimulus] = {
    "I0": Step(np.linspace(1, 2, N), start=5.3, stop="20 ms") + Ramp(3, 7, 31),
    "I1": PulseTrain(2, "150 Hz", 1.1, start=0.7) - 0.5,
    "I2": Sine(1.5, np.linspace(10, 90, N)),
    "I3": Chirp(1, 10, 90, 4, 40, sweep="exponential"),
    "I4": Formula("a*exp(-t/(7*ms))", {"a": np.linspace(0, 1, N)}),
    "I5": 2 * TimedArray(ROWS, 0.8, after="hold"),
    "I6": TimedArray(ROWS[:, 3], 0.9, interpolation="linear", after="repeat"),
    "I7": ImageSequence(ROWS[:3].reshape(3, 1, N), 6, gain=np.linspace(-1, 1, N)),
}


def describe(**more: Stimulus) -> Population:
    return Population(N, INTEGRALS, **(KINDS | more))


def test_kernels_give_what_formulas_say(engine: str) -> None:
    cells = describe()
    assert cells.integrator == "exact"
    states = StateMonitor(cells, [*(f"q{k}" for k in range(8)), *KINDS], record=[0, 1, 77, 138])
    Network(cells, states, dt=0.1).run(60, engine=engine)
    for k in range(8):
        given = states[f"I{k}"]
        assert np.ptp(given) > 0.5
        np.testing.assert_allclose(np.diff(states[f"q{k}"], axis=0) / 0.1, given[:-1], atol=1e-10)


def test_rk4_sees_formulas_inside_the_step_and_jumps_at_its_ends() -> None:
    knots = [0.0, 4.0, -2.0, 1.0]
    drive = Sine(8, [30, 60, 90]) + Step(6, start=5, stop=12)
    drive += TimedArray(knots, 7, interpolation="linear", after="hold")
    cells = Population(3, HodgkinHuxley, integrator="rk4", I=drive)
    states = StateMonitor(cells, "v")
    Network(cells, states, dt=0.01).run(20)
    solution = solve_reference(cells, 20, dt=0.1)
    assert np.ptp(solution["v"]) > 80
    # A jump that came a stage too early would cost 0.01 mV.
    np.testing.assert_allclose(states["v"][::10], solution["v"][:-1], atol=3e-4)
    t = 0.1 * np.arange(201)
    step = 6.0 * ((np.arange(201) >= 50) & (np.arange(201) < 120))
    expected = 8 * np.sin(2 * np.pi * np.outer(t, [30, 60, 90]) / 1000)
    expected += (np.interp(t, [0, 7, 14, 21], knots) + step)[:, None]
    np.testing.assert_allclose(solution["I"], expected, atol=1e-9)


def test_a_leaky_neuron_under_a_step_is_exact(engine: str) -> None:
    cells = Population(1, LIF, v_in=Step(0.8, start=10, stop=40), tau_m=20)
    states = StateMonitor(cells, "v", when="end")
    Network(cells, states).run(60, engine=engine)
    t = states.t
    rise = 0.8 * (1 - np.exp(-(np.minimum(t, 40) - 10).clip(0) / 20))
    np.testing.assert_allclose(
        states["v"][:, 0], rise * np.exp(-(t - 40).clip(0) / 20), rtol=1e-11, atol=1e-13
    )


def test_a_leaky_neuron_under_a_sine_is_of_order_one() -> None:
    def error(dt: float) -> float:
        cells = Population(1, LIF, v_in=Sine(0.5, "20 Hz"), tau_m=20)
        states = StateMonitor(cells, "v", dt=1.0)
        Network(cells, states, dt=dt).run(100)
        w = 2 * np.pi * 0.02
        a, b = 0.5 / (1 + (20 * w) ** 2), 20 * w
        t = states.t
        exact = a * (np.sin(w * t) - b * np.cos(w * t) + b * np.exp(-t / 20))
        return float(abs(states["v"][:, 0] - exact).max())

    coarse, fine = error(0.1), error(0.025)
    assert fine < 1e-3
    assert coarse / fine == pytest.approx(4, rel=0.05)


NOISY = {"I1": OrnsteinUhlenbeck(0.2, 0.5, 4) + WhiteNoise(0.3), "I4": WhiteNoise(1)}
Result = tuple[np.ndarray, ...]


def run(*durations: float, threads: int = 1, trials: int = 1, watched: bool = False) -> Result:
    cells = describe(**NOISY)
    cells[100:]["I3"] = TimedArray(ROWS[:, :39], 0.5, after="zero")
    parts = [cells, StateMonitor(cells, ["q0", "I0", "I5"], dt=0.5)] if watched else [cells]
    network = Network(*parts, dt=0.1, seed=7, threads=threads, trials=trials)
    for duration in durations:
        network.run(duration)
    return tuple(np.asarray(cells[s]) for s in cells.system.states)


def same(a: Result, b: Result) -> bool:
    return len(a) == len(b) and all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


@pytest.fixture(scope="module")
def reference() -> Result:
    result = run(30)
    assert len(result) == 10
    assert all(abs(x).max() > 0.01 for x in result)
    return result


def test_nothing_but_the_seed_matters(reference: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    for cuts in ((15, 15), (0.1, 0, 29.9), (7.3, 0.6, 0.8, 21.3)):
        assert same(run(*cuts), reference)
    assert same(run(30, watched=True), reference)
    trials = run(30, trials=3)
    assert same(tuple(x[0] for x in trials), reference)
    monkeypatch.setattr(native, "LONGEST_WINDOW", 3)
    assert same(run(30), reference)
    monkeypatch.setattr(native, "WORTH_A_THREAD", 0)
    for chunk in (32, 64):
        monkeypatch.setattr(population_state, "CHUNK", chunk)
        assert same(run(30, threads=2), reference)
        assert same(run(30, trials=3), trials)


def test_trials_have_rows_of_their_own() -> None:
    cells = describe(I5=TimedArray(PER_TRIAL, 0.8, after="hold"))
    cells[30:70]["I5"] = TimedArray(PER_TRIAL[..., :40], 0.8, after="hold")
    states = StateMonitor(cells, ["q5", "I5"], record=[3, 40, 138])
    Network(cells, states, trials=3).run(3)
    np.testing.assert_array_equal(states["I5"][-1], PER_TRIAL[3][:, [3, 10, 138]])
    np.testing.assert_allclose(np.diff(states["q5"], axis=0) / 0.1, states["I5"][:-1], atol=1e-10)
    with pytest.raises(ParameterError, match="is for 3 trials, but the network has 2"):
        Network(describe(I5=TimedArray(PER_TRIAL, 0.8)), trials=2).run(1)


def test_an_array_that_is_too_short_or_off_the_grid_stops_nothing_half_way() -> None:
    cells = describe(I5=TimedArray(ROWS, 0.8))
    network = Network(cells)
    with pytest.raises(ParameterError, match=r"ends at 40 ms, but the run at 40.1 ms.*after='hold'"):
        network.run(40.1)
    assert network.t == 0
    network.run(40)
    with pytest.raises(ParameterError, match=r"the run at 40.1 ms"):
        network.run(0.1)
    with pytest.raises(ParameterError, match=r"TimedArray.dt = 0.25: must be a multiple of dt"):
        Network(describe(I5=TimedArray(ROWS, 0.25))).run(1)


def test_the_user_s_array_is_read_where_it_is() -> None:
    stimulus = TimedArray(ROWS, 0.8)
    assert np.shares_memory(stimulus.table.values, ROWS)
    assert ROWS.flags.writeable


PAIR = NeuronModel("dv/dt = (a + b - v)/(10*ms) : 1\na : 1 (input)\nb : 1 (input)", name="Pair")


def test_stimuli_come_and_go_between_runs() -> None:
    cells = Population(N, PAIR, a=Step(np.linspace(1, 2, N)), b=Sine(1, 50))
    states = StateMonitor(cells, ["v", "b"], record=[5])
    network = Network(cells, states, seed=3)
    network.run(5)
    before = cells["v"]
    cells["b"] = OrnsteinUhlenbeck(0, 1, 5)
    cells[:70]["a"] = OrnsteinUhlenbeck(5, 0, 5)
    assert cells.integrator == "exponential_euler"
    np.testing.assert_array_equal(cells["v"], before)
    network.run(10)
    (name,) = [a.name("x") for a in cells.stimuli if a.input == "b"]
    kept = np.array(cells[name])
    cells["a"] = 0.0
    assert cells.system.states == ("v", name)
    np.testing.assert_array_equal(cells[name], kept)
    network.run(0.1)
    change = cells[name] - kept * np.exp(-0.1 / 5)
    assert 0 < abs(change).max() < 4 * np.sqrt(1 - np.exp(-0.2 / 5))
    assert np.ptp(states["b"][51:150]) > 0.1
    cells["b"] = 2.0
    network.run(5)
    assert (states["b"][151:] == 2.0).all()
    assert cells.integrator == "exact"


def test_a_network_goes_back_to_stimuli_it_had() -> None:
    cells = Population(N, PAIR, a=OrnsteinUhlenbeck(0, 1, 5), b=Sine(1, 50))
    network = Network(cells, seed=3)
    network.run(5)
    network.store()
    network.run(5)
    expected = [np.array(cells[s]) for s in ("v", "x_stimulus1")]
    cells["a"] = cells["b"] = 1.0
    network.run(3)
    network.restore()
    network.run(5)
    assert same((cells["v"], cells["x_stimulus1"]), tuple(expected))
    cells["b"] = OrnsteinUhlenbeck(0, 1, 5)
    network.store()
    network.run(5)
    expected = [np.array(cells[s]) for s in cells.system.states]
    network.restore()
    network.run(5)
    assert same(tuple(cells[s] for s in cells.system.states), tuple(expected))


PASSIVE = NeuronModel("dv/dt = (I - v)/tau : 1\nI : 1 (input)", parameters={"tau": "10 ms"}, name="Passive")


def test_the_law_of_coloured_noise(engine: str) -> None:
    n, tau, sigma = 4000, 8.0, 0.5
    cells = Population(n, PASSIVE, I=OrnsteinUhlenbeck(0.7, sigma, tau))
    states = StateMonitor(cells, ["I", "v"], dt=4.0)
    Network(cells, states, dt=0.4, seed=12).run(60.8, engine=engine)
    x = (states["I"] - 0.7) / sigma
    error = 1 / np.sqrt(n)
    assert abs(x.mean(axis=1)).max() < 4 * error
    assert abs(x.var(axis=1) - 1).max() < 4 * np.sqrt(2) * error  # stationary from the first step on
    for lag in (1, 2, 5):
        found = (x[:-lag] * x[lag:]).mean(axis=1)
        assert abs(found - np.exp(-4.0 * lag / tau)).max() < 4.5 * np.sqrt(2) * error
    # The variance of the filtered noise, sigma^2*tau/(tau + tau_m), to order dt.
    assert states["v"][-1].var() == pytest.approx(sigma**2 * tau / (tau + 10), rel=0.1)


def test_the_law_of_white_noise(engine: str) -> None:
    for dt in (0.1, 2.0):
        cells = Population(4000, PASSIVE, I=WhiteNoise(0.3) + 1.0)
        Network(cells, dt=dt, seed=2).run(50, engine=engine)
        v = cells["v"]
        assert v.mean() == pytest.approx(1 - np.exp(-5), abs=4 * v.std() / np.sqrt(4000))
        expected = 0.3**2 / (2 * 10) * (1 - np.exp(-10))
        assert v.var() == pytest.approx(expected, rel=4 * np.sqrt(2 / 4000))


def test_the_start_of_noise_is_independent_between_neurons_and_trials(engine: str) -> None:
    cells = Population(2000, PASSIVE, I=OrnsteinUhlenbeck(0, 1, 50) + OrnsteinUhlenbeck(0, 1, 5))
    Network(cells, dt=0.4, seed=12, trials=2).run(0, engine=engine)
    numbers = np.concatenate([cells["x_stimulus1"], cells["x_stimulus2"]])
    found = np.corrcoef(numbers) - np.eye(4)
    assert abs(found).max() < 4.5 / np.sqrt(2000)


def test_what_units_pass_on_follows_their_stimulus(engine: str) -> None:
    relay = NeuronModel("I : 1 (input)", output="I : 1", name="Relay")
    pre = Population(1, relay, I=TimedArray(ROWS[:, 0], 0.8) + Step(1, start=2))
    post = Population(1, PASSIVE, receptors={"in": Continuous()})
    states = StateMonitor(post, "I")
    projection = Projection(pre, post, AllToAll(1.0, 1, 1), delay=0.3)
    Network(pre, post, projection, states).run(8, engine=engine)
    step = np.arange(80)
    expected = ROWS[(step - 3).clip(0) // 8, 0] + (step - 3 >= 20)
    np.testing.assert_allclose(states["I"][3:, 0], expected[3:], rtol=1e-13)


def test_spikes_to_a_step() -> None:
    cells = Population(3, LIF, v_in=Step([1.5, 2, 3], start=50, stop=150))
    spikes = SpikeMonitor(cells)
    network = Network(cells, spikes)
    network.run(200)
    late = SpikeMonitor(other := Population(3, LIF))
    network = Network(other, late)
    network.run(50)
    other["v_in"] = [1.5, 2, 3]
    network.run(100)
    other["v_in"] = 0
    network.run(50)
    assert spikes.t.size > 10
    assert np.array_equal(spikes.t, late.t)


def test_precise_spikes_under_stimuli() -> None:
    stepped = Population(1, LIF, precise_spikes=True, v_in=Step(1.5, start=10.05), tau_m=20, tau_ref=2)
    waved = Population(1, LIF, precise_spikes=True, v_in=Sine(2, "20 Hz") + 1.2, tau_m=20, tau_ref=2)
    assert (stepped.integrator, waved.integrator) == ("exponential_euler", "rk4")
    spikes = [SpikeMonitor(cells) for cells in (stepped, waved)]
    Network(stepped, waved, spikes, dt=0.05).run(60)
    interval = 20 * np.log(3)
    np.testing.assert_allclose(spikes[0].t, 10.05 + interval + np.array([0, 1]) * (2 + interval), rtol=1e-12)
    (expected,) = solve_reference(waved, 60).spike_trains()
    assert expected.size > 1
    np.testing.assert_allclose(spikes[1].t, expected, atol=1e-5)


def test_another_number_is_no_other_kernel() -> None:
    specs = set()
    for amplitude, rows in ((1.0, 4), (2.0, 9)):
        cells = Population(3, PASSIVE, I=Step(amplitude) + TimedArray(np.ones(rows), 5))
        specs.add(kernel_spec(cells).key)
    assert len(specs) == 1


def spikes_of(rate: object, duration: float = 100.0, **more: object) -> tuple[list[float], list[int]]:
    source = PoissonPopulation(6, rate, name="source", **more)  # type: ignore[arg-type]
    spikes = SpikeMonitor(source)
    Network(source, spikes, seed=9).run(duration)
    return spikes.t.tolist(), spikes.i.tolist()


def test_stimuli_as_rates() -> None:
    images = np.random.default_rng(1).random((5, 2, 3))
    shown = spikes_of(ImageSequence(images, "20 ms", gain="400 Hz"))
    assert len(shown[0]) > 80
    assert shown == spikes_of(400 * images.reshape(5, 6), rate_dt=20)
    stepped = spikes_of(Step("300 Hz", start=50) + "20 Hz")
    assert stepped == spikes_of(np.repeat([20.0, 320.0], 50), rate_dt=1)
    with pytest.raises(ParameterError, match=r"source.rate = .*: is given up to 20 ms, but the run"):
        spikes_of(TimedArray(np.ones(2), 10))
    with pytest.raises(ParameterError, match=r"source.rate = .*holds noise"):
        spikes_of(OrnsteinUhlenbeck("20 Hz", "5 Hz", 10))
    with pytest.raises(ParameterError, match="not negative at 2 ms"):
        spikes_of(Step("-1 Hz", start=2))


def test_a_saved_network_keeps_its_stimuli(tmp_path: Path) -> None:
    drive = Formula("a*sin(t/ms)", {"a": np.linspace(0, 1, N)}) + 2 * OrnsteinUhlenbeck(0, 1, "5 ms")
    cells = Population(N, PAIR, a=drive, b=TimedArray(ROWS, 0.8, after="hold"), name="cells")
    cells[:30]["b"] = Step("3", start=2)
    network = Network(cells, seed=3)
    network.run(5)
    network.save(tmp_path / "network.zip")
    network.run(5)
    loaded = Network.load(tmp_path / "network.zip")
    loaded.run(5)
    (other,) = loaded.groups
    assert isinstance(other, Population)
    assert [repr(a) for a in other.stimuli] == [repr(a) for a in cells.stimuli]
    for name in cells.system.states:
        np.testing.assert_array_equal(other[name], cells[name])
