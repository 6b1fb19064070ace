"""What must not change a result: how a run is cut, threads, chunks of neurons, monitors, other trials."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import neurosim.engines.native as native
import neurosim.engines.population_state as population_state
from neurosim import (
    LIF,
    Dense,
    HodgkinHuxley,
    Network,
    NeuronModel,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    RateMonitor,
    SpikeMonitor,
    StateMonitor,
    WeightMonitor,
)

N = 139  # five blocks of 32
Result = tuple[np.ndarray, ...]


class Noisy:
    """A recurrent network with Poisson input, and what to compare of it."""

    def __init__(
        self,
        model: NeuronModel,
        *,
        delay: float = 0.7,
        threads: int = 1,
        watched: bool = False,
        seed: int = 99,
    ) -> None:
        rng = np.random.default_rng(3)
        lif = model is LIF
        self.noise = PoissonPopulation(11, np.linspace(100, 500, 11))
        bias = {"v_in": np.linspace(0.5, 1.2, N)} if lif else {"I": np.linspace(0, 9, N)}
        scale = 1.0 if lif else 10.0
        receptors = {"exc": PSCFilter(3, order=1), "inh": PSCFilter(6)}
        self.cells = Population(N, model, receptors=receptors, **bias)
        self.spikes, self.noise_spikes = SpikeMonitor(self.cells), SpikeMonitor(self.noise)
        parts = [
            Projection(
                self.noise, self.cells, Dense(2 * scale * rng.random((11, N))), receptor="exc", delay=1.5
            ),
            Projection(
                self.cells, self.cells, Dense(scale * rng.random((N, N))), receptor="inh", delay=delay
            ),
        ]
        if watched:
            self.extra = [
                StateMonitor(self.cells, "v"),
                StateMonitor(self.cells[3:9], "v", dt=0.5),
                SpikeMonitor(self.cells[5:]),
                StateMonitor(self.cells, "v", record=[4, 130], dt=0.2, when="end"),
                RateMonitor(self.noise, 0.3),
                WeightMonitor(parts[0], [3, 5], dt=0.4),
            ]
            parts += self.extra
        self.network = Network(
            self.noise, self.cells, parts, self.spikes, self.noise_spikes, dt=0.1, seed=seed, threads=threads
        )

    def result(self) -> Result:
        states = [np.asarray(self.cells[s]) for s in self.cells.system.states]
        spikes = (self.spikes.t, self.spikes.i, self.noise_spikes.t, self.noise_spikes.i)
        return (*spikes, *states)


def same(a: Result, b: Result) -> bool:
    return len(a) == len(b) and all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def run(net: Noisy, *durations: float) -> Result:
    for duration in durations:
        net.network.run(duration)
    return net.result()


@pytest.fixture(scope="module", params=[LIF, HodgkinHuxley], ids=["LIF", "HH"])
def model(request: pytest.FixtureRequest) -> NeuronModel:
    found: NeuronModel = request.param
    return found


@pytest.fixture(scope="module")
def reference(model: NeuronModel) -> Result:
    result = run(Noisy(model), 60)
    assert len(result[0]) > 50
    assert len(result[2]) > 100
    return result


@pytest.mark.parametrize("cuts", [(30, 30), (0.1, 0, 59.9), (7.3, 0.6, 0.8, 51.3), (0.3,) * 200])
def test_a_run_in_pieces_is_the_same_run(
    model: NeuronModel, reference: Result, cuts: tuple[float, ...]
) -> None:
    assert same(run(Noisy(model), *cuts), reference)


@pytest.mark.parametrize("window", [1, 3])
def test_the_length_of_a_window_changes_nothing(
    model: NeuronModel, reference: Result, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    monkeypatch.setattr(native, "LONGEST_WINDOW", window)
    net = Noisy(model)
    assert same(run(net, 60), reference)
    assert net.network.session.window == window


@pytest.mark.parametrize("chunk", [32, 64])
def test_the_size_of_a_chunk_changes_nothing(
    model: NeuronModel, reference: Result, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(population_state, "CHUNK", chunk)
    assert same(run(Noisy(model), 60), reference)


@pytest.mark.parametrize("threads", [2, 4])
def test_the_number_of_threads_changes_nothing(
    model: NeuronModel, reference: Result, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    monkeypatch.setattr(native, "WORTH_A_THREAD", 0)
    monkeypatch.setattr(population_state, "CHUNK", 32)
    executors = []
    executor = native.ThreadPoolExecutor

    def counted(n: int, **options: Any) -> Any:
        executors.append(n)
        return executor(n, **options)

    monkeypatch.setattr(native, "ThreadPoolExecutor", counted)
    assert same(run(Noisy(model, threads=threads, watched=True), 60), reference)
    assert executors == [threads]


def test_monitors_change_nothing(model: NeuronModel, reference: Result) -> None:
    net = Noisy(model, watched=True)
    assert same(run(net, 25.3, 34.7), reference)
    everywhere, some, late, end, rate, _ = net.extra
    assert np.array_equal(some["v"], everywhere["v"][::5, 3:9])
    assert np.allclose(some.t, np.arange(120) * 0.5)
    assert np.array_equal(end["v"][:-1], everywhere["v"][2::2, [4, 130]])
    assert rate.count.sum() == len(net.noise_spikes)
    kept = net.spikes.i >= 5
    assert np.array_equal(late.i, net.spikes.i[kept] - 5)
    assert np.array_equal(late.t, net.spikes.t[kept])


def test_the_same_seed_gives_the_same_result_and_another_one_does_not() -> None:
    first, second, other = Noisy(LIF), Noisy(LIF), Noisy(LIF, seed=100)
    assert same(run(first, 20), run(second, 20))
    assert not same(run(other, 20), first.result())


def test_a_fresh_seed_is_kept() -> None:
    def spikes(seed: int | None) -> tuple[int, list[float]]:
        noise = PoissonPopulation(20, 200)
        monitor = SpikeMonitor(noise)
        network = Network(noise, monitor, seed=seed)
        network.run(100)
        return network.seed, monitor.t.tolist()

    (a, first), (b, second) = spikes(None), spikes(None)
    assert a != b
    assert first != second
    assert spikes(a) == (a, first)


@pytest.mark.parametrize("seed", [0, 2**32, 2**63 - 1])
def test_seeds_of_any_size(seed: int) -> None:
    noise = PoissonPopulation(50, 200)
    monitor = SpikeMonitor(noise)
    Network(noise, monitor, seed=seed).run(100)
    assert 800 < len(monitor) < 1200


@pytest.mark.parametrize("integrator", ["exponential_euler", "rk4"])
def test_the_place_of_a_neuron_changes_nothing(integrator: str) -> None:
    def voltage(n: int, place: int, trials: int = 1) -> np.ndarray:
        drive = np.linspace(3, 20, trials * n).reshape(trials, n)
        drive[-1, place] = 10.0
        cells = Population(n, HodgkinHuxley, I=drive, integrator=integrator)
        v = StateMonitor(cells, "v", record=[place])
        Network(cells, v, dt=0.02, trials=trials).run(30)
        return v["v"].reshape(-1, trials)[:, -1]

    alone = voltage(1, 0)
    assert alone.max() > 20
    for n, place, trials in ((2, 1, 1), (31, 30, 1), (33, 32, 1), (64, 17, 1), (3, 0, 45)):
        assert np.array_equal(voltage(n, place, trials), alone)


def trials_net(trials: int, pick: int | None, delay: float) -> tuple[SpikeMonitor, StateMonitor]:
    """Cells with inputs and start values of their own in each trial; one trial picked, or all together."""
    rng = np.random.default_rng(5)
    v_in, v = 1 + rng.random((3, N)), rng.random((3, N))
    tau_m = 15 + 10 * rng.random((3, N))
    given = {"v_in": v_in, "v": v, "tau_m": tau_m}
    if pick is not None:
        given = {name: values[pick] for name, values in given.items()}
    cells = Population(N, LIF, receptors={"e": PSCFilter(4)}, **given)
    spikes, states = (
        SpikeMonitor(cells[4:]),
        StateMonitor(cells[2:], ["v", "v_in"], record=[0, 7, 20], dt=0.3),
    )
    weights = Dense(np.random.default_rng(8).normal(size=(N - 5, N - 3)))
    Network(
        cells, Projection(cells[5:], cells[:-3], weights, delay=delay), spikes, states, trials=trials
    ).run(80)
    return spikes, states


@pytest.mark.parametrize("delay", [0.0, 1.2])
def test_each_trial_equals_a_run_of_its_own(delay: float) -> None:
    together, states = trials_net(3, None, delay)
    assert together.count.shape == (3, N - 4)
    assert states["v"].shape == (267, 3, 3)
    for k in range(3):
        alone, alone_states = trials_net(1, k, delay)
        assert len(alone) > 50
        mine = together.trial == k
        assert np.array_equal(together.t[mine], alone.t)
        assert np.array_equal(together.i[mine], alone.i)
        assert np.array_equal(together.count[k], alone.count)
        trains = zip(together.spike_trains(k), alone.spike_trains(), strict=True)
        assert all(np.array_equal(a, b) for a, b in trains)
        for name in ("v", "v_in"):
            assert np.array_equal(states[name][:, k], alone_states[name])


def test_trials_draw_noise_of_their_own() -> None:
    noise = PoissonPopulation(30, 100)
    spikes = SpikeMonitor(noise)
    Network(noise, spikes, trials=4, seed=1).run(500)
    counts = spikes.count
    assert counts.shape == (4, 30)
    assert len({tuple(row) for row in counts.tolist()}) == 4


def test_parameters_set_between_runs_hold_from_then_on() -> None:
    def cells(first: float, second: float, **tau: float) -> np.ndarray:
        population = Population(1, LIF, v_in=first, **tau)
        v = StateMonitor(population, "v")
        network = Network(population, v)
        network.run(5)
        population["v_in"] = second
        network.run(5)
        return v["v"][:, 0]

    t = np.arange(50) * 0.1
    v = cells(0.5, 0.9)
    middle = 0.5 * (1 - np.exp(-5 / 20))
    assert np.allclose(v[:50], 0.5 * (1 - np.exp(-t / 20)), rtol=0, atol=1e-13)
    assert np.allclose(v[50:], 0.9 + (middle - 0.9) * np.exp(-t / 20), rtol=0, atol=1e-13)
