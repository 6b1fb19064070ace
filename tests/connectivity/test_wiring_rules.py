"""Rules of wiring: degrees, flags, seeds; what they promise for any size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from neurosim import (
    AllToAllRule,
    FixedIndegree,
    FixedOutdegree,
    FixedProbability,
    FixedTotalNumber,
    Normal,
    OneToOneRule,
    SmallWorld,
    Sparse,
    Uniform,
)
from neurosim.connectivity import check_connectivity
from neurosim.errors import ParameterError

sizes = st.integers(1, 25)
seeds = st.integers(0, 2**63 - 1)


def pairs_of(operator: Sparse) -> np.ndarray:
    return np.column_stack([operator.pre, operator.post])


def check_rows(operator: Sparse, *, distinct: bool, shift: int | None) -> None:
    """Sorted by presynaptic unit, then by postsynaptic; no pair twice, and no autapse, where forbidden.

    Threads may share the delivery.
    """
    assert len(operator.split_delivery([0, 1, operator.n_post])) == 2
    keys = operator.pre.astype(np.int64) * operator.n_post + operator.post
    assert (np.diff(keys) > 0).all() if distinct else (np.diff(keys) >= 0).all()
    assert operator.n_synapses == 0 or 0 <= operator.post.min() <= operator.post.max() < operator.n_post
    if shift is not None:
        assert not (operator.post == operator.pre + shift).any()


@settings(max_examples=80, deadline=None)
@given(
    seed=seeds,
    n_pre=sizes,
    n_post=sizes,
    p=st.sampled_from([0.0, 0.1, 0.6, 1.0]) | st.floats(0, 1),
    shift=st.none() | st.integers(-30, 30),
)
def test_fixed_probability_for_any_size(seed, n_pre, n_post, p, shift):
    operator = FixedProbability(p, autapses=False).build(n_pre, n_post, seed=seed, shift=shift)
    check_rows(operator, distinct=True, shift=shift)
    common = 0 if shift is None else sum(0 <= i + shift < n_post for i in range(n_pre))
    if p == 0:
        assert operator.n_synapses == 0
    if p == 1:
        assert operator.n_synapses == n_pre * n_post - common


@settings(max_examples=120, deadline=None)
@given(
    seed=seeds,
    n_pre=sizes,
    n_post=sizes,
    share=st.floats(0, 1),
    multapses=st.booleans(),
    side=st.sampled_from(["in", "out"]),
    shift=st.none() | st.integers(-30, 30),
)
def test_fixed_degrees_for_any_size(seed, n_pre, n_post, share, multapses, side, shift):
    n, other = (n_post, n_pre) if side == "in" else (n_pre, n_post)
    own = shift if side == "out" or shift is None else -shift
    free = np.array([other - (own is not None and 0 <= i + own < other) for i in range(n)])
    degrees = np.where(free > 0, np.rint(3 * share * other), 0) if multapses else np.rint(share * free)
    degrees = degrees.astype(int)
    rule = (FixedIndegree if side == "in" else FixedOutdegree)(degrees, autapses=False, multapses=multapses)
    operator = rule.build(n_pre, n_post, seed=seed, shift=shift)
    check_rows(operator, distinct=not multapses, shift=shift)
    found = operator.in_degrees() if side == "in" else operator.out_degrees()
    np.testing.assert_array_equal(found, degrees)


@settings(max_examples=80, deadline=None)
@given(
    seed=seeds,
    n_pre=sizes,
    n_post=sizes,
    share=st.floats(0, 1),
    multapses=st.booleans(),
    shift=st.none() | st.integers(-30, 30),
)
def test_fixed_total_number_for_any_size(seed, n_pre, n_post, share, multapses, shift):
    common = 0 if shift is None else sum(0 <= i + shift < n_post for i in range(n_pre))
    available = n_pre * n_post - common
    number = round(share * available * (2 if multapses else 1))
    rule = FixedTotalNumber(number, autapses=False, multapses=multapses)
    operator = rule.build(n_pre, n_post, seed=seed, shift=shift)
    assert operator.n_synapses == number
    check_rows(operator, distinct=not multapses, shift=shift)


@settings(max_examples=60, deadline=None)
@given(seed=seeds, n=st.integers(1, 25), half=st.integers(0, 12), rewiring=st.floats(0, 1))
def test_small_world_for_any_size(seed, n, half, rewiring):
    neighbours = min(2 * half, (n - 1) // 2 * 2)
    operator = SmallWorld(neighbours, rewiring).build(n, n, seed=seed)
    check_rows(operator, distinct=True, shift=0)
    assert (operator.out_degrees() == neighbours).all()


def test_regular_rules() -> None:
    np.testing.assert_array_equal(
        AllToAllRule(weight=2.0).build(2, 3, seed=0).to_dense(), np.full((2, 3), 2.0)
    )
    np.testing.assert_array_equal(
        AllToAllRule(autapses=False).build(2, 4, seed=0, shift=1).to_dense(), [[1, 0, 1, 1], [1, 1, 0, 1]]
    )
    np.testing.assert_array_equal(
        OneToOneRule(weight=np.array([3.0, 4.0])).build(2, 2, seed=0).to_dense(), np.diag([3, 4])
    )


def test_degrees_of_fixed_probability_are_binomial() -> None:
    operator = FixedProbability(0.03).build(2000, 1500, seed=3)
    for degrees, n in ((operator.out_degrees(), 1500), (operator.in_degrees(), 2000)):
        edges = stats.binom.ppf(np.linspace(0, 1, 11)[1:-1], n, 0.03)
        expected = np.diff([0, *stats.binom.cdf(edges, n, 0.03), 1]) * degrees.size
        found = np.bincount(np.searchsorted(edges, degrees), minlength=10)
        assert stats.chisquare(found, expected).pvalue > 1e-3
    # Where the synapses of a row lie is even.
    assert stats.kstest(operator.post / 1500 + 0.5 / 1500, "uniform").pvalue > 1e-3


@pytest.mark.parametrize("multapses", [False, True])
@pytest.mark.parametrize("degree", [6, 40])
def test_units_drawn_by_fixed_degree_are_equally_likely(degree: int, multapses: bool) -> None:
    """40 of 50 are drawn by leaving out 10; either way every unit, and every pair of units, is as likely."""
    n, n_rows = 50, 20000
    rule = FixedIndegree(degree, multapses=multapses)
    operator = rule.build(n, n_rows, seed=11)
    degrees = operator.out_degrees()
    share = degree / n
    spread = degree * (1 - 1 / n) / n if multapses else share * (1 - share)
    # Counts of a multivariate draw: the sum of squares over spread has a chi-square law with n - 1 degrees.
    statistic = ((degrees - n_rows * share) ** 2).sum() / (n_rows * spread) * (n - 1) / n
    assert 1e-4 < stats.chi2.cdf(statistic, n - 1) < 1 - 1e-4
    both = np.zeros((n, n_rows))
    np.add.at(both, (operator.pre, operator.post), 1)
    together = (both[:-1] * both[1:]).mean()
    expected = degree * (degree - 1) / n**2 if multapses else degree * (degree - 1) / (n * (n - 1))
    assert together == pytest.approx(expected, abs=5 * np.sqrt(expected / (n_rows * n)) * (1 + degree / 10))


def test_total_number_draws_even_pairs() -> None:
    counts = np.zeros((7, 5))
    for seed in range(3000):
        counts[tuple(pairs_of(FixedTotalNumber(12).build(7, 5, seed=seed)).T)] += 1
    share = 12 / 35
    statistic = ((counts - 3000 * share) ** 2).sum() / (3000 * share * (1 - share)) * 34 / 35
    assert 1e-4 < stats.chi2.cdf(statistic, 34) < 1 - 1e-4


@pytest.mark.parametrize(
    "rule",
    [
        FixedProbability(0.2, weight=Normal(1, 0.2)),
        FixedIndegree(5, weight=Normal(1, 0.2), multapses=True),
        FixedOutdegree(5, weight=Normal(1, 0.2)),
        FixedTotalNumber(200, weight=Normal(1, 0.2)),
        SmallWorld(4, 0.3, weight=Normal(1, 0.2)),
    ],
    ids=lambda rule: type(rule).__name__,
)
def test_the_seed_decides(rule) -> None:
    one, same, other = (rule.build(40, 40, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(pairs_of(one), pairs_of(same))
    np.testing.assert_array_equal(one.weights, same.weights)
    assert pairs_of(one).shape != pairs_of(other).shape or (pairs_of(one) != pairs_of(other)).any()
    check_connectivity(one, np.random.default_rng(0))


def test_the_synapses_of_a_unit_do_not_depend_on_other_units() -> None:
    for rule in (FixedProbability(0.2), FixedOutdegree(7)):
        few, many = rule.build(10, 30, seed=4), rule.build(20, 30, seed=4)
        np.testing.assert_array_equal(few.to_dense(), many.to_dense()[:10])


def test_weights_and_delays_have_streams_of_their_own() -> None:
    plain = FixedProbability(0.3).build(20, 20, seed=5)
    drawn = FixedProbability(0.3, weight=Normal(0, 1), delay=Uniform("0.5 ms", "2 ms")).build(20, 20, seed=5)
    np.testing.assert_array_equal(pairs_of(plain), pairs_of(drawn))
    delayed = FixedProbability(0.3, weight=3.0, delay=Uniform(0.5, 2)).build(20, 20, seed=5)
    np.testing.assert_array_equal(drawn.delays, delayed.delays)
    assert 0.5 <= delayed.delays.min() < delayed.delays.max() < 2
    assert abs(np.corrcoef(drawn.weights, drawn.delays)[0, 1]) < 4 / np.sqrt(drawn.n_synapses)


def test_weights_may_be_arrays() -> None:
    matrix = np.arange(12.0).reshape(3, 4)
    by_pair = FixedProbability(0.5, weight=matrix).build(3, 4, seed=1)
    np.testing.assert_array_equal(by_pair.weights, matrix[by_pair.pre, by_pair.post])
    by_synapse = FixedIndegree(2, weight=np.arange(8.0), delay=1.5).build(3, 4, seed=1)
    np.testing.assert_array_equal(by_synapse.weights, np.arange(8.0))
    np.testing.assert_array_equal(by_synapse.delays, np.full(8, 1.5))


def test_one_weight_is_stored_once() -> None:
    operator = FixedProbability(0.1, weight=0.5).build(300, 200, seed=1)
    assert operator.weights.shape == ()
    operator.weights[...] = 2.0
    np.testing.assert_array_equal(operator.forward(np.ones(300)), 2.0 * operator.in_degrees())


def test_regular_ring_clusters_and_short_cuts_shorten_it() -> None:
    from scipy.sparse.csgraph import shortest_path

    def measure(rewiring: float) -> tuple[float, float]:
        graph = SmallWorld(8, rewiring).build(400, 400, seed=2).to_sparse()
        lengths = shortest_path(graph, unweighted=True)
        matrix = graph.toarray() > 0
        neighbours = [np.flatnonzero(row) for row in matrix]
        shares = [matrix[np.ix_(mine, mine)].sum() / (8 * 7) for mine in neighbours]
        return float(np.mean(shares)), float(lengths[lengths > 0].mean())

    clustering, length = measure(0.0)
    assert clustering == pytest.approx(3 * (8 - 2) / (4 * (8 - 1)))
    assert length == pytest.approx((1 + 50) / 2, rel=0.02)
    some_clustering, some_length = measure(0.05)
    assert some_clustering > 0.75 * clustering
    assert some_length < 0.35 * length
    random_clustering, _ = measure(1.0)
    assert random_clustering < 0.05


HUGE = 1_500_000_000


@pytest.mark.parametrize(
    "rule",
    [
        FixedProbability(0.9),
        FixedIndegree(1_000_000),
        FixedOutdegree(1_000_000, weight=Normal(1, 0.1, low=0)),
        FixedTotalNumber(10**15),
        AllToAllRule(),
        SmallWorld(1_000_000, 0.1),
    ],
    ids=lambda rule: type(rule).__name__,
)
def test_more_synapses_than_the_memory_holds(rule) -> None:
    with pytest.raises(ParameterError, match=r"build = .*units takes \d{16,} bytes, and the machine has \d+"):
        rule.build(HUGE, HUGE, seed=1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FixedProbability(1.5), r"FixedProbability.probability = 1.5.*from 0 to 1"),
        (lambda: FixedProbability(float("nan")), "probability"),
        (lambda: FixedProbability("0.1"), "probability"),
        (lambda: FixedProbability(0.1, autapses=1), "FixedProbability.autapses"),
        (lambda: FixedIndegree(-1), r"FixedIndegree.indegree = -1"),
        (lambda: FixedIndegree(2.5), "FixedIndegree.indegree"),
        (lambda: FixedIndegree([1, 2]).build(5, 3, seed=1), r"shape must be \(\) or \(3,\)"),
        (lambda: FixedIndegree(6).build(5, 3, seed=1), r"unit 0 has only 5 units.*multapses"),
        (lambda: FixedIndegree(5, autapses=False).build(5, 7, seed=1), r"unit 0 has only 4"),
        (lambda: FixedOutdegree(3, autapses=False, multapses=True).build(1, 1, seed=1), "only 0 units"),
        (lambda: FixedTotalNumber(16).build(3, 5, seed=1), "only 15 pairs"),
        (lambda: FixedTotalNumber(1, autapses=False, multapses=True).build(1, 1, seed=1), "only 0 pairs"),
        (lambda: FixedTotalNumber(-1), "FixedTotalNumber.number = -1"),
        (lambda: OneToOneRule().build(3, 4, seed=1), "must be equal"),
        (lambda: SmallWorld(3, 0.1), "must be even"),
        (lambda: SmallWorld(4, 1.1), "SmallWorld.rewiring"),
        (lambda: SmallWorld(4, 0.1).build(4, 4, seed=1), "less than the number of units, 4"),
        (lambda: FixedProbability(0.1).build(0, 4, seed=1), "FixedProbability.n_pre = 0"),
        (lambda: FixedProbability(0.1).build(4, 4, seed=-1), "FixedProbability.seed = -1"),
        (lambda: FixedProbability(0.1, weight=np.ones(3)).build(9, 9, seed=1), r"weight.*\(9, 9\)"),
        (lambda: FixedProbability(0.9, weight=np.nan).build(9, 9, seed=1), "weight"),
        (lambda: FixedProbability(0.9, weight="1 nS").build(9, 9, seed=1), "FixedProbability.weight"),
        (lambda: FixedProbability(0.9, delay=-1).build(9, 9, seed=1), "FixedProbability.delay = -1"),
        (lambda: FixedProbability(0.9, delay=Normal(0, 1)).build(9, 9, seed=1), "FixedProbability.delay"),
        (lambda: Sparse([0], [0], 1.0, n_pre=1, n_post=1, delays=[-1.0]), "Sparse.delays = -1"),
        (lambda: Sparse([0], [0], 1.0, n_pre=1, n_post=1, delays=[1.0, 2.0]), "equally long"),
    ],
)  # fmt: skip
def test_bad_input(make, message) -> None:
    with pytest.raises((ParameterError, ValueError), match=message):
        make()
