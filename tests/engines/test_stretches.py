"""Many windows between two visits of Python: nothing depends on how many, on threads or on who watches."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import neurosim.engines.native as native
import neurosim.engines.pace as pace
import neurosim.engines.population_state as population_state
import neurosim.engines.program as program
import neurosim.engines.recorder as recorder
import neurosim.engines.spike_log as spike_log
from neurosim import (
    LIF,
    Dense,
    FixedProbability,
    Network,
    NeuronModel,
    Parrot,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    RateMonitor,
    Receptor,
    Sparse,
    SpikeGenerator,
    SpikeMonitor,
    StateMonitor,
    WeightMonitor,
)
from neurosim.engines.program import Program
from neurosim.engines.split import Split
from neurosim.errors import NonFiniteError
from neurosim.kernels.core.driver import drive
from neurosim.kernels.core.threads import apart

N = 139
submit = ThreadPoolExecutor.submit
Result = list[np.ndarray]


def run(
    delay: float, *pieces: float, watched: bool = False, threads: int = 1, parrot: bool = False
) -> Result:
    """A recurrent network whose windows are single steps, with and without delay."""
    noise = PoissonPopulation(20, 300.0, name="noise")
    played = SpikeGenerator(3, np.arange(40) % 3, np.arange(40) * 1.3, name="played")
    cells = Population(
        N,
        LIF,
        receptors={"exc": PSCFilter(3), "inh": PSCFilter(6)},
        v_in=np.linspace(0.6, 1.3, N),
        name="cells",
    )
    spikes = [SpikeMonitor(noise), SpikeMonitor(cells), SpikeMonitor(played)]
    parts: list[Any] = [
        Projection(noise, cells, FixedProbability(0.3, weight=0.6), receptor="exc", delay=0.1),
        Projection(cells[:100], cells, FixedProbability(0.2, weight=0.1), receptor="exc", delay=delay),
        Projection(cells[100:], cells, FixedProbability(0.2, weight=0.5), receptor="inh", delay=delay),
        Projection(played, cells[20:], Dense(np.full((3, N - 20), 0.7)), receptor="exc", delay=0.3),
    ]
    groups: list[Any] = [noise, played, cells]
    if parrot:
        groups.append(Parrot(N, name="parrots"))
        spikes.append(SpikeMonitor(groups[-1]))
        pairs = Sparse(np.arange(N), np.arange(N), 1.0, n_pre=N, n_post=N)
        parts.append(Projection(cells, groups[-1], pairs, delay=0.1))
    if watched:
        parts += [
            StateMonitor(cells, "v"),
            StateMonitor(cells[3:9], "v", dt=0.7),
            StateMonitor(cells, "v", record=[4, 130], dt=0.2, when="end"),
            RateMonitor(cells, 0.3),
            WeightMonitor(parts[3], [3, 5], dt=0.9),
        ]
    network = Network(*groups, parts, spikes, dt=0.1, seed=5, threads=threads)
    for piece in pieces or (60.0,):
        network.run(piece)
    result = [a for m in spikes for a in (m.t, m.i)]
    result += [np.asarray(cells[s]) for s in cells.system.states]
    if watched:
        every, some, end, rates, weights = parts[-5:]
        result += [every["v"], some["v"], some.t, end["v"], end.t, rates.count, weights.t]
    return result


def same(a: Result, b: Result) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=False))


@pytest.fixture(scope="module", params=[0.0, 0.1], ids=["at once", "after a step"])
def delay(request: pytest.FixtureRequest) -> float:
    found: float = request.param
    return found


@pytest.fixture(scope="module")
def whole(delay: float) -> Result:
    result = run(delay, watched=True)
    assert all(result[k].size > 30 for k in (0, 2, 4))
    return result


def test_single_windows_are_the_same(delay: float, whole: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    done = Program.run

    def note(program: Program, step: int, n_steps: int, *others: Any) -> int:
        lengths.append(n_steps)
        return done(program, step, n_steps, *others)

    monkeypatch.setattr(Program, "run", note)
    assert same(run(delay), whole)
    assert max(lengths) > 50  # windows of one step
    lengths.clear()
    monkeypatch.setattr(pace, "STRETCH", 0.0)
    assert same(run(delay, watched=True), whole)
    assert lengths == [1] * 600


def test_pieces_are_the_same(delay: float, whole: Result) -> None:
    assert same(run(delay, 0.1, 23.3, 36.6), whole)


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_nothing(
    delay: float, whole: Result, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    used: set[int] = set()
    done = Program.run

    def note(program: Program, *others: Any) -> int:
        used.add(program.n_shares)
        return done(program, *others)

    monkeypatch.setattr(Program, "run", note)
    monkeypatch.setattr(native, "WORTH_A_THREAD", 0)
    monkeypatch.setattr(population_state, "CHUNK", 32)
    assert same(run(delay, watched=True, threads=threads), whole)
    assert threads in used


@pytest.mark.parametrize("seed", range(3))
def test_shares_of_the_threads_change_nothing(
    delay: float, whole: Result, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    used: set[Split] = set()

    class Restless(pace.Pace):
        """Other shares for every stretch."""

        def note(self, n_steps: int, *others: Any) -> None:
            super().note(n_steps, *others)
            self.split = Split(tuple(rng.integers(1, 9, rng.integers(1, 4)).tolist()))
            self.n_steps = int(rng.integers(1, 60))
            used.add(self.split)

    monkeypatch.setattr(native, "Pace", Restless)
    monkeypatch.setattr(population_state, "CHUNK", 32)
    assert same(run(delay, watched=True, threads=3), whole)
    assert len(used) > 15


def test_a_small_network_stays_on_one_thread(delay: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "WORTH_A_THREAD", 1e12)
    monkeypatch.setattr(native, "ThreadPoolExecutor", None)
    run(delay, 5.0, threads=2)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_full_logs_and_traces_end_a_stretch(
    delay: float, whole: Result, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    monkeypatch.setattr(native, "WORTH_A_THREAD", 0)
    monkeypatch.setattr(population_state, "CHUNK", 32)
    monkeypatch.setattr(spike_log, "CAPACITY", 2)
    monkeypatch.setattr(recorder, "MOST_ROWS", 7)
    assert same(run(delay, watched=True, threads=threads), whole)


def test_python_may_take_part(delay: float, whole: Result) -> None:
    result = run(delay, parrot=True)
    assert same(result[:6], whole[:6])
    # A parrot repeats in the step of arrival, one step later.
    assert np.allclose(result[6], whole[2][: result[6].size] + 0.1)
    assert np.array_equal(result[7], whole[3][: result[7].size])


@pytest.mark.parametrize("of", [0.0, 0.1])
def test_a_state_that_is_not_finite_ends_the_stretch(of: float) -> None:
    cells = Population(40, LIF, receptors={"e": PSCFilter(5)}, v_in=np.linspace(0.5, 2, 40), name="cells")
    trigger = SpikeGenerator(1, [0], [50.0], name="trigger")
    weights = Dense(np.zeros((1, 40)))
    spikes = SpikeMonitor(cells)
    wire = Projection(trigger, cells, weights, delay=of)
    network = Network(trigger, cells, wire, spikes, dt=0.1, seed=1)
    weights.weights[0, 7] = np.nan
    with pytest.raises(NonFiniteError, match=r"cells\.\w+: neuron 7 .* between 50(\.1)? and 50\.[12] ms"):
        network.run(100)
    assert network.t == pytest.approx(50.1 + of)
    assert 20 < spikes.t.max() < network.t


def test_padding_that_diverges_does_not_shorten_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events hold a neuron at -sqrt(2); its padding, which hears of none, runs up to infinity."""
    slope = NeuronModel("dv/dt = (v*v + I)/ms : 1\nI : 1 (input)", initial={"v": 1.0}, integrator="euler")
    cells = Population(1, slope, receptors={"hold": Receptor("", output="0", jump={"v": "1"})})
    clock = SpikeGenerator(1, np.zeros(400, int), 0.1 * np.arange(400))
    hold = Projection(clock, cells, Dense([[-0.2]]), delay=0.1)
    network = Network(clock, cells, hold, dt=0.1)
    lengths = []
    run = Program.run

    def counted(program: Program, step: int, n_steps: int, *others: Any) -> int:
        lengths.append(run(program, step, n_steps, *others))
        return lengths[-1]

    monkeypatch.setattr(Program, "run", counted)
    network.run(30)
    assert cells["v"][0] == pytest.approx(-np.sqrt(2), abs=1e-3)
    assert sum(lengths) == 300
    assert len(lengths) < 50


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system does not place threads")
def test_threads_that_wait_for_each_other_are_apart() -> None:
    allowed = os.sched_getaffinity(0)

    def fail() -> None:
        with apart() as elsewhere, ThreadPoolExecutor(1) as pool:
            mine = os.sched_getaffinity(0)
            others = pool.submit(elsewhere, os.sched_getaffinity, 0).result()
            assert len(mine) == 1
            assert others == (allowed - mine or mine)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert os.sched_getaffinity(0) == allowed


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system does not place threads")
def test_a_system_that_forbids_placing_threads_stops_no_run(
    delay: float, whole: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(pid: int, allowed: set[int]) -> None:
        raise PermissionError("not permitted")

    monkeypatch.setattr(os, "sched_setaffinity", forbidden)
    monkeypatch.setattr(native, "WORTH_A_THREAD", 0)
    monkeypatch.setattr(population_state, "CHUNK", 32)
    assert same(run(delay, watched=True, threads=2), whole)


def refused(pool: ThreadPoolExecutor, *work: Any) -> Any:
    if pool._threads:
        raise RuntimeError("can't start new thread")
    return submit(pool, *work)


def absent(calls: Any, bounds: Any, shared: Any, times: Any, share: int, *others: Any) -> int:
    if share:
        raise MemoryError("no room for a thread")
    return int(drive(calls, bounds, shared, times, share, *others))


@pytest.mark.parametrize(
    ("of", "name", "failing", "error"),
    [
        (ThreadPoolExecutor, "submit", refused, RuntimeError),
        (program, "drive", absent, MemoryError),
    ],
)
def test_a_thread_that_fails_at_its_start_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, of: Any, name: str, failing: Any, error: type[Exception]
) -> None:
    monkeypatch.setattr(native, "WORTH_A_THREAD", 0)
    monkeypatch.setattr(population_state, "CHUNK", 32)
    raised: list[BaseException] = []

    def build() -> tuple[Network, SpikeMonitor]:
        cells = Population(N, LIF, v_in=np.linspace(0.6, 1.3, N))
        return Network(cells, spikes := SpikeMonitor(cells), threads=3), spikes

    def run() -> None:
        try:
            network.run(60)
        except error as failure:
            raised.append(failure)

    network, spikes = build()
    with monkeypatch.context() as patched:
        patched.setattr(of, name, failing)
        runner = threading.Thread(target=run, daemon=True)
        runner.start()
        runner.join(20)
    assert not runner.is_alive()  # it would wait for ever
    assert len(raised) == 1
    whole, wanted = build()
    whole.run(network.t + 60)
    network.run(60)
    assert len(spikes) > 50
    assert same([spikes.t, spikes.i], [wanted.t, wanted.i])
