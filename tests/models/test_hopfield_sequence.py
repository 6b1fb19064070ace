"""Sequences of patterns: how long each holds, and what calls up the next."""

import numpy as np
import pytest
from neurosim.models.hopfield import SequenceMemory
from neurosim.models.hopfield.experiments import corrupt, random_patterns

from neurosim.errors import ParameterError

PATTERNS = random_patterns(5, 300, np.random.default_rng(0))


def nearest(found, probe=0):
    return found.trajectory_overlaps[:, probe].argmax(axis=1)


@pytest.mark.parametrize("delay", [1, 4])
def test_each_pattern_holds_for_the_delay_and_then_calls_the_next(delay):
    found = SequenceMemory(delay=delay).fit(PATTERNS).recall(PATTERNS[2], sweeps=11 * (delay + 1))
    wanted = (2 + np.arange(11 * (delay + 1) + 1) // (delay + 1)) % 5
    assert nearest(found).tolist() == wanted.tolist()
    assert (found.trajectory_overlaps[:, 0].max(axis=1) == 1).all()
    assert found.periods.tolist() == [5 * (delay + 1)]
    assert found.outcome.tolist() == ["cycling"]
    assert found.flips[0] == found.trajectory_flips[:, 0].sum()


def test_weak_late_connections_call_nothing_up():
    found = SequenceMemory(strength=0.8, delay=3).fit(PATTERNS).recall(PATTERNS[2], sweeps=40)
    assert (nearest(found) == 2).all()
    assert found.periods.tolist() == [1]


def test_a_sequence_with_an_end_stays_there_from_a_damaged_beginning():
    memory = SequenceMemory(delay=2, cyclic=False).fit(PATTERNS)
    found = memory.recall(corrupt(PATTERNS, 0.2, np.random.default_rng(1)), sweeps=40)
    assert found.nearest.tolist() == [4] * 5
    assert np.array_equal(found.states, np.tile(PATTERNS[4], (5, 1)))
    assert set(found.periods) == {1}


def test_late_weights_lead_from_each_pattern_to_the_next():
    memory = SequenceMemory().fit(PATTERNS)
    by_hand = sum(np.outer(PATTERNS[k].astype(float), PATTERNS[(k + 1) % 5]) for k in range(5)) / 5
    assert np.allclose(memory.succession_.weights, by_hand, atol=1e-15)
    assert np.array_equal(memory.hold_.connectivity_.weights, memory.hold_.connectivity_.weights.T)


def test_zeros_and_ones_and_batches():
    memory = SequenceMemory(delay=2, values=(0, 1)).fit((PATTERNS + 1) // 2)
    found = memory.recall((PATTERNS[:3] + 1) // 2, sweeps=4)
    assert np.array_equal(found.states, (PATTERNS[1:4] + 1) // 2)
    alone = memory.recall((PATTERNS[0] + 1) // 2, sweeps=4)
    assert np.array_equal(alone.states[0], found.states[0])


def test_a_mistake_leaves_the_memory_as_it_was():
    memory = SequenceMemory(delay=2).fit(PATTERNS)
    before = memory.recall(PATTERNS[0], sweeps=9)
    for wrong in (PATTERNS[:1], [], [[0, 1]]):
        with pytest.raises(ParameterError):
            memory.fit(wrong)
    assert np.array_equal(memory.recall(PATTERNS[0], sweeps=9).trajectory, before.trajectory)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: SequenceMemory(strength=0), "SequenceMemory.strength"),
        (lambda: SequenceMemory(strength=np.nan), "SequenceMemory.strength"),
        (lambda: SequenceMemory(delay=0), "SequenceMemory.delay"),
        (lambda: SequenceMemory(cyclic="no"), "cyclic = 'no': must be True or False"),
        (lambda: SequenceMemory(values=(1, 2)), "values"),
        (lambda: SequenceMemory().fit(PATTERNS[:1]), "at least two"),
        (lambda: SequenceMemory().recall(PATTERNS), "nothing is stored yet"),
        (lambda: SequenceMemory().fit(PATTERNS).recall(PATTERNS[:, :9]), "have 300 units"),
        (lambda: SequenceMemory().fit(PATTERNS).recall(PATTERNS, sweeps=0), "sweeps"),
    ],
)
def test_mistakes(wrong, message):
    with pytest.raises(ParameterError, match=message):
        wrong()
