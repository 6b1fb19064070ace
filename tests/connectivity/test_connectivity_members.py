"""What Dense and Sparse are: storage, sharing, conversion and the errors they raise."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse

from neurosim.connectivity import Dense, Sparse
from neurosim.errors import ParameterError


def test_dense_keeps_the_array():
    matrix = np.arange(6.0).reshape(2, 3)
    dense = Dense(matrix)
    assert dense.weights is matrix
    matrix[1, 2] = -1.0
    np.testing.assert_array_equal(dense.forward([0.0, 1.0]), [3.0, 4.0, -1.0])
    assert Dense(matrix.astype(np.float32)).weights.dtype == np.float32


def test_assignment_writes_into_the_storage():
    matrix = np.ones((2, 3))
    dense = Dense(matrix)
    dense.weights -= 0.25
    dense.weights = 2 * dense.weights
    assert dense.weights is matrix
    np.testing.assert_array_equal(matrix, np.full((2, 3), 1.5))
    with pytest.raises(ParameterError, match=r"Dense.weights = \(3, 2\): the shape must be \(2, 3\)"):
        dense.weights = np.ones((3, 2))


def test_sparse_keeps_the_arrays_of_a_csr_matrix():
    matrix = sparse.csr_array(np.array([[0.0, 2.0], [0.0, 0.0], [1.0, 3.0]]))
    operator = Sparse.from_matrix(matrix)
    assert np.shares_memory(operator.weights, matrix.data)
    assert np.shares_memory(operator.to_sparse().data, matrix.data)
    operator.weights[0] = 5.0
    assert matrix[0, 1] == 5.0
    np.testing.assert_array_equal(operator.pre, [0, 2, 2])
    np.testing.assert_array_equal(operator.post, [1, 0, 1])


def test_sparse_sorts_and_keeps_parallel_synapses():
    operator = Sparse([2, 0, 2, 2], [1, 0, 0, 1], [1.0, 2.0, 3.0, 4.0], n_pre=3, n_post=2)
    assert operator.n_synapses == 4
    np.testing.assert_array_equal(operator.weights, [2.0, 3.0, 1.0, 4.0])
    np.testing.assert_array_equal(operator.to_dense(), [[2.0, 0.0], [0.0, 0.0], [3.0, 5.0]])
    out = np.zeros(2)
    assert operator.deliver([2], out) == 3
    np.testing.assert_array_equal(out, [3.0, 5.0])
    assert operator.weight_gradient(np.ones(3), np.array([1.0, 2.0])).tolist() == [1.0, 1.0, 2.0, 2.0]


@pytest.mark.parametrize("form", ["coo", "csc", "lil", "dense"])
def test_sparse_from_any_matrix(form):
    matrix = np.array([[0.0, 2.0, 0.0], [1.0, 0.0, 3.0]])
    given = matrix if form == "dense" else sparse.csr_array(matrix).asformat(form)
    np.testing.assert_array_equal(Sparse.from_matrix(given).to_dense(), matrix)


def test_sparse_from_coo_keeps_duplicates():
    matrix = sparse.coo_array(([1.0, 2.0], ([0, 0], [1, 1])), shape=(1, 2))
    assert Sparse.from_matrix(matrix).weights.tolist() == [1.0, 2.0]


def test_rows_of_scipy_that_do_not_fit_together() -> None:
    for starts in ([0, 9, 2, 3], [0, 2, 1, 3], [1, 1, 2, 3]):
        matrix = sparse.csr_array(np.eye(3))
        matrix.indptr[:] = starts
        with pytest.raises(ParameterError, match=r"indptr = array.*: must not fall, and lead from 0 to 3"):
            Sparse.from_matrix(matrix)
    roomy = sparse.csr_array(np.eye(3))
    roomy.data, roomy.indices = np.arange(1.0, 6.0), np.array([2, 1, 0, 7, 7], np.int32)  # room for more
    operator = Sparse.from_matrix(roomy)
    assert operator.n_synapses == 3
    assert operator.to_dense().tolist() == [[0, 0, 1], [0, 2, 0], [3, 0, 0]]


def test_one_weight_for_all_synapses():
    operator = Sparse([0, 1], [1, 0], 0.5, n_pre=2, n_post=2)
    assert operator.weights.shape == ()
    assert operator.weights == 0.5
    operator.weights = 0.25
    assert operator.to_dense().tolist() == [[0.0, 0.25], [0.25, 0.0]]


def test_float32_stays_float32():
    rng = np.random.default_rng(0)
    x, g = rng.standard_normal((4, 5)).astype("f4"), rng.standard_normal((4, 3)).astype("f4")
    for operator in (Dense(np.ones((5, 3), "f4")), Sparse.from_matrix(np.ones((5, 3), "f4"))):
        for result in (operator.forward(x), operator.backward(g), operator.weight_gradient(x, g)):
            assert result.dtype == np.float32
        assert operator.forward(np.arange(5)).dtype == np.float32


def test_repr():
    assert repr(Dense(np.ones((2, 3)))) == "Dense(2 → 3, 6 synapses, float64)"
    assert repr(Sparse([0], [1], 1.0, n_pre=1, n_post=2)) == "Sparse(1 → 2, 1 synapses, float64)"


def test_import_is_light():
    code = (
        "import sys, neurosim.connectivity;"
        "print([m for m in ('numba', 'scipy', 'sympy', 'matplotlib') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def sparse_with(**changes):
    arguments = {"pre": [0, 1], "post": [1, 0], "weights": [1.0, 2.0], "n_pre": 2, "n_post": 2} | changes
    return lambda: Sparse(**arguments)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Dense([1.0, 2.0]), r"Dense.weights = \(2,\): the shape must be \(n_pre, n_post\)"),
        (lambda: Dense(np.ones((0, 3))), r"Dense.n_pre = 0: must be a whole number from 1"),
        (lambda: Dense([[1.0, np.nan]]), r"Dense.weights\[0, 1\] = nan: every weight must be finite"),
        (lambda: Dense([[1, 2], [3]]), r"Dense.weights = .*rows equally long"),
        (lambda: Dense([["a"]]), r"Dense.weights = .*must be real numbers"),
        (lambda: Dense([[1j]]), r"Dense.weights = .*must be real numbers"),
        (sparse_with(weights=[1.0, np.inf]), r"Sparse.weights\[1\] = inf"),
        (sparse_with(pre=[0, 2]), r"Sparse.pre = 2: units are numbered from 0 to 1"),
        (sparse_with(post=[-1, 0]), r"Sparse.post = -1"),
        (sparse_with(post=[0.5, 0]), r"Sparse.post = .*whole numbers"),
        (sparse_with(pre=[0, [1]]), r"Sparse.pre = .*rows equally long"),
        (lambda: Sparse.from_matrix([[1, 2], [3]]), r"Sparse.from_matrix\(matrix\) = .*rows equally long"),
        (lambda: Sparse.from_matrix(None), r"Sparse.from_matrix\(matrix\) = .*real numbers"),
        (sparse_with(pre=[0]), r"the arrays must be one-dimensional and equally long"),
        (sparse_with(n_pre=-5), r"Sparse.n_pre = -5"),
        (sparse_with(n_post=2.5), r"Sparse.n_post = 2.5"),
        (lambda: Sparse.from_matrix(np.ones(3)), r"Sparse.from_matrix\(matrix\) = \(3,\)"),
    ],
)
def test_unusable_weights_and_indices(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda c: c.forward(np.ones(3)),
            r"Dense.forward\(x\) = \(3,\): the shape must be \(2,\).*n_pre = 2",
        ),
        (lambda c: c.forward(np.ones((1, 1, 2))), r"Dense.forward\(x\) = \(1, 1, 2\)"),
        (lambda c: c.forward([1, [2]]), r"Dense.forward\(x\) = .*rows equally long"),
        (lambda c: c.deliver([0, [1]], np.zeros(3)), r"deliver\(spikes\) = .*rows equally long"),
        (lambda c: c.deliver([0], None), r"deliver\(out\) = None: must be a writeable"),
        (lambda c: window(c, ring=[[0.0] * 3]), r"deliver_window\(ring\) = .*must be a writeable"),
        (lambda c: window(c, offsets=[0, [3]]), r"offsets\) = .*rows equally long"),
        (lambda c: c.forward(["a", "b"]), r"must be real numbers"),
        (lambda c: c.backward(np.ones(2)), r"Dense.backward\(g\) = \(2,\).*n_post = 3"),
        (
            lambda c: c.weight_gradient(np.ones((2, 2)), np.ones((3, 3))),
            r"\(\(2, 2\), \(3, 3\)\).*same batch",
        ),
        (lambda c: c.deliver([2], np.zeros(3)), r"spikes\) = 2: indices run from 0 to 1"),
        (lambda c: c.deliver([-1], np.zeros(3)), r"spikes\) = -1"),
        (lambda c: c.deliver([True, False], np.zeros(3)), r"numpy.flatnonzero"),
        (lambda c: c.deliver([0], np.zeros(2)), r"deliver\(out\) = \(2,\)"),
        (lambda c: c.deliver([0], np.zeros(3, "f4")), r"C-contiguous array of float64"),
        (lambda c: c.deliver([0], np.zeros((3, 2)).T), r"C-contiguous array of float64"),
        (
            lambda c: c.deliver([0], np.zeros(3), [1.0, 2.0]),
            r"amplitudes\) = \(2,\).*\(1,\), a factor for each",
        ),
        (lambda c: c.deliver([0], np.zeros(3), ["a"]), r"amplitudes\) = .*real numbers"),
        (lambda c: window(c, offsets=[0, 2, 1]), r"offsets\) = .*must not fall"),
        (lambda c: window(c, offsets=[0, 4]), r"stay between 0 and 3"),
        (lambda c: window(c, offsets=[0, 1, 2, 3]), r"a ring of 2 rows holds no more steps"),
        (lambda c: window(c, ring=np.zeros((2, 4))), r"ring\) = \(2, 4\)"),
        (
            lambda c: window(c, pre_size=1),
            r"pre_start\) = 0: 2 units from there do not fit a population of 1",
        ),
        (lambda c: window(c, post_start=1), r"post_start\) = 1: 3 units"),
    ],
)
def test_unusable_operands(call, message):
    with pytest.raises(ParameterError, match=message):
        call(Dense(np.ones((2, 3))))


def window(operator, *, offsets=(0, 3), ring=None, **sizes):
    ring = np.zeros((2, 3)) if ring is None else ring
    operator.deliver_window(np.array([0, 1, 0]), offsets, ring, 0, **sizes)


def test_large_products_of_numbers_in_the_other_byte_order() -> None:
    rng = np.random.default_rng(5)
    x, g, weights = (rng.standard_normal(shape) for shape in ((64, 80), (64, 70), (80, 70)))
    x_swapped, g_swapped = (a.astype(a.dtype.newbyteorder()) for a in (x, g))
    dense = Dense(weights)
    np.testing.assert_allclose(dense.forward(x_swapped), x @ weights, rtol=0, atol=1e-12)
    np.testing.assert_allclose(dense.backward(g_swapped), g @ weights.T, rtol=0, atol=1e-12)
    np.testing.assert_allclose(dense.weight_gradient(x_swapped, g_swapped), x.T @ g, rtol=0, atol=1e-12)
