"""The Hopfield memory: energy, fixed points, cycles, rules, and the numbers of the literature."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from neurosim.models.hopfield import RULES, Hopfield, dynamics

from neurosim.connectivity import Conv2d, Dense, LowRank, Sparse
from neurosim.errors import ParameterError


def patterns_of(rng, m, n):
    return rng.choice(np.array([-1, 1], np.int8), (m, n))


def damaged(rng, patterns, share):
    return np.where(rng.random(patterns.shape) < share, -patterns, patterns)


def naive_energy(weights, bias, state):
    n, total = len(state), 0.0
    for i in range(n):
        total -= bias[i] * state[i]
        for j in range(n):
            if i != j:
                total -= 0.5 * state[i] * weights[i, j] * state[j]
    return total


def naive_course(weights, bias, state, sweeps, block=1):
    """States after each sweep in cyclic order, one block of units after the other."""
    state, n = state.copy(), len(state)
    course = [state.copy()]
    for _ in range(sweeps):
        for start in range(0, n, block):
            before = state.copy()
            for j in range(start, min(start + block, n)):
                field = bias[j] + before @ weights[:, j] - before[j] * weights[j, j]
                state[j] = before[j] if abs(field) < 1e-9 else int(np.sign(field))
        course.append(state.copy())
    return np.array(course)


def naive_period(course):
    """Sweeps until the last state was there before; 0 if it was not."""
    back = [k for k in range(1, len(course)) if np.array_equal(course[-1], course[-1 - k])]
    return back[0] if back else 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 24), st.sampled_from(["random", "cyclic", "greedy"]))
def test_energy_never_rises_and_ends_at_a_fixed_point(seed, n, order):
    rng = np.random.default_rng(seed)
    half = rng.standard_normal((n, n))
    bias = rng.standard_normal(n)
    memory = Hopfield.from_weights(Dense(half + half.T), order=order, bias=bias, random_state=seed)
    found = memory.recall(patterns_of(rng, 3, n), trajectory=True)
    energies = np.array([memory.energy(states) for states in found.trajectory])
    assert (np.diff(energies, axis=0) <= 1e-9).all()
    assert (found.outcome == "converged").all()
    fields = memory.fields(found.states)
    assert (fields * found.states >= -1e-9).all()
    for state, energy in zip(found.states, found.energies, strict=True):
        assert energy == pytest.approx(naive_energy(half + half.T, bias, state), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(2, 12),
    st.sampled_from(["dense", "sparse", "low_rank"]),
    st.integers(1, 12),
)
def test_recall_in_blocks_equals_its_plain_twin_and_names_cycles(seed, n, kind, block):
    rng = np.random.default_rng(seed)
    left, right = rng.integers(-2, 3, (n, 3)).astype(float), rng.integers(-2, 3, (3, n)).astype(float)
    weights = left @ right if kind == "low_rank" else rng.integers(-3, 4, (n, n)).astype(float)
    operators = {"dense": Dense, "sparse": Sparse.from_matrix, "low_rank": lambda _: LowRank(left, right)}
    options = {"update": "block", "block": block} if block > 1 else {}
    memory = Hopfield.from_weights(operators[kind](weights.copy()), order="cyclic", bias=0.5, **options)
    probes = patterns_of(rng, 4, n)
    found = memory.recall(probes, sweeps=60, trajectory=True)
    for b, probe in enumerate(probes):
        course = naive_course(weights, np.full(n, 0.5), probe, found.sweeps[b], block)
        assert found.states[b].tolist() == course[-1].tolist()
        assert np.array_equal(found.trajectory[: found.sweeps[b] + 1, b], course)
        assert (found.trajectory[found.sweeps[b] :, b] == found.states[b]).all()
        # Marks lie further and further apart: a cycle that begins late may not be closed in time.
        late = found.sweeps[b] == 60 and naive_period(course[:16]) == 0
        assert found.periods[b] == naive_period(course) or (late and found.periods[b] == 0)
        assert found.flips[b] == found.trajectory_flips[:, b].sum()


def test_two_units_against_each_other_cycle_when_they_change_at_once():
    memory = Hopfield.from_weights(Dense(np.array([[0.0, -1.0], [-1.0, 0.0]])), update="synchronous")
    found = memory.recall([[1, 1], [1, -1]], trajectory=True)
    assert found.outcome.tolist() == ["cycling", "converged"]
    assert found.periods.tolist() == [2, 1]
    assert found.trajectory[:3, 0].tolist() == [[1, 1], [-1, -1], [1, 1]]


@pytest.mark.parametrize("n", [3, 7])
def test_a_ring_that_passes_its_states_on_cycles_once_round(n):
    """Each unit becomes what the one before it was: not symmetric, and as long as the ring."""
    ring = Dense(np.roll(np.eye(n), 1, axis=1))
    one_up = np.where(np.arange(n) == 0, 1, -1)
    for update in ({"update": "synchronous"}, {"update": "block", "block": n, "order": "cyclic"}):
        found = Hopfield.from_weights(ring, **update).recall([one_up, np.ones(n)])
        assert found.periods.tolist() == [n, 1]
        assert found.outcome.tolist() == ["cycling", "converged"]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 30))
def test_synchronous_cycles_of_symmetric_weights_are_of_two_states_at_most(seed, n):
    rng = np.random.default_rng(seed)
    half = rng.standard_normal((n, n))
    memory = Hopfield.from_weights(Dense(half + half.T), update="synchronous")
    assert set(memory.recall(patterns_of(rng, 4, n), sweeps=500).outcome) <= {"converged", "cycling"}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("update", ["asynchronous", "synchronous"])
def test_every_rule_recalls_from_damaged_probes(rule, update):
    rng = np.random.default_rng(1)
    patterns = patterns_of(rng, 5, 200)
    memory = Hopfield(rule, update=update).fit(patterns)
    found = memory.recall(damaged(rng, patterns, 0.15))
    assert np.array_equal(found.states, patterns)
    assert found.overlaps.diagonal().tolist() == [1.0] * 5
    assert found.nearest.tolist() == [0, 1, 2, 3, 4]


def test_hebb_is_the_mean_outer_product_on_every_connectivity():
    rng = np.random.default_rng(2)
    patterns = patterns_of(rng, 3, 36)
    wanted = patterns.T.astype(float) @ patterns / 3
    np.fill_diagonal(wanted, 0)
    dense = Hopfield().fit(patterns)
    assert np.allclose(dense.connectivity_.weights, wanted, atol=1e-14)
    mask = np.triu(rng.random((36, 36)) < 0.5, 1)
    diluted = Hopfield(connectivity=Sparse.from_matrix((mask + mask.T).astype(float))).fit(patterns)
    assert np.allclose(diluted.connectivity_.to_dense(), wanted * (mask + mask.T), atol=1e-14)
    factors = Hopfield(connectivity="low_rank").fit(patterns).connectivity_
    assert np.allclose(factors.to_dense() - np.eye(36), wanted, atol=1e-6)
    kernels = Conv2d(np.zeros((1, 1, 3, 3)), (1, 6, 6), padding=1)
    shared = Hopfield(connectivity=kernels).fit(patterns).connectivity_
    by_hand = sum(kernels.weight_gradient(p, p) for p in patterns.astype(float)) / 3
    assert np.allclose(shared.weights, by_hand)


def test_factors_recall_as_the_matrix_does():
    rng = np.random.default_rng(3)
    patterns = patterns_of(rng, 20, 300)
    probes = damaged(rng, np.concatenate([patterns, patterns]), 0.2)
    for rule in ("hebb", "pseudo_inverse"):
        full = Hopfield(rule, random_state=5).fit(patterns).recall(probes)
        factors = Hopfield(rule, connectivity="low_rank", random_state=5).fit(patterns).recall(probes)
        assert np.array_equal(full.states, factors.states)
        assert np.array_equal(full.flips, factors.flips)


def test_pseudo_inverse_keeps_half_as_many_patterns_as_units():
    rng = np.random.default_rng(4)
    patterns = patterns_of(rng, 100, 200)
    weights = Hopfield("pseudo_inverse").fit(patterns).connectivity_.weights
    assert np.abs(patterns @ weights - patterns).max() < 1e-10


def test_storkey_equals_its_definition():
    rng = np.random.default_rng(5)
    patterns, n = patterns_of(rng, 4, 9), 9
    weights = np.zeros((n, n))
    for x in patterns:
        new = weights.copy()
        for i in range(n):
            for j in range(n):
                if i != j:
                    h_ij = sum(weights[i, k] * x[k] for k in range(n) if k not in (i, j))
                    h_ji = sum(weights[j, k] * x[k] for k in range(n) if k not in (i, j))
                    new[i, j] += (x[i] * x[j] - x[i] * h_ji - h_ij * x[j]) / n
        weights = new
    assert np.allclose(Hopfield("storkey").fit(patterns).connectivity_.weights, weights, atol=1e-14)


def test_perceptron_rule_holds_more_patterns_than_units_have_room_for_under_hebb():
    rng = np.random.default_rng(6)
    patterns = patterns_of(rng, 100, 100)
    memory = Hopfield("perceptron").fit(patterns)
    assert np.array_equal(memory.recall(patterns).states, patterns)
    assert memory.recall(patterns).energies is None
    with pytest.raises(ParameterError, match="not symmetric"):
        memory.energy(patterns)


def test_perceptron_rule_beyond_its_capacity_warns():
    patterns = patterns_of(np.random.default_rng(7), 90, 30)
    with pytest.warns(UserWarning, match=r"conditions are not met after 1000 sweeps, at a load of 3\.00"):
        Hopfield("perceptron").fit(patterns)


def test_mixtures_of_three_are_stable_and_overlap_each_by_half():
    rng = np.random.default_rng(9)
    patterns = patterns_of(rng, 3, 2000)
    mixture = np.sign(patterns.astype(int).sum(axis=0))
    found = Hopfield().fit(patterns).recall(mixture)
    assert np.allclose(found.overlaps, 0.5, atol=4 / math.sqrt(2000))


def test_heat_makes_boltzmann_odds():
    """Three units: the share of time in each state against exp(-energy/T), by chi-square-like bounds."""
    weights = np.array([[0, 0.8, -0.5], [0.8, 0, 0.3], [-0.5, 0.3, 0]])
    memory = Hopfield.from_weights(Dense(weights), bias=[0.2, -0.1, 0.0])
    states = np.array([[1 - 2 * (k >> b & 1) for b in range(3)] for k in range(8)])
    odds = np.exp(-memory.energy(states) / 1.5)
    odds /= odds.sum()
    found = memory.recall(np.tile([1, 1, 1], (20_000, 1)), sweeps=20, temperature=1.5)
    seen = np.bincount(((1 - found.states) // 2) @ [1, 2, 4], minlength=8) / 20_000
    assert (np.abs(seen - odds) < 4 * np.sqrt(odds / 20_000)).all()
    assert set(found.outcome) == {"unfinished"}


def test_annealing_finds_lower_energy_than_a_quench():
    rng = np.random.default_rng(10)
    half = rng.standard_normal((80, 80))
    memory = Hopfield.from_weights(Dense(half + half.T))
    probes = patterns_of(rng, 20, 80)
    cooled = memory.recall(probes, sweeps=200, temperature=np.maximum(np.linspace(15, -1.5, 200), 0))
    assert cooled.energies.mean() < memory.recall(probes).energies.mean() - 50
    assert (cooled.outcome == "converged").all()


def test_nothing_depends_on_batch_threads_or_trajectory():
    rng = np.random.default_rng(11)
    patterns = patterns_of(rng, 10, 2000)
    probes = damaged(rng, np.tile(patterns, (60, 1)), 0.3)
    memory = Hopfield(random_state=3).fit(patterns)
    one = memory.recall(probes, threads=1)
    for other in (memory.recall(probes, threads=3), memory.recall(probes, trajectory=True)):
        assert np.array_equal(one.states, other.states)
        assert np.array_equal(one.flips, other.flips)
        assert np.array_equal(one.sweeps, other.sweeps)
    assert np.array_equal(memory.recall(probes[:7]).states, one.states[:7])


def test_heat_is_the_same_in_any_batch():
    patterns = patterns_of(np.random.default_rng(14), 5, 101)
    for options in ({"update": "synchronous"}, {"update": "block", "block": 7}):
        memory = Hopfield(random_state=2, **options).fit(patterns)
        heat = np.linspace(20, 0, 12)
        whole = memory.recall(patterns, sweeps=12, temperature=heat)
        assert (whole.flips > 101).all()
        assert np.array_equal(
            memory.recall(patterns[:2], sweeps=12, temperature=heat).states, whole.states[:2]
        )


def test_one_block_of_all_units_is_a_synchronous_step():
    rng = np.random.default_rng(15)
    patterns = patterns_of(rng, 8, 60)
    probes = damaged(rng, patterns, 0.35)
    at_once = Hopfield(update="synchronous").fit(patterns)
    one_block = Hopfield(update="block", block=60, order="cyclic").fit(patterns)
    for sweeps in (1, 2, 5):
        found, same = (memory.recall(probes, sweeps=sweeps) for memory in (at_once, one_block))
        ended_alike = found.periods < 2  # cycles may be left in either of their states
        assert ended_alike.any()
        assert np.array_equal(found.states[ended_alike], same.states[ended_alike])


def test_memories_come_and_go():
    rng = np.random.default_rng(12)
    patterns = patterns_of(rng, 6, 150)
    whole = Hopfield("storkey").fit(patterns)
    grown = Hopfield("storkey").fit(patterns[:4]).partial_fit(patterns[4:])
    assert np.array_equal(grown.connectivity_.weights, whole.connectivity_.weights)
    assert np.array_equal(grown.forget(2).patterns_, np.delete(patterns, 2, axis=0))
    zeros_and_ones = Hopfield(values=(0, 1)).fit((patterns + 1) // 2)
    found = zeros_and_ones.recall((damaged(rng, patterns, 0.1) + 1) // 2)
    assert np.array_equal(found.states, (patterns + 1) // 2)


def test_plots():
    rng = np.random.default_rng(13)
    patterns = patterns_of(rng, 3, 100)
    memory = Hopfield().fit(patterns)
    probes = damaged(rng, patterns, 0.2)
    assert memory.recall(probes, trajectory=True).plot().get_xlabel() == "Sweeps"
    assert memory.recall(probes).plot().get_ylabel() == "Probes"
    ax = memory.recall(np.tile(probes[0], (3, 1)), trajectory=True).plot()
    lines = ax.get_lines()  # on one path, and yet all to be seen
    assert [line.get_label() for line in lines] == ["Probe 0", "Probe 1", "Probe 2"]
    widths = [line.get_linewidth() for line in lines]
    assert (np.diff(widths) < -1).all()
    assert all(tick == round(tick) for tick in ax.get_xticks())


def test_a_recall_has_a_thread_for_each_processor_that_may_be_used(monkeypatch):
    """Which are fewer than the machine has where a process is kept to some of them."""
    asked = []

    def pool(n):
        asked.append(n)
        return ThreadPoolExecutor(n)

    monkeypatch.setattr(dynamics, "WORTH_A_THREAD", 0)
    monkeypatch.setattr(dynamics, "ThreadPoolExecutor", pool)
    monkeypatch.setattr("neurosim.kernels.core.threads.processors", lambda: 3)
    memory = Hopfield().fit(GOOD)
    memory.recall(np.tile(GOOD, (4, 1)))
    memory.recall(GOOD, threads=2)
    assert asked == [3, 2]


def test_a_memory_of_weights_by_name():
    assert len(Hopfield.from_weights(connectivity=Dense(np.eye(3)), bias=1.0).patterns_) == 0


GOOD = patterns_of(np.random.default_rng(0), 2, 30)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Hopfield("heb"), r"Hopfield.rule = 'heb'.*Did you mean 'hebb'"),
        (lambda: Hopfield(update="sometimes"), "Hopfield.update"),
        (lambda: Hopfield(order="sorted"), "Hopfield.order"),
        (lambda: Hopfield(order="greedy", update="synchronous"), "units that change at once"),
        (lambda: Hopfield(order="cyclic", update="synchronous"), "leave the order out"),
        (lambda: Hopfield(values=(0, 2)), r"must be \(-1, 1\) or \(0, 1\)"),
        (lambda: Hopfield(random_state=-1), "random_state"),
        (lambda: Hopfield("storkey", connectivity="low_rank"), "has no factorised form"),
        (lambda: Hopfield(order="greedy", connectivity="low_rank"), "Use 'random' or 'cyclic'"),
        (lambda: Hopfield(connectivity=Dense(np.ones((2, 3)))), "the same n units"),
        (lambda: Hopfield("storkey", connectivity=LowRank(np.ones((30, 2)))).fit(GOOD), "needs a Dense"),
        (lambda: Hopfield(connectivity=Dense(np.zeros((5, 5)))).fit(GOOD), "has 5 units, but the patterns"),
        (lambda: Hopfield().fit([]), "the shape must be"),
        (lambda: Hopfield().fit([[1, -1], [1]]), "rows equally long"),
        (lambda: Hopfield().fit([[1, 0, -1]]), r"\[0, 1\] = 0: must be -1 or 1"),
        (lambda: Hopfield().fit([["a", "b"]]), "must be real numbers"),
        (lambda: Hopfield(bias=[1.0, 2.0]).fit(GOOD), r"Hopfield.bias = .*\(30,\)"),
        (lambda: Hopfield(bias=np.nan).fit(GOOD), "Hopfield.bias"),
        (lambda: Hopfield().recall(GOOD), "nothing is stored yet"),
        (lambda: Hopfield().fit(GOOD).recall(GOOD[:, :7]), "the stored patterns have 30 units"),
        (lambda: Hopfield().fit(GOOD).recall(GOOD, sweeps=0), "recall.sweeps"),
        (lambda: Hopfield().fit(GOOD).recall(GOOD, temperature=-1), "must be 0 or more"),
        (lambda: Hopfield().fit(GOOD).forget(2), "from 0 to 1"),
        (lambda: Hopfield().fit(GOOD[:1]).forget(0), "the only pattern"),
        (lambda: Hopfield().fit(GOOD).partial_fit(GOOD[:, :3]), "the stored patterns have 30 units"),
        (lambda: Hopfield.from_weights(np.eye(3)), "must be a Connectivity"),
        (lambda: Hopfield.from_weights(Dense(np.eye(3)), connectivity="dense"), "'dense': is given twice"),
        (lambda: Hopfield(values=None), r"must be \(-1, 1\) or \(0, 1\)"),
        (lambda: Hopfield(random_state=2**64), "random_state"),
        (lambda: Hopfield().fit(GOOD).recall(GOOD, threads=0), "recall.threads"),
        (lambda: Hopfield().fit(GOOD).recall([[1, -1], [1]]), "rows equally long"),
        (lambda: Hopfield().fit(GOOD).energy(GOOD[:, :3]), "the stored patterns have 30 units"),
        (lambda: Hopfield().fit(GOOD).overlap(GOOD[:, :3]), "the stored patterns have 30 units"),
        (lambda: Hopfield.from_weights(Dense(np.eye(30))).partial_fit(GOOD), "no patterns to add others to"),
        (lambda: Hopfield.from_weights(Dense(np.eye(30))).recall(GOOD).plot(), "no stored patterns"),
        (lambda: Hopfield.from_weights(Dense(np.tri(30))).energy(GOOD), "not symmetric"),
        (lambda: Hopfield.from_weights(Dense(np.eye(30))).forget(0), "no stored patterns"),
        (lambda: Hopfield(connectivity=Sparse([], [], [], n_pre=3, n_post=3)), "has no synapses"),
        (lambda: Hopfield().fields(GOOD), "Hopfield.fields.*nothing is stored yet"),
        (lambda: Hopfield().fit(GOOD).fields([1.0] * 7), "the stored patterns have 30 units"),
        (lambda: Hopfield().fit(np.ma.array(GOOD, mask=GOOD > 0)), r"fit\(patterns\).*has masked values"),
        (lambda: Hopfield().fit(GOOD).recall(np.ma.array(GOOD, mask=GOOD > 0)), "has masked values"),
        (lambda: Hopfield().fit(GOOD).recall(GOOD, temperature="0.1"), "temperature.*real numbers"),
        (lambda: Hopfield().fit(GOOD).recall(GOOD, temperature=True), "temperature.*must be 0 or more"),
        (lambda: Hopfield().fit(GOOD).recall(GOOD, trajectory="no"), "trajectory.*must be True or False"),
        (lambda: Hopfield().fit(GOOD).recall(GOOD, trajectory=True).animate("x.gif", (-5, -6)), "rows and"),
        (lambda: Hopfield().fit(GOOD).recall(GOOD, trajectory=True).animate("x.gif", (5.0, 6)), "rows and"),
    ],
)
def test_mistakes(wrong, message):
    with pytest.raises(ParameterError, match=message):
        wrong()


def test_nothing_holds_a_unit_that_has_no_inputs():
    assert Hopfield().fit([[1]]).stabilities().tolist() == [[0.0]]
    assert Hopfield().fit([[1]]).fields([1]).tolist() == [[0.0]]


def test_one_block_of_all_units_in_any_order_is_named_a_cycle():
    apart = Dense(np.array([[0.0, -1.0], [-1.0, 0.0]]))
    for block in (2, 5):
        found = Hopfield.from_weights(apart, update="block", block=block).recall([[1, 1], [1, -1]], sweeps=9)
        assert found.periods.tolist() == [2, 1]


def test_too_many_patterns_for_hebb_are_told_of():
    with pytest.warns(UserWarning, match=r"20 patterns for 100 units are 0\.2.*beyond 0\.138"):
        Hopfield().fit(patterns_of(np.random.default_rng(0), 20, 100))
