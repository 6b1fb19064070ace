"""What every kind of group without equations must keep to, in one suite."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import neurosim
import neurosim.engines.native as native
from neurosim import (
    LIF,
    Dense,
    GammaPopulation,
    McCullochPitts,
    Network,
    Parrot,
    PoissonInput,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    SpikeGenerator,
    SpikeMonitor,
    StateMonitor,
)
from neurosim.errors import ParameterError
from neurosim.network.group import Group

N, TRIALS = 37, 3
Parts = tuple[Group, list[Any]]


def generator() -> Parts:
    rng = np.random.default_rng(2)
    units, times, trials = rng.integers(0, N, 900), rng.uniform(0, 60, 900), rng.integers(0, TRIALS, 900)
    return SpikeGenerator(N, units, times, trials=trials), []


def answering(group: Any, receptors: tuple[str, ...]) -> Parts:
    """A group that hears Poisson noise and itself."""
    noise, rng = PoissonPopulation(20, 150), np.random.default_rng(3)
    inner = np.triu(rng.random((N, N)) < 0.05, 1)  # no loops, in which parrots would go on forever
    weights = [Dense(rng.integers(0, 2, (20, N)) * 1.0), Dense(1.0 * inner)]
    wires = [
        Projection(pre, group, w, receptor=r, delay=d)
        for pre, w, r, d in zip((noise, group), weights, receptors, (1.3, 0.4), strict=True)
    ]
    return group, [noise, *wires]


KINDS: dict[str, Callable[[], Parts]] = {
    "poisson": lambda: (PoissonPopulation(N, np.linspace(50, 400, N)), []),
    "poisson in time": lambda: (PoissonPopulation(N, "200*Hz*(1 + sin(t/(9*ms)))"), []),
    "gamma": lambda: (GammaPopulation(N, np.linspace(50, 400, N), shape=3), []),
    "gamma in time": lambda: (GammaPopulation(N, lambda t: 200 + 200 * np.sin(t / 9), shape=0.7), []),
    "generator": generator,
    "mcculloch-pitts": lambda: answering(McCullochPitts(N, 2, veto=False), ("exc", "inh")),
    "parrot": lambda: answering(Parrot(N), ("spikes", "spikes")),
}


def run(
    kind: str, *cuts: float, seed: int = 11, threads: int = 1, more: bool = False, trials: int = TRIALS
) -> tuple[np.ndarray, ...]:
    """What the group fired, and what a cell that hears part of it became."""
    group, parts = KINDS[kind]()
    cells = Population(4, LIF, receptors={"psc": PSCFilter(5)})
    weights = Dense(0.02 * np.random.default_rng(1).random((N - 8, 4)))
    parts = [*parts, Projection(group[3:-5], cells, weights, delay=0.9)]
    monitor = SpikeMonitor(group)
    if more:
        parts += [SpikeMonitor(group[5:9]), SpikeMonitor(cells), PoissonPopulation(5, 100)]
        parts += [PoissonInput(cells[:1], rate=0.0)]
    network = Network(group, parts, cells, monitor, seed=seed, trials=trials, threads=threads)
    for cut in cuts:
        network.run(cut)
    if more:
        part = parts[-4]
        mine = (monitor.i >= 5) & (monitor.i < 9)
        assert np.array_equal(part.t, monitor.t[mine])
        assert np.array_equal(part.i, monitor.i[mine] - 5)
    return monitor.t, monitor.i, monitor.trial, np.asarray(cells["v"])


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def same(a: tuple[np.ndarray, ...], b: tuple[np.ndarray, ...]) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_nothing_changes_a_result(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run(kind, 50)
    assert whole[0].size > 200
    assert np.unique(whole[3]).size > 6
    key = np.stack([np.rint(whole[0] * 10), whole[2], whole[1]])
    assert np.array_equal(np.lexsort(key[::-1]), np.arange(whole[0].size))  # by step, trial and unit
    assert same(run(kind, 50), whole)
    assert same(run(kind, 0.1, 17.2, 0.0, 0.7, 32.0), whole)
    assert same(run(kind, 20.4, 29.6, more=True), whole)
    monkeypatch.setattr(native, "WORTH_A_THREAD", 0)
    assert same(run(kind, 50, threads=3), whole)
    monkeypatch.setattr(native, "LONGEST_WINDOW", 2)
    assert same(run(kind, 50), whole)


def test_trials_are_independent(kind: str) -> None:
    t, i, trial, _ = run(kind, 50)
    trains = [set(zip(t[trial == k].tolist(), i[trial == k].tolist(), strict=True)) for k in range(TRIALS)]
    sizes = [len(train) for train in trains]
    assert min(sizes) > 50
    # Coincidences by chance: the product of the probabilities, over all units and steps.
    for a, b in ((0, 1), (0, 2), (1, 2)):
        chance = sizes[a] * sizes[b] / (N * 500)
        assert len(trains[a] & trains[b]) < 4 * chance + 5 * np.sqrt(chance) + 5


def test_seeds(kind: str) -> None:
    first, other = run(kind, 20), run(kind, 20, seed=12)
    assert same(first, other) == (kind == "generator")


def test_the_class_belongs_to_the_package(kind: str) -> None:
    group, _ = KINDS[kind]()
    name = type(group).__name__
    assert getattr(neurosim, name) is type(group)
    assert name in repr(group)
    assert repr(group.name) in repr(group)
    assert len(group) == N
    assert len(group[3:5]) == 2


def test_what_it_refuses(kind: str) -> None:
    group, parts = KINDS[kind]()
    for index in (3, slice(0, 0), slice(0, 9, 2), slice(5, 2)):
        with pytest.raises(ParameterError, match=r"\[...\]"):
            group[index]  # type: ignore[index]
    with pytest.raises(ParameterError, match="has no state variables"):
        StateMonitor(group, "v")
    for n in (0, -1, 1.5, True, None):
        with pytest.raises(ParameterError, match=r"\.n = "):
            type(group)(n) if isinstance(group, Parrot) else type(group)(n, 1.0)  # type: ignore[call-arg]
    with pytest.raises(ParameterError, match="is in the network twice"):
        Network(group, group)
    network = Network(group, parts, trials=TRIALS)
    network.run(1)
    with pytest.raises(ParameterError, match="has run in another network"):
        Network(group, parts, trials=TRIALS).run(1)
    left_out = SpikeMonitor(group)
    with pytest.raises(ParameterError, match="but not added"):
        network.run(1)
    del left_out


def test_units_beyond_counting(kind: str) -> None:
    group = type(KINDS[kind]()[0])
    many = group(2**30) if group in (Parrot, SpikeGenerator) else group(2**30, 1)  # type: ignore[call-arg]
    with pytest.raises(ParameterError, match="2147483647"):
        Network(many, trials=4).run(1)


def test_memory_is_counted_before_it_is_taken(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neurosim.engines.memory.memory_bytes", lambda: 5000)
    group, parts = KINDS[kind]()
    with pytest.raises(ParameterError, match=r"the network would need \d+ bytes .* the machine has 5000"):
        Network(group, parts, trials=TRIALS).run(1)
