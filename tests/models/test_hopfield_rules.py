"""Learning rules of the Hopfield memory beyond Hebb's: stability, dreams, few active units."""

import math
import warnings

import numpy as np
import pytest
from neurosim.models.hopfield import Covariance, Hopfield, Perceptron, Unlearning
from neurosim.models.hopfield.experiments import corrupt, random_patterns, sparse_patterns
from neurosim.models.hopfield.mean_field import critical_stability_load

from neurosim.connectivity import Dense, LowRank, Sparse
from neurosim.errors import ParameterError


def naive_perceptron(patterns, kappa, sweeps):
    n = patterns.shape[1]
    weights = patterns.T @ patterns
    np.fill_diagonal(weights, 0)
    for j in range(n):
        for _ in range(sweeps):
            done = True
            for x in patterns:
                if x[j] * (weights[:, j] @ x) <= kappa * np.linalg.norm(weights[:, j]):
                    weights[:, j] += x * x[j]
                    weights[j, j] = 0
                    done = False
            if done:
                break
    return weights / n


def test_perceptron_equals_its_plain_twin():
    patterns = random_patterns(15, 12, np.random.default_rng(0)).astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        memory = Hopfield(Perceptron(kappa=0.2, sweeps=30)).fit(patterns)
    assert np.allclose(memory.connectivity_.weights, naive_perceptron(patterns, 0.2, 30), atol=1e-13)


@pytest.mark.parametrize("kappa", [0.0, 0.5, 1.0])
def test_perceptron_reaches_its_margin_below_the_critical_load(kappa):
    n, load = 80, critical_stability_load(kappa)
    memory = Hopfield(Perceptron(kappa, sweeps=3000)).fit(
        random_patterns(round(0.7 * load * n), n, np.random.default_rng(1))
    )
    assert memory.learned_.converged
    assert memory.learned_.unmet == 0
    assert memory.stabilities().min() > kappa
    assert (memory.recall(memory.patterns_).states == memory.patterns_).all()
    with pytest.warns(UserWarning, match="conditions are not met after 50 sweeps"):
        beyond = Hopfield(Perceptron(kappa, sweeps=50)).fit(
            random_patterns(round(1.3 * load * n), n, np.random.default_rng(1))
        )
    assert not beyond.learned_.converged
    held = (beyond.stabilities() > kappa).sum()
    assert held < beyond.patterns_.size


@pytest.mark.parametrize("m", [30, 40])
def test_as_many_units_can_learn_as_cover_counted(m):
    """Cover (1965): of the ways to sort m points in d dimensions a plane makes 2 sum_k C(m - 1, k), k < d."""
    n, memories = 21, 20
    share = 2.0 ** (1 - m) * sum(math.comb(m - 1, k) for k in range(n - 1))
    learned, rng = 0, np.random.default_rng(m)
    for _ in range(memories):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            memory = Hopfield(Perceptron(0.0, sweeps=3000)).fit(random_patterns(m, n, rng))
        learned += int((memory.stabilities() > 0).all(axis=0).sum())
    total = n * memories
    # Units of a memory share its patterns: their count varies more than a binomial one, by less than 2.
    assert abs(learned / total - share) < 4 * 2 * math.sqrt(share * (1 - share) / total)


def test_load_for_a_stability_is_gardners():
    assert critical_stability_load() == pytest.approx(2.0, abs=1e-15)
    for kappa in (0.5, 1.0):
        t = np.linspace(-kappa, 12.0, 200_001)
        by_integral = np.sqrt(2 * np.pi) / np.trapezoid((t + kappa) ** 2 * np.exp(-t * t / 2), t)
        assert critical_stability_load(kappa) == pytest.approx(by_integral, rel=1e-8)


def test_dreams_let_a_memory_hold_more():
    rng = np.random.default_rng(2)
    patterns = random_patterns(30, 150, rng)
    probes = corrupt(patterns, 0.1, rng)
    with pytest.warns(UserWarning, match="beyond 0.138"):
        hebb = Hopfield().fit(patterns)
    unlearned = Hopfield(Unlearning()).fit(patterns)
    assert unlearned.learned_.sweeps == 1500
    assert hebb.recall(probes).overlaps.diagonal().mean() < 0.85
    assert unlearned.recall(probes).overlaps.diagonal().mean() > 0.99
    assert unlearned.has_energy
    weights = unlearned.connectivity_.weights
    assert np.array_equal(weights, weights.T)


def test_a_dream_takes_away_what_it_ends_in():
    patterns = random_patterns(1, 40, np.random.default_rng(3))
    before = Hopfield().fit(patterns).connectivity_.weights
    after = Hopfield(Unlearning(dreams=3, strength=0.1)).fit(patterns).connectivity_.weights
    assert np.allclose(after, 0.7 * before, atol=1e-14)  # a single memory, or its negative, is all one dreams
    assert np.array_equal(Hopfield(Unlearning(dreams=0)).fit(patterns).connectivity_.weights, before)


def test_dreams_reach_diluted_weights_only():
    rng = np.random.default_rng(4)
    mask = np.triu(rng.random((60, 60)) < 0.5, 1)
    mask = (mask + mask.T).astype(float)
    memory = Hopfield(Unlearning(dreams=40), connectivity=Sparse.from_matrix(mask))
    assert (memory.fit(random_patterns(6, 60, rng)).connectivity_.to_dense()[mask == 0] == 0).all()


def test_covariance_rule_is_the_sum_over_few_active_units():
    """Fields of states of 0 and 1, written as the paper does."""
    rng = np.random.default_rng(5)
    x = sparse_patterns(8, 50, 0.2, rng)
    f, n, s = x.mean(), 50, sparse_patterns(1, 50, 0.3, rng)[0]
    for connectivity in ("dense", "low_rank"):
        rule = Covariance(threshold=0.4)
        memory = Hopfield(rule, values=(0, 1), connectivity=connectivity).fit(x)
        weights = (x - f).T @ (x - f) / (n * f * (1 - f))
        np.fill_diagonal(weights, 0)
        assert np.allclose(memory.fields(2 * s[None] - 1)[0], s @ weights - 0.4, atol=1e-13)


def test_few_active_units_leave_room_for_more_patterns():
    rng, n, load = np.random.default_rng(6), 600, 0.25
    x = sparse_patterns(round(load * n), n, 0.03, rng)
    memory = Hopfield(Covariance(threshold=0.6), values=(0, 1)).fit(x)
    found = memory.recall(x).states
    hit = (found & x).sum() / x.sum()
    false_alarms = (found & (1 - x)).sum() / (1 - x).sum()
    assert hit > 0.98
    assert false_alarms < 2e-3
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        hebb = Hopfield(values=(0, 1)).fit(x).recall(x).states
    assert (hebb == x).all(axis=1).mean() < 0.01
    cut = x.copy()
    for pattern in cut:
        pattern[np.flatnonzero(pattern)[:3]] = 0  # of 18 that are up
    assert (memory.recall(cut).states & x).sum() / x.sum() > 0.95


def test_a_diluted_memory_of_few_active_units_recalls():
    rng, n = np.random.default_rng(9), 400
    mask = np.triu(rng.random((n, n)) < 0.5, 1)
    x = sparse_patterns(20, n, 0.1, rng)
    memory = Hopfield(
        "covariance", values=(0, 1), connectivity=Sparse.from_matrix((mask | mask.T).astype(float))
    )
    cut = x * (np.cumsum(x, axis=1) > 8)  # 8 of 40 active units are missing
    found = memory.fit(x).recall(cut).states
    assert (found & x).sum() / x.sum() > 0.97
    assert (found & (1 - x)).sum() / (1 - x).sum() < 0.005


@pytest.mark.parametrize("rule", ["hebb", "storkey", "pseudo_inverse", "unlearning", "covariance"])
def test_weights_in_single_precision_are_symmetric_as_well(rule):
    patterns = random_patterns(7, 60, np.random.default_rng(10))
    memory = Hopfield(rule, connectivity=Dense(np.zeros((60, 60), np.float32))).fit(patterns)
    assert memory.has_energy
    assert memory.energy(patterns).shape == (7,)


def test_weights_that_differ_from_their_transpose_by_more_than_rounding_have_no_energy():
    weights = np.random.default_rng(11).standard_normal((60, 60))
    for precision, least in ((np.float32, 1e-3), (np.float64, 1e-11)):
        near = (weights + weights.T).astype(precision)
        assert Hopfield.from_weights(Dense(near.copy())).has_energy
        near[3, 5] += least * near.max()
        assert not Hopfield.from_weights(Dense(near)).has_energy


def test_hebb_grows_by_what_is_new():
    patterns = random_patterns(9, 80, np.random.default_rng(7))
    whole = Hopfield().fit(patterns).connectivity_.weights
    grown = Hopfield().fit(patterns[:4]).partial_fit(patterns[4:8]).partial_fit(patterns[8:])
    assert np.allclose(grown.connectivity_.weights, whole, atol=1e-15)
    assert np.array_equal(grown.patterns_, patterns)
    factors = Hopfield(connectivity="low_rank").fit(patterns[:4]).partial_fit(patterns[4:])
    assert np.array_equal(factors.recall(patterns).states, grown.recall(patterns).states)


@pytest.mark.parametrize(
    ("rule", "limit"),
    # 1/sqrt(2 ln 30) by hand; and n/(2 f |ln f|) for a tenth of 30 units that are up.
    [("pseudo_inverse", "1"), ("storkey", "0.383"), ("unlearning", "0.6"), ("covariance", "2.17")],
)
def test_loads_beyond_what_a_rule_can_bear_are_told_of(rule, limit):
    rng = np.random.default_rng(8)
    patterns = (
        2 * sparse_patterns(70, 30, 0.1, rng) - 1 if rule == "covariance" else random_patterns(31, 30, rng)
    )
    with pytest.warns(UserWarning, match=f"'{rule}' loses memories beyond {limit}, and the more"):
        Hopfield(rule).fit(patterns)


def test_overlaps_of_few_active_units_are_those_of_the_paper():
    """Sum of (x - f) s/(n f (1 - f)): none for a state without activity, or with nothing else."""
    rng = np.random.default_rng(12)
    x = sparse_patterns(6, 200, 0.1, rng)
    memory = Hopfield("covariance", values=(0, 1)).fit(x)
    states = np.concatenate(
        [x[:2], 1 - x[:1], np.zeros((1, 200)), np.ones((1, 200)), sparse_patterns(9, 200, 0.3, rng)]
    )
    assert np.allclose(memory.overlap(states), states @ (x - 0.1).T / (200 * 0.1 * 0.9), atol=1e-13)
    assert memory.overlap(states)[[0, 1, 2, 3, 4], [0, 1, 0, 0, 0]].tolist() == [1, 1, -1, 0, 0]
    found = memory.recall(x, trajectory=True)
    assert np.array_equal(found.trajectory_overlaps[-1], memory.overlap(found.states))
    uneven = Hopfield("covariance", values=(0, 1)).fit([[0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 1, 0]])
    assert uneven.overlap(uneven.patterns_ > 0).diagonal().tolist() == [0, 1, 1]


GOOD = random_patterns(3, 30, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Perceptron(kappa=-0.1), "Perceptron.kappa"),
        (lambda: Perceptron(kappa=math.nan), "Perceptron.kappa"),
        (lambda: Perceptron(sweeps=0), "Perceptron.sweeps"),
        (lambda: Unlearning(dreams=-1), "Unlearning.dreams"),
        (lambda: Unlearning(strength=0), "Unlearning.strength"),
        (lambda: Covariance(threshold=2), "Covariance.threshold"),
        (lambda: Covariance(activity=1.0), "Covariance.activity"),
        (lambda: Covariance(activity="few"), "Covariance.activity"),
        (lambda: Perceptron(kappa="wide"), "Perceptron.kappa"),
        (lambda: critical_stability_load(-1), "must be 0 or more"),
        (lambda: Hopfield("covariance").fit(np.ones((2, 9))), "activity of the patterns"),
        (lambda: Hopfield(Perceptron(), connectivity="low_rank"), "no factorised form"),
        (lambda: Hopfield(connectivity=LowRank(np.ones((30, 2)))).fit(GOOD), "of rank 3 for 3 patterns"),
        (
            lambda: Hopfield(connectivity=LowRank(np.ones((30, 3)), np.ones((3, 30)))).fit(GOOD),
            "its own transpose",
        ),
        (lambda: Hopfield(Perceptron(), connectivity=Sparse.from_matrix(np.eye(30))).fit(GOOD), "a Dense"),
        (lambda: Hopfield(update="block", block=0), "Hopfield.block"),
        (lambda: Hopfield(update="block", order="greedy"), "no blocks"),
        (lambda: Hopfield().stabilities(), "nothing is stored yet"),
        (lambda: Hopfield(connectivity="low_rank").fit(GOOD).stabilities(), "never formed"),
    ],
)
def test_mistakes(wrong, message):
    with pytest.raises(ParameterError, match=message):
        wrong()


def test_a_mistake_leaves_the_memory_as_it_was():
    memory = Hopfield(connectivity=Dense(np.zeros((30, 30)))).fit(GOOD)
    weights = memory.connectivity_.weights.copy()
    for wrong in (GOOD[:, :7], [[0] * 30], []):
        with pytest.raises(ParameterError):
            memory.fit(wrong)
    assert np.array_equal(memory.connectivity_.weights, weights)
    assert np.array_equal(memory.patterns_, GOOD)
