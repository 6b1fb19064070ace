"""Spikes that are added straight to states: where that is done, and that nothing else comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import neurosim.engines.native as native
import neurosim.engines.population_state as population_state
from neurosim import (
    LIF,
    Conductance,
    Dense,
    FixedProbability,
    HodgkinHuxley,
    Network,
    NeuronModel,
    Parrot,
    PoissonInput,
    Population,
    Projection,
    PSCFilter,
    Receptor,
    ShortTermPlasticity,
    Sparse,
    SpikeMonitor,
    StateMonitor,
)
from neurosim.engines.split import Split

N, DT = 70, 0.1


def cells(n: int = N, **options: Any) -> Population:
    receptors = {"exc": PSCFilter(3, normalize="peak"), "inh": PSCFilter(6)}
    return Population(n, LIF, receptors=receptors, **({"v_in": np.linspace(1.5, 2.5, n)} | options))


class Loop:
    """Units that excite and inhibit each other after one step, and what to compare of them.

    A projection of weight 0 with a delay of two steps leaves nothing to be added straight.
    """

    def __init__(
        self, *, straight: bool = True, threads: int = 1, trials: int = 1, each: bool = True
    ) -> None:
        rng = np.random.default_rng(8)
        self.cells = cells(v_in=np.repeat(np.linspace(1.5, 2.5, 7), 10))  # ten fire together, at first
        weights = {"exc": 0.1, "inh": -0.6}
        chosen = {name: rng.random((N, N)) < 0.2 for name in weights}
        size = {name: rng.random((N, N)) if each else 1.0 for name in weights}
        self.loops = [
            Projection(self.cells, self.cells, wired(w * size[name], chosen[name]), receptor=name, delay=DT)
            for name, w in weights.items()
        ]
        none = Dense(np.zeros((N, N)))
        late = [Projection(self.cells, self.cells, none, receptor=name, delay=2 * DT) for name in weights]
        self.spikes, self.trace = SpikeMonitor(self.cells), StateMonitor(self.cells, "v", dt=0.5)
        parts = [self.cells, *self.loops, self.spikes, self.trace, *([] if straight else late)]
        self.network = Network(parts, dt=DT, threads=threads, trials=trials, seed=4)

    def result(self) -> list[np.ndarray]:
        states = [np.asarray(self.cells[s]) for s in self.cells.system.states]
        return [self.spikes.t, self.spikes.i, self.trace["v"], *states]

    @property
    def straight(self) -> dict[str, float]:
        """Receptors whose spikes are added to states, with their factors."""
        (state,) = self.network.session.states
        return dict(state.straight)


def wired(weights: Any, chosen: np.ndarray) -> Sparse:
    """A weight for each of the chosen pairs, or one for all."""
    pre, post = np.nonzero(chosen)
    return Sparse(pre, post, weights[chosen] if np.ndim(weights) else weights, n_pre=N, n_post=N)


def same(a: Loop, b: Loop) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a.result(), b.result(), strict=True))


def run_to_spikes(loop: Loop) -> None:
    """Up to where several spikes are on their way."""
    while np.count_nonzero(loop.spikes.t > loop.network.t - 1.5 * DT) < 3:
        loop.network.run(DT)


def test_the_same_comes_of_it_as_of_rings() -> None:
    loop, by_rings = Loop(), Loop(straight=False)
    for each in (loop, by_rings):
        each.network.run(40)
    assert loop.straight == {"exc": 1.0, "inh": 1 / 6}
    assert by_rings.straight == {}
    assert len(loop.spikes) > 100
    for found, wanted in zip(loop.result(), by_rings.result(), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-12)


def test_naive_twin() -> None:
    """A chain of two: what the first fires reaches the second a step later, at the end of the step."""
    first, second = Population(1, LIF, v_in=2.5), cells(1, v_in=0.0)
    weights = {"exc": 0.25, "inh": -0.5}
    wires = [Projection(first, second, Dense([[w]]), receptor=name, delay=DT) for name, w in weights.items()]
    spikes = SpikeMonitor(first)
    trace = StateMonitor(second, ["x0_exc", "x0_inh"])
    Network(first, second, wires, spikes, trace, dt=DT).run(30)
    fired = {round(t / DT) for t in spikes.t}
    assert len(fired) >= 2
    x, y, rows = 0.0, 0.0, []
    for k in range(300):
        rows.append((x, y))
        arrives = k - 1 in fired
        x = x * np.exp(-DT / 3) + 0.25 * arrives
        y = y * np.exp(-DT / 6) - 0.5 / 6 * arrives
    found = np.column_stack([np.ravel(trace["x0_exc"]), np.ravel(trace["x0_inh"])])
    np.testing.assert_allclose(found, rows, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("each", [True, False])
def test_pieces_change_no_bit(each: bool) -> None:
    whole, pieces = Loop(each=each), Loop(each=each)
    whole.network.run(30)
    for piece in (0.1, 7.3, 0.0, 0.1, 12.5, 10.0):
        pieces.network.run(piece)
    assert same(whole, pieces)


@pytest.mark.parametrize("trials", [1, 3])
def test_threads_and_chunks_change_no_bit(monkeypatch: pytest.MonkeyPatch, trials: int) -> None:
    one = Loop(trials=trials)
    one.network.run(20)
    monkeypatch.setattr(native, "WORTH_A_THREAD", 0)
    monkeypatch.setattr(population_state, "CHUNK", 32)
    two, three = (Loop(trials=trials, threads=n) for n in (2, 3))
    for loop in (two, three):
        loop.network.run(20)
        assert same(one, loop)


def test_each_trial_is_what_it_would_be_alone() -> None:
    alone, several = Loop(), Loop(trials=2)
    for loop in (alone, several):
        loop.network.run(20)
    for trial in several.cells["v"]:
        np.testing.assert_array_equal(trial, alone.cells["v"])


def test_stored_and_saved_states_go_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    whole, stored = Loop(), Loop()
    whole.network.run(30)
    run_to_spikes(stored)
    moment = stored.network.t
    stored.network.store()
    stored.network.save(tmp_path / "loop.nsim")
    stored.network.run(30 - moment)
    assert same(whole, stored)
    stored.network.run(5)
    stored.network.restore()
    stored.network.run(30 - moment)
    assert same(whole, stored)
    loaded = Network.load(tmp_path / "loop.nsim")
    loaded.run(30 - moment)
    for name in whole.cells.system.states:
        np.testing.assert_array_equal(loaded.groups[0][name], whole.cells[name])


def test_what_is_on_its_way_keeps_its_weight() -> None:
    """Weights that change between two runs hold for the spikes of the second."""
    loops = Loop(), Loop(straight=False)
    for loop in loops:
        run_to_spikes(loop)
        for projection in loop.loops:
            projection.connectivity.weights = -3 * projection.connectivity.weights
        loop.network.run(DT)
    for found, wanted in zip(*(loop.result() for loop in loops), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-12)
    assert loops[0].cells["x0_exc"].max() > 0 > loops[0].cells["x0_inh"].min()


def test_a_parameter_that_changes_between_runs() -> None:
    """Gains of each unit go by the ring, and one for all straight again."""
    loops = Loop(), Loop(straight=False)
    for gain in (2.0, np.linspace(0.5, 1.5, N), 0.5):
        for loop in loops:
            loop.cells["gain_exc"] = gain
            loop.network.run(10)
        assert ("exc" in loops[0].straight) == (np.ndim(gain) == 0)
    for found, wanted in zip(*(loop.result() for loop in loops), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)


def leaky(reset: str) -> NeuronModel:
    equations = """
    dv/dt = (I - v)/tau : 1
    I : 1 (input)
    """
    return NeuronModel(equations, threshold="v > 1", reset=reset, parameters={"tau": "10 ms"})


def straight_receptors(target: Population, *projections: Projection, others: Sequence[Any] = ()) -> set[str]:
    network = Network(target, projections, others, dt=DT)
    session = network.make_session()
    session.prepare(1)
    (state,) = (s for s, group in zip(session.states, network.groups, strict=True) if group is target)
    return {*state.straight}


def between(
    pre: Any, post: Population, receptor: str = "exc", delay: float = DT, **options: Any
) -> Projection:
    rule = FixedProbability(0.5, weight=0.01)
    return Projection(pre, post, rule, receptor=receptor, delay=delay, **options)


def test_where_a_ring_is_needed() -> None:
    source, target = cells(20), cells(30)
    plain = between(source, target)
    assert straight_receptors(target, plain, between(target, target), others=[source]) == {"exc"}
    both = between(source, target, "inh")
    assert straight_receptors(target, plain, both, others=[source]) == {"exc", "inh"}
    later = between(target, target, delay=2 * DT)
    assert straight_receptors(target, plain, both, later, others=[source]) == {"inh"}
    at_once = between(target, target, "inh", delay=0.0)
    assert straight_receptors(target, plain, at_once, others=[source]) == set()
    assert straight_receptors(target, later) == set()


def test_who_is_heard() -> None:
    target, parrot = cells(30), Parrot(10)
    assert straight_receptors(target, between(parrot, target), others=[parrot]) == set()
    depressed = between(target, target, stp=ShortTermPlasticity(U=0.5, tau_rec=100))
    assert straight_receptors(target, depressed) == set()
    fed = PoissonInput(target, receptor="exc", n=10, rate=10, weight=0.1)
    assert straight_receptors(target, between(target, target), others=[fed]) == set()


def test_what_a_spike_does() -> None:
    unit = Population(30, HodgkinHuxley, receptors={"exc": Conductance(PSCFilter(5), "0 mV")})
    assert straight_receptors(unit, between(unit, unit)) == {"exc"}
    jumping = Receptor("x = 0*v : 1", output="x", jump={"v": "1"})
    waiting = Population(30, LIF, receptors={"exc": jumping})
    assert straight_receptors(waiting, between(waiting, waiting)) == set()  # v stands still, and is reset
    reset = Population(30, leaky("v = 0"), receptors={"exc": jumping})
    assert straight_receptors(reset, between(reset, reset)) == set()
    to_input = Population(30, leaky("v = I/10"), receptors={"exc": PSCFilter(5)})
    assert straight_receptors(to_input, between(to_input, to_input)) == set()
    to_rest = Population(30, leaky("v = 0"), receptors={"exc": PSCFilter(5)})
    assert straight_receptors(to_rest, between(to_rest, to_rest)) == {"exc"}


def test_events_are_shared_between_threads_even_where_one_advances_all_units(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = Loop(threads=4)
    few.network.run(1)
    (state,) = few.network.session.states
    state.arrange(Split.even(4))  # three registers of units
    assert not state.keeps_to_cuts(Split.even(4))
    assert state.cuts(Split.even(4)) == [0, 17, 35, 52, N]
    state.arrange(Split((2, 1)))
    assert state.keeps_to_cuts(Split((2, 1)))
    assert state.cuts(Split((2, 1))) == [0, 64, N]
    one = Loop()
    monkeypatch.setattr(native, "WORTH_A_THREAD", 0)
    whole = Loop(threads=4)
    for loop in (one, whole):
        loop.network.run(20)
    assert same(one, whole)
