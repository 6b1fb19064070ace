"""OneToOne, AllToAll, LowRank and transposes: what they store, what they share, and the errors they raise."""

import numpy as np
import pytest

from neurosim.connectivity import AllToAll, Dense, LowRank, OneToOne, Sparse, Transposed
from neurosim.errors import ParameterError

MATRIX = np.array([[0.0, 2.0, -1.0], [4.0, 0.0, 3.0]])


def test_one_to_one_is_a_diagonal():
    weights = np.array([1.0, -2.0, 0.5])
    operator = OneToOne(weights)
    assert operator.weights is weights
    np.testing.assert_array_equal(operator.to_dense(), np.diag(weights))
    assert np.shares_memory(operator.to_sparse().data, weights)
    assert OneToOne(0.5, 4).weights.tolist() == [0.5] * 4
    assert operator.receptive_field(1).tolist() == operator.projective_field(1).tolist() == [1]


def test_all_to_all_stores_one_number():
    operator = AllToAll(0.25, 3, 3, autapses=False)
    np.testing.assert_array_equal(operator.to_dense(), 0.25 * (1 - np.eye(3)))
    assert operator.n_synapses == 6
    assert operator.weights.shape == ()
    operator.weights *= 2
    np.testing.assert_array_equal(operator.forward([1.0, 0.0, 2.0]), [1.0, 1.5, 0.5])
    assert operator.receptive_field(1).tolist() == [0, 2]
    assert AllToAll(1, 2, 5).projective_field(0).tolist() == [0, 1, 2, 3, 4]


def test_low_rank_factors_are_views_of_its_weights():
    rng = np.random.default_rng(0)
    left, right = rng.standard_normal((4, 2)), rng.standard_normal((2, 3))
    operator = LowRank(left, right)
    assert operator.weights.shape == (7, 2)
    assert LowRank(left[:1], right).weights.flags.c_contiguous
    assert operator.rank == 2
    np.testing.assert_array_equal(operator.left, left)
    np.testing.assert_array_equal(operator.right, right)
    operator.right[0, 1] = 9.0
    assert operator.weights[5, 0] == 9.0
    np.testing.assert_allclose(operator.to_dense(), left @ operator.right, atol=1e-14)
    g = rng.standard_normal((5, 3))
    x = rng.standard_normal((5, 4))
    gradient = operator.weight_gradient(x, g)
    np.testing.assert_allclose(gradient[:4], x.T @ g @ operator.right.T, atol=1e-13)
    np.testing.assert_allclose(gradient[4:], (left.T @ x.T @ g).T, atol=1e-13)


def eighths(rng, *shape):
    """Numbers whose sums are exact in any order."""
    return rng.integers(-16, 17, shape) / 8


@pytest.mark.parametrize("amplitudes", [False, True])
@pytest.mark.parametrize("kind", ["all_to_all", "no_autapses", "low_rank"])
def test_spikes_summed_first_arrive_as_if_one_by_one(kind, amplitudes):
    rng = np.random.default_rng(3)
    operator = {
        "all_to_all": AllToAll(0.375, 9, 7),
        "no_autapses": AllToAll(-0.625, 9, 9, autapses=False),
        "low_rank": LowRank(eighths(rng, 9, 3), eighths(rng, 3, 7)),
    }[kind]
    trials, pre_size, pre_start, post_start = 3, 13, 2, 4
    post_size = post_start + operator.n_post + 1
    spikes, offsets = rng.integers(trials * pre_size, size=120), np.array([0, 50, 50, 51, 120])
    factors = eighths(rng, 120) if amplitudes else None
    ring = eighths(rng, 5, trials * post_size)
    expected, matrix, events = ring.reshape(5, trials, post_size).copy(), operator.to_dense(), 0
    for step in range(4):
        for k in range(offsets[step], offsets[step + 1]):
            trial, unit = divmod(spikes[k], pre_size)
            if pre_start <= unit < pre_start + 9:
                row = expected[(3 + step) % 5, trial, post_start : post_start + operator.n_post]
                row += matrix[unit - pre_start] * (1.0 if factors is None else factors[k])
                events += operator.n_post - (kind == "no_autapses")
    sizes = {"pre_size": pre_size, "pre_start": pre_start, "post_size": post_size, "post_start": post_start}
    whole, parts = ring.copy(), ring.copy()
    assert operator.deliver_window(spikes, offsets, whole, 3, amplitudes=factors, **sizes) == events
    np.testing.assert_array_equal(whole.reshape(expected.shape), expected)
    for first, last in ((0, 1), (1, 4)):
        bounds = offsets[first : last + 1]
        operator.deliver_window(spikes, bounds, parts, 3 + first, amplitudes=factors, **sizes)
    np.testing.assert_array_equal(parts, whole)


@pytest.mark.parametrize(
    "operator", [Dense(MATRIX), Sparse.from_matrix(MATRIX), LowRank(MATRIX, np.eye(3))], ids=repr
)
def test_transpose_shares_the_weights(operator):
    transpose = operator.T
    assert isinstance(transpose, Transposed)
    assert transpose.T is operator
    assert transpose.weights is operator.weights
    assert (transpose.n_pre, transpose.n_post) == (3, 2)
    np.testing.assert_array_equal(transpose.to_dense(), MATRIX.T)
    np.testing.assert_array_equal(transpose.forward([1.0, 2.0, 3.0]), MATRIX @ [1.0, 2.0, 3.0])
    assert transpose.receptive_field(0).tolist() == operator.projective_field(0).tolist()


def test_transpose_of_parallel_synapses():
    operator = Sparse([0, 0, 1], [1, 1, 0], [1.0, 2.0, 4.0], n_pre=2, n_post=3)
    out = np.zeros(2)
    assert operator.T.deliver([1, 0, 2], out, [1.0, 0.5, 1.0]) == 3
    assert out.tolist() == [3.0, 2.0]
    operator.weights[0] = 8.0
    assert operator.T.deliver([1], out) == 2
    assert out.tolist() == [13.0, 2.0]


class Anything(Dense):
    """A member that offers nothing but what it must."""

    _transposed_delivery = Dense.__base__._transposed_delivery
    _presynaptic = Dense.__base__._presynaptic
    _postsynaptic = Dense.__base__._postsynaptic


def test_general_ways_serve_a_new_member():
    operator, out = Anything(MATRIX), np.zeros(2)
    assert operator.T.deliver([1, 2, 2], out, [1.0, 2.0, 1.0]) == 5
    assert out.tolist() == [-1.0, 9.0]
    assert operator.receptive_field(0).tolist() == [1]
    assert operator.projective_field(0).tolist() == [1, 2]


def test_reprs():
    assert repr(OneToOne(1.0, 3)) == "OneToOne(3 → 3, 3 synapses, float64)"
    assert repr(AllToAll(1.0, 3, 2)) == "AllToAll(3 → 2, 6 synapses, float64)"
    assert repr(LowRank(np.ones((3, 1)), np.ones((1, 2)))) == "LowRank(3 → 1 → 2, float64)"
    assert repr(Dense(MATRIX).T) == "Dense(2 → 3, 6 synapses, float64).T"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: OneToOne(0.5), r"OneToOne.n = None: must be given where all weights are one number"),
        (lambda: OneToOne([1.0, 2.0], 3), r"OneToOne.weights = \(2,\): the shape must be \(3,\)"),
        (lambda: OneToOne([[1.0]]), r"OneToOne.weights = \(1, 1\): the shape must be \(n,\)"),
        (lambda: OneToOne(1.0, 0), r"OneToOne.n = 0"),
        (lambda: AllToAll([1.0, 2.0], 2, 2), r"AllToAll.weight = \(2,\): must be one number"),
        (lambda: AllToAll(np.nan, 2, 2), r"AllToAll.weight = nan: every weight must be finite"),
        (lambda: AllToAll(1.0, 2, 3, autapses=False), r"\(2, 3\): autapses can be left out only where"),
        (lambda: LowRank(np.ones((3, 2)), np.ones((3, 2))), r"\(\(3, 2\), \(3, 2\)\): the shapes must be"),
        (lambda: LowRank(np.ones((3, 0)), np.ones((0, 2))), r"r at least 1"),
        (lambda: LowRank(np.ones(3), np.ones((1, 2))), r"\(\(3,\), \(1, 2\)\)"),
        (lambda: Dense(MATRIX).receptive_field(3), r"Dense.receptive_field\(unit\) = 3: .* from 0 to 2"),
        (lambda: Dense(MATRIX).projective_field(-1), r"projective_field\(unit\) = -1: .* from 0 to 1"),
        (lambda: Dense(MATRIX).receptive_field(1.0), r"receptive_field\(unit\) = 1.0"),
        (lambda: Dense(MATRIX).T.forward(np.ones(2)), r"Transposed.forward\(x\) = \(2,\).*n_pre = 3"),
    ],
)
def test_unusable_arguments(make, message):
    with pytest.raises(ParameterError, match=message):
        make()
