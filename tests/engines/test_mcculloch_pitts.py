"""Threshold logic: gates, nets of gates, rings, and a twin in plain Python."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim import Dense, McCullochPitts, Network, Projection, SpikeGenerator, SpikeMonitor
from neurosim.errors import ParameterError, UnitError


def inputs_in_turn() -> SpikeGenerator:
    """Two inputs that take the four pairs of values at 0, 1, 2 and 3 ms."""
    return SpikeGenerator(2, units=[1, 0, 0, 1], times=[1.0, 2.0, 3.0, 3.0])


def answers(spikes: SpikeMonitor, delay: int) -> tuple[int, ...]:
    fired = set(np.rint(spikes.t).astype(int).tolist())
    return tuple(int(k + delay in fired) for k in range(4))


def gate(exc: tuple[int, int], inh: tuple[int, int], threshold: float, veto: bool) -> tuple[int, ...]:
    source, unit = inputs_in_turn(), McCullochPitts(1, threshold, veto=veto)
    wires = [
        Projection(source, unit, Dense(np.array(weights, float)[:, None]), receptor=receptor, delay=1)
        for receptor, weights in (("exc", exc), ("inh", inh))
    ]
    spikes = SpikeMonitor(unit)
    Network(source, unit, wires, spikes, dt=1).run(5)
    return answers(spikes, 1)


# Excitatory and inhibitory weights, threshold and veto that answer so to (0, 0), (0, 1), (1, 0) and (1, 1).
GATES = {
    (0, 0, 0, 0): ((1, 1), (0, 0), 3, True),
    (0, 0, 0, 1): ((1, 1), (0, 0), 2, True),
    (0, 0, 1, 0): ((1, 0), (0, 1), 1, True),
    (0, 0, 1, 1): ((1, 0), (0, 0), 1, True),
    (0, 1, 0, 0): ((0, 1), (1, 0), 1, True),
    (0, 1, 0, 1): ((0, 1), (0, 0), 1, True),
    (0, 1, 1, 1): ((1, 1), (0, 0), 1, True),
    (1, 0, 0, 0): ((0, 0), (1, 1), 0, True),
    (1, 0, 1, 0): ((0, 0), (0, 1), 0, True),
    (1, 0, 1, 1): ((1, 0), (0, 1), 0, False),
    (1, 1, 0, 0): ((0, 0), (1, 0), 0, True),
    (1, 1, 0, 1): ((0, 1), (1, 0), 0, False),
    (1, 1, 1, 0): ((0, 0), (1, 1), -1, False),
    (1, 1, 1, 1): ((0, 0), (0, 0), 0, True),
}


@pytest.mark.parametrize("table", GATES)
def test_every_linearly_separable_function_of_two_inputs(table: tuple[int, ...]) -> None:
    assert gate(*GATES[table]) == table  # type: ignore[arg-type]


def test_the_other_two_functions_need_a_net(engine: str) -> None:
    assert set(itertools.product((0, 1), repeat=4)) - set(GATES) == {(0, 1, 1, 0), (1, 0, 0, 1)}
    source = inputs_in_turn()
    either = McCullochPitts(2, name="one without the other")
    xor = McCullochPitts(1, name="xor")
    same = McCullochPitts(1, 0, name="same")
    parts = [
        Projection(source, either, Dense(np.eye(2)), receptor="exc", delay=1),
        Projection(source, either, Dense(1 - np.eye(2)), receptor="inh", delay=1),
        Projection(either, xor, Dense(np.ones((2, 1))), receptor="exc", delay=1),
        Projection(either, same, Dense(np.ones((2, 1))), receptor="inh", delay=1),
    ]
    first, second = SpikeMonitor(xor), SpikeMonitor(same)
    Network(source, either, xor, same, parts, first, second, dt=1).run(6, engine=engine)
    assert answers(first, 2) == (0, 1, 1, 0)
    assert answers(second, 2) == (1, 0, 0, 1)


def test_a_veto_beats_any_excitation_and_subtraction_does_not() -> None:
    assert gate((9, 9), (1, 0), 1, True) == (0, 1, 0, 0)
    assert gate((9, 9), (1, 0), 1, False) == (0, 1, 1, 1)


@pytest.mark.parametrize("delay", [1, 4])
def test_a_ring_hands_a_spike_on(engine: str, delay: int) -> None:
    n = 11
    start, ring = SpikeGenerator(n, 0, 0.0), McCullochPitts(n)
    kick = Projection(start, ring, Dense(np.eye(n)), receptor="exc", delay=delay)
    on = Projection(ring, ring, Dense(np.roll(np.eye(n), 1, axis=1)), receptor="exc", delay=delay)
    spikes = SpikeMonitor(ring)
    Network(start, ring, kick, on, spikes, dt=1).run(200, engine=engine)
    assert np.array_equal(spikes.t, delay * (1 + np.arange(len(spikes))))
    assert np.array_equal(spikes.i, np.arange(len(spikes)) % n)
    assert len(spikes) == 199 // delay


def twin(
    exc: np.ndarray, inh: np.ndarray, delays: tuple[int, int], threshold: np.ndarray, veto: bool, n_steps: int
) -> list[tuple[int, int]]:
    """The net in plain Python: who fires when."""
    fired: list[set[int]] = []
    for step in range(n_steps):
        before = [fired[step - d] if step >= d else set() for d in delays]
        now = set()
        for j in range(len(threshold)):
            excitation = sum(int(exc[i, j]) for i in before[0])
            inhibition = sum(int(inh[i, j]) for i in before[1])
            if veto:
                fires = excitation >= threshold[j] and inhibition == 0
            else:
                fires = excitation - inhibition >= threshold[j]
            if fires:
                now.add(j)
        fired.append(now)
    return [(step, j) for step in range(n_steps) for j in sorted(fired[step])]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 9),
    veto=st.booleans(),
    delays=st.tuples(st.integers(1, 3), st.integers(1, 3)),
)
def test_the_twin(seed: int, n: int, veto: bool, delays: tuple[int, int]) -> None:
    rng = np.random.default_rng(seed)
    exc = rng.integers(0, 3, (n, n)) * (rng.random((n, n)) < 0.6)
    inh = rng.integers(1, 3, (n, n)) * (rng.random((n, n)) < 0.15)
    threshold = rng.integers(0, 4, n)
    units = McCullochPitts(n, threshold, veto=veto)
    wires = [
        Projection(units, units, Dense(w.astype(float)), receptor=r, delay=d)
        for w, r, d in ((exc, "exc", delays[0]), (inh, "inh", delays[1]))
    ]
    spikes = SpikeMonitor(units)
    network = Network(units, wires, spikes, dt=1)
    network.run(13)
    network.run(12)
    found = list(zip(np.rint(spikes.t).astype(int).tolist(), spikes.i.tolist(), strict=True))
    assert found == twin(exc, inh, delays, threshold, veto, 25)


def test_thresholds_between_runs_and_of_each_trial(engine: str) -> None:
    units = McCullochPitts(2, [[0, 1], [1, 0]])
    spikes = SpikeMonitor(units)
    network = Network(units, spikes, trials=2, dt=1)
    network.run(3, engine=engine)
    assert spikes.count.tolist() == [[3, 0], [0, 3]]
    units.threshold = 1
    network.run(3, engine=engine)
    assert len(spikes) == 6
    units.threshold = np.zeros((3, 2))
    with pytest.raises(ParameterError, match=r"threshold = \(3, 2\): does not fit 2 trials of 2 units"):
        network.run(1, engine=engine)


@pytest.mark.parametrize(
    "threshold", [np.nan, np.inf, [1.0, 2.0], np.ones((1, 1, 3)), "1 mV", True, None, "x"]
)
def test_bad_thresholds(threshold: object) -> None:
    units = McCullochPitts(3, 2)
    with pytest.raises((ParameterError, UnitError), match="threshold"):
        units.threshold = threshold
    assert units.threshold == 2
    with pytest.raises((ParameterError, UnitError), match="threshold"):
        McCullochPitts(3, threshold)
    with pytest.raises(ParameterError, match=r"veto = 1: must be True or False"):
        McCullochPitts(3, veto=1)  # type: ignore[arg-type]


@pytest.mark.parametrize("delay", [0.0, 0.04])
def test_logic_without_delay_is_refused(engine: str, delay: float) -> None:
    units = McCullochPitts(2)
    wires = Projection(units, units, Dense(np.eye(2)), receptor="inh", delay=delay)
    network = Network(units, wires, dt=0.1)
    limit = rf"delay = {delay}: is less than a time step; a McCullochPitts answers .*Use at least 0.1 ms"
    with pytest.raises(ParameterError, match=limit):
        network.run(1, engine=engine)
    assert network.t == 0


def test_receptors_by_name() -> None:
    units = McCullochPitts(2)
    for receptor in (None, "spikes"):
        with pytest.raises(ParameterError, match=r"must be a receptor of .*, which has exc, inh"):
            Projection(units, units, Dense(np.eye(2)), receptor=receptor, delay=1)
