"""Layers: the contract, memory shared with the Connectivity, and summaries."""

import numpy as np
import pytest

from neurosim.connectivity import ContractError, Dense, Sparse
from neurosim.errors import ParameterError
from neurosim.rate import (
    SGD,
    Affine,
    GaussianNoise,
    Layer,
    ReLU,
    Sequential,
    Tanh,
    Variable,
    apply,
    check_layer,
    mean_squared_error,
)
from neurosim.rate.autodiff.operations import Operation

rng = np.random.default_rng(0)
X = rng.standard_normal((3, 4))


def sparse_operator():
    return Sparse([0, 1, 1, 1, 3], [4, 0, 2, 2, 1], rng.standard_normal(5), n_pre=4, n_post=5)


@pytest.mark.parametrize("make", [lambda: Dense(rng.standard_normal((4, 5))), sparse_operator])
@pytest.mark.parametrize("bias", [True, False, np.arange(5.0)])
def test_affine_is_a_layer(make, bias):
    check_layer(Affine(make(), bias), X)


def test_sequential_is_a_layer():
    network = Sequential(Affine(sparse_operator()), Tanh(), Affine(Dense(rng.standard_normal((5, 2)))))
    check_layer(network, X)
    assert len(network.parameters()) == 4


def test_affine_against_torch():
    torch = pytest.importorskip("torch")
    w, b = rng.standard_normal((4, 5)), rng.standard_normal(5)
    layer = Affine(Dense(w), b)
    x = Variable(X)
    (layer(x) ** 2).sum().backward()
    theirs = [torch.tensor(v, requires_grad=True) for v in (X, w, b)]
    ((theirs[0] @ theirs[1] + theirs[2]) ** 2).sum().backward()
    for ours, t in zip((x, *layer.parameters()), theirs, strict=True):
        np.testing.assert_allclose(ours.grad, t.grad.numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("make", [lambda: Dense(rng.standard_normal((4, 5))), sparse_operator])
def test_learning_changes_the_connectivity_itself(make):
    connectivity = make()
    layer = Affine(connectivity)
    before = connectivity.weights.copy()
    optimiser = SGD(layer.parameters(), 0.1)
    mean_squared_error(layer(X), np.ones((3, 5))).backward()
    optimiser.step()
    assert np.shares_memory(layer.weights.value, connectivity.weights)
    assert not np.array_equal(connectivity.weights, before)
    out = np.zeros(5)
    connectivity.deliver([1], out)
    np.testing.assert_allclose(out, layer(np.eye(4)[1]).value - layer.bias.value, rtol=1e-12)
    connectivity.weights[...] = 0.0
    np.testing.assert_allclose(layer(X).value, np.tile(layer.bias.value, (3, 1)))


def test_bias_dtype_and_sharing():
    bias = np.zeros(2, np.float32)
    layer = Affine(Dense(np.ones((3, 2), np.float32)), bias)
    assert layer.bias.value is bias
    assert layer(np.ones((1, 3), np.float32)).dtype == np.float32


def test_noise_acts_in_training_only():
    layer = GaussianNoise(0.5, np.random.default_rng(1))
    x = Variable(np.zeros((100, 100), np.float32))
    assert layer(x) is x
    network = Sequential(layer, ReLU())
    network.train()
    noisy = layer(x)
    assert noisy.dtype == np.float32
    assert noisy.value.std() == pytest.approx(0.5, rel=0.03)
    network.train(False)
    assert layer(x) is x


def test_repr_and_summary():
    network = Sequential(Affine(Dense(np.ones((3, 2)))), ReLU(), Affine(Dense(np.ones((2, 1))), bias=False))
    assert repr(network) == "Sequential(Affine(Dense 3 → 2), ReLU, Affine(Dense 2 → 1, no bias))"
    lines = network.summary().splitlines()
    assert len(lines) == 5
    assert lines[0].split() == ["layer", "output", "parameters", "synapses", "multiply-adds"]
    assert lines[1].split() == ["0", "Affine(Dense", "3", "→", "2)", "2", "8", "6", "6"]
    assert lines[2].split() == ["1", "ReLU", "2", "0", "0", "0"]
    assert lines[-1].split() == ["total", "10", "8", "8"]
    assert network[1] is network.layers[1]
    assert len(network) == 3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Affine(np.ones((2, 2))), r"Affine.connectivity = .*must be a Connectivity.*Dense"),
        (
            lambda: Affine(Dense(np.ones((2, 3))), np.ones(2)),
            r"Affine.bias = \(2,\): the shape must be \(3,\)",
        ),
        (lambda: Affine(Dense(np.ones((2, 1))), [np.nan]), r"Affine.bias = .*finite"),
        (lambda: Affine(Dense(np.ones((2, 1))))(np.ones((1, 3))), r"Dense.forward\(x\) = \(1, 3\)"),
        (lambda: Affine(2)("zero"), r"Affine\(. → 2\)\(x\) = .*must be real numbers"),
        (lambda: Sequential(ReLU())(["a"], lengths=[1]), r"Sequential\(ReLU\)\(x\) = .*must be real numbers"),
        (lambda: Sequential(), r"at least one layer"),
        (lambda: Sequential(ReLU(), np.tanh), r"Sequential.layers\[1\] = <ufunc 'tanh'>: must be a Layer"),
        (lambda: GaussianNoise(-1.0, rng), r"GaussianNoise.std = -1.0"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


class _WrongSquare(Operation):
    def forward(self, *inputs):
        (self.x,) = inputs
        return self.x**2

    def backward(self, g):
        return (g * self.x,)


class WrongGradient(Layer):
    def forward(self, x):
        return apply(_WrongSquare(), x)


class Centred(Layer):
    """Mixes samples of a batch."""

    def forward(self, x):
        return x - x.mean(axis=0)


class Random(Layer):
    def forward(self, x):
        return x + rng.standard_normal(x.shape)


class FreshParameters(Layer):
    def forward(self, x):
        return x

    def parameters(self):
        return [Variable(np.ones(1))]


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (WrongGradient(), "gradient for x"),
        (Centred(), "one at a time"),
        (Random(), "same input"),
        (FreshParameters(), "same variables"),
    ],
)
def test_contract_notices(layer, message):
    with pytest.raises(ContractError, match=message):
        check_layer(layer, X)


def test_contract_wants_double_precision():
    with pytest.raises(ParameterError, match="float64 for finite differences"):
        check_layer(Affine(Dense(np.ones((4, 1), np.float32))), X)
