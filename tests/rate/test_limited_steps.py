"""What limits the steps of optimisers, and what shrinks the weights beside them."""

import numpy as np
import pytest
from sample_parameters import parameter

from neurosim.connectivity import Dense, LowRank, Sparse
from neurosim.rate import SGD, Adam, AdamW, Affine


def test_clipping_by_norm_is_of_all_parameters_together():
    a, b = parameter([0.0, 0.0], [3.0, 0.0]), parameter([[0.0]], [[4.0]])
    SGD([a, b], 1.0, clip_norm=2.5).step()
    np.testing.assert_allclose(a.value, [-1.5, 0.0])
    np.testing.assert_allclose(b.value, [[-2.0]])
    c = parameter([0.0, 0.0], [3.0, 4.0])
    SGD([c], 1.0, clip_norm=5.0).step()
    np.testing.assert_array_equal(c.value, [-3.0, -4.0])


def test_clipping_by_norm_of_gradients_whose_squares_overflow():
    x = parameter([0.0, 0.0], [3e200, 4e200])
    SGD([x], 1.0, clip_norm=1.0).step()
    np.testing.assert_allclose(x.value, [-0.6, -0.8])


def test_clipping_by_value_comes_after_the_norm_and_before_penalties():
    x = parameter([1.0, 1.0, 1.0], [6.0, -8.0, 0.0])
    SGD([x], 1.0, clip_norm=5.0, clip_value=3.5, weight_decay=0.5).step()
    np.testing.assert_allclose(x.value, [1.0 - 3.0 - 0.5, 1.0 + 3.5 - 0.5, 0.5])


def test_penalties():
    values, gradient = [2.0, -2.0, 0.0], [0.0, 0.0, 0.0]
    expected = {
        ("l1", False): [1.99, -1.99, 0.0],
        ("weight_decay", False): [1.98, -1.98, 0.0],
        ("weight_decay", True): [1.98, -1.98, 0.0],
    }
    for (name, decoupled), result in expected.items():
        x = parameter(values, gradient)
        SGD([x], 0.1, decoupled=decoupled, **{name: 0.1}).step()
        np.testing.assert_allclose(x.value, result, atol=1e-15)
    # Where steps are normalised it matters whether the decay is one of them.
    coupled, decoupled = parameter(values, gradient), parameter(values, gradient)
    Adam([coupled], 0.1, weight_decay=0.1).step()
    AdamW([decoupled], 0.1, weight_decay=0.1).step()
    np.testing.assert_allclose(coupled.value, [1.9, -1.9, 0.0])
    np.testing.assert_allclose(decoupled.value, [1.98, -1.98, 0.0])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_max_norm(dtype):
    matrix = parameter([[3.0, 0.3, 0.0], [4.0, 0.4, 0.0]], np.zeros((2, 3)), dtype)
    kernels = parameter(np.array([3.0, 4.0, 0.0, 1.0]).reshape(2, 1, 1, 2), np.zeros((2, 1, 1, 2)), dtype)
    bias = parameter([9.0], [0.0], dtype)
    SGD([matrix, kernels, bias], 1.0, max_norm=2.0).step()
    np.testing.assert_allclose(matrix.value, [[1.2, 0.3, 0.0], [1.6, 0.4, 0.0]], rtol=1e-6)
    np.testing.assert_allclose(kernels.value.ravel(), [1.2, 1.6, 0.0, 1.0], rtol=1e-6)
    assert bias.value[0] == 9.0


def column_norms(connectivity):
    return np.linalg.norm(connectivity.to_dense(), axis=0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("kind", ["Dense", "Sparse", "Sparse, one weight", "LowRank", "LowRank, symmetric"])
def test_max_norm_of_a_connectivity(kind, tied, dtype):
    rng = np.random.default_rng(9)
    draw = [rng.standard_normal(shape).astype(dtype) for shape in ((6, 5), (6, 2), (2, 5))]
    connectivity = {
        "Dense": lambda: Dense(draw[0]),
        "Sparse": lambda: Sparse.from_matrix(draw[0] * (np.abs(draw[0]) > 0.3)),
        "Sparse, one weight": lambda: Sparse(
            [0, 1, 2, 2], [0, 0, 0, 1], np.array(0.9, dtype), n_pre=6, n_post=5
        ),
        "LowRank": lambda: LowRank(*draw[1:]),
        "LowRank, symmetric": lambda: LowRank(draw[1]),
    }[kind]()
    layer = Affine(connectivity.T if tied else connectivity, bias=False)
    weights = layer.weights
    weights.grad = np.zeros_like(weights.value)
    before, norms = connectivity.to_dense(), column_norms(connectivity)
    limit = float(norms[norms > 0].mean())
    SGD([weights], 1.0, max_norm=limit).step()
    if kind in ("Sparse, one weight", "LowRank, symmetric"):  # all columns share what is scaled
        factors = limit / norms.max()
    else:
        factors = limit / np.maximum(norms, limit)
    np.testing.assert_allclose(connectivity.to_dense(), before * factors, rtol=2e-5, atol=1e-7)
