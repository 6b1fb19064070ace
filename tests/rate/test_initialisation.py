"""Random weights: variance by the Connectivity's fans, orthogonality, seeds, errors."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from neurosim.connectivity import AllToAll, Conv2d, Dense, LowRank, OneToOne, Sparse
from neurosim.errors import ParameterError
from neurosim.rate import (
    INITIALISERS,
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    initialise,
    orthogonal,
)


def sparse(n_pre=300, n_post=200, p=0.1, dtype="float64"):
    pre, post = np.nonzero(np.random.default_rng(0).random((n_pre, n_post)) < p)
    return Sparse(pre, post, np.zeros(len(pre), dtype), n_pre=n_pre, n_post=n_post)


def kernels(groups=1):
    return Conv2d(np.zeros((40, 60 // groups, 3, 5)), (60, 9, 9), padding=1, groups=groups)


FANS = {
    "dense": (Dense(np.zeros((300, 200))), 300.0, 200.0),
    "sparse": (sparse(), sparse().n_synapses / 200, sparse().n_synapses / 300),
    "transposed": (sparse().T, sparse().n_synapses / 300, sparse().n_synapses / 200),
    "convolution": (kernels(), 60 * 15.0, 40 * 15.0),
    "groups": (kernels(4), 15 * 15.0, 10 * 15.0),
    "one to one": (OneToOne(np.zeros(20_000)), 1.0, 1.0),
    "all to all": (AllToAll(0.0, 6, 6, autapses=False), 5.0, 5.0),
}


@pytest.mark.parametrize("case", FANS)
def test_fans(case):
    operator, fan_in, fan_out = FANS[case]
    assert (operator.fan_in, operator.fan_out) == pytest.approx((fan_in, fan_out))


@pytest.mark.parametrize("case", ["dense", "sparse", "transposed", "convolution", "groups", "one to one"])
@pytest.mark.parametrize("draw", [glorot_uniform, glorot_normal, he_uniform, he_normal])
def test_variance(draw, case):
    operator, fan_in, fan_out = FANS[case]
    expected = 1.5**2 * 2.0 / (fan_in + fan_out if "glorot" in draw.__name__ else fan_in)
    assert draw(operator, 4, gain=1.5) is operator
    weights = operator.weights
    normal = "normal" in draw.__name__
    spread = np.sqrt((2.0 if normal else 0.8) / weights.size)  # of the variance of a sample
    assert abs(weights.var() / expected - 1.0) < 4.0 * spread
    assert abs(weights.mean()) < 4.0 * np.sqrt(expected / weights.size)
    largest = np.abs(weights).max() / np.sqrt(expected)
    assert largest > 2.5 if normal else 1.6 < largest <= np.sqrt(3.0) * (1 + 1e-9)


def test_the_variance_reaches_the_units():
    """He's weights keep the mean square through rectifying layers, however sparse."""
    x = np.random.default_rng(1).standard_normal((400, 300))
    start = np.mean(np.square(x))
    for operator in (
        he_normal(Dense(np.zeros((300, 200))), 0),
        he_normal(sparse(), 1),
        he_normal(LowRank(np.zeros((300, 50)), np.zeros((50, 200))), 2),
    ):
        drive = operator.forward(x)
        assert np.mean(np.square(np.maximum(drive, 0.0))) == pytest.approx(start, rel=0.1)


def test_as_torch_scales():
    torch = pytest.importorskip("torch")
    weights = torch.empty(40, 60, 3, 5)
    fans = torch.nn.init._calculate_fan_in_and_fan_out(weights)
    assert (kernels().fan_in, kernels().fan_out) == fans


@pytest.mark.parametrize(("n_pre", "n_post"), [(30, 30), (50, 20), (20, 50)])
def test_orthogonal_matrices(n_pre, n_post):
    weights = orthogonal(Dense(np.zeros((n_pre, n_post))), 2, gain=2.0).weights
    product = weights.T @ weights if n_pre >= n_post else weights @ weights.T
    np.testing.assert_allclose(product, 4.0 * np.eye(min(n_pre, n_post)), atol=1e-12)


def test_orthogonal_matrices_are_drawn_evenly():
    """Every entry of an orthogonal matrix has mean 0 and variance 1/n, the first column's signs too."""
    draws = np.array([orthogonal(Dense(np.zeros((3, 3))), seed).weights for seed in range(2000)])
    assert (np.abs(draws.mean(axis=0)) < 4.0 * np.sqrt(1.0 / 3.0 / 2000)).all()
    np.testing.assert_allclose(draws.var(axis=0), np.full((3, 3), 1.0 / 3.0), atol=0.04)


def test_orthogonal_kernels_and_transposes():
    operator = Conv2d(np.zeros((8, 3, 3, 3)), (3, 6, 6))
    rows = orthogonal(operator, 0).weights.reshape(8, 27)
    np.testing.assert_allclose(rows @ rows.T, np.eye(8), atol=1e-12)
    matrix = Dense(np.zeros((5, 5)))
    orthogonal(matrix.T, 0)
    np.testing.assert_allclose(matrix.weights @ matrix.weights.T, np.eye(5), atol=1e-12)


@pytest.mark.parametrize("how", INITIALISERS)
def test_a_seed_gives_the_same_weights_in_place(how):
    array = np.zeros((20, 30), np.float32)
    operator = Dense(array)
    first = initialise(operator, how, 7).weights.copy()
    assert operator.weights is array
    assert first.dtype == np.float32
    assert array.any()
    np.testing.assert_array_equal(initialise(operator, how, 7).weights, first)
    assert not np.array_equal(initialise(operator, how, 8).weights, first)
    np.testing.assert_array_equal(initialise(operator, how, np.random.default_rng(7)).weights, first)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: initialise(c, "he_norml", 0), "initialise.how = 'he_norml': .*Did you mean 'he_normal'"),
        (lambda c: initialise(c, None, 0), "initialise.how = None"),
        (lambda c: he_normal(c, -1), "initialise.seed = -1"),
        (lambda c: he_normal(c, 0.5), "initialise.seed = 0.5"),
        (lambda c: he_normal(c, 0, gain=0.0), "initialise.gain = 0.0: must be positive"),
        (lambda c: he_normal(np.zeros((2, 2)), 0), "must be a Connectivity"),
        (lambda c: orthogonal(sparse(), 0), "must be a Dense, a Conv1d or a Conv2d"),
        (lambda c: orthogonal(c, 0, gain=np.nan), "orthogonal.gain = nan"),
        (lambda c: he_normal(Sparse([], [], [], n_pre=2, n_post=2), 0), "has no synapses"),
    ],
)
def test_errors_change_nothing(call, message):
    operator = Dense(np.ones((2, 3)))
    with pytest.raises(ParameterError, match=message):
        call(operator)
    assert (operator.weights == 1.0).all()


def test_orthogonal_weights_are_the_same_whatever_threads_the_matrix_library_has():
    drawn = []
    for n_threads in (1, 2):
        with threadpool_limits(n_threads, user_api="blas"):
            drawn.append(orthogonal(Dense(np.zeros((400, 300))), 3).weights)
    assert np.array_equal(*drawn)
