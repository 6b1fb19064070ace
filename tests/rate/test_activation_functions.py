"""Each activation against PyTorch in float64; those in which units compete; those that learn."""

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.rate import (
    ACTIVATIONS,
    ELU,
    GELU,
    SGD,
    LeakyReLU,
    LogSoftmax,
    Maxout,
    MLPClassifier,
    OneHot,
    ParametricReLU,
    Sequential,
    Softmax,
    Swish,
    Threshold,
    Variable,
    check_layer,
    find_activation,
    vjp,
)

X = np.array([[-3.1, -0.4, 0.3, -30.0, 1e-9, 0.9], [1.7, 0.02, 6.0, 35.0, -1e-9, -1.2]])

TORCH = {
    "identity": lambda torch, x: x * 1.0,
    "threshold": lambda torch, x: (x > 0.0) + 0.0 * x,
    "logistic": lambda torch, x: torch.sigmoid(x),
    "tanh": lambda torch, x: torch.tanh(x),
    "arctan": lambda torch, x: torch.arctan(x),
    "relu": lambda torch, x: torch.relu(x),
    "leaky_relu": lambda torch, x: torch.nn.functional.leaky_relu(x, 0.01),
    "parametric_relu": lambda torch, x: torch.nn.functional.prelu(x, torch.tensor([0.25], dtype=x.dtype)),
    "elu": lambda torch, x: torch.nn.functional.elu(x),
    "softplus": lambda torch, x: torch.logaddexp(x, torch.zeros(1, dtype=x.dtype)),
    "swish": lambda torch, x: torch.nn.functional.silu(x),
    "silu": lambda torch, x: torch.nn.functional.silu(x),
    "gelu": lambda torch, x: torch.nn.functional.gelu(x),
}
WITH_PARAMETERS = {
    "leaky": (LeakyReLU(0.3), lambda torch, x: torch.nn.functional.leaky_relu(x, 0.3)),
    "elu": (ELU(0.7), lambda torch, x: torch.nn.functional.elu(x, 0.7)),
    "swish": (Swish(1.702), lambda torch, x: x * torch.sigmoid(1.702 * x)),
    "softmax": (Softmax(), lambda torch, x: torch.softmax(x, -1)),
    "log-softmax": (LogSoftmax(), lambda torch, x: torch.log_softmax(x, -1)),
    "maxout": (Maxout(2), lambda torch, x: x.reshape(2, 3, 2).amax(-1)),
}
CASES = {**{name: (ACTIVATIONS[name], f) for name, f in TORCH.items()}, **WITH_PARAMETERS}


def test_every_name_has_an_oracle():
    assert set(ACTIVATIONS) - set(TORCH) == {"soft_lif"}


@pytest.mark.parametrize("name", CASES)
def test_against_torch(name):
    torch = pytest.importorskip("torch")
    layer, theirs = CASES[name]
    x, t = Variable(X), torch.tensor(X, requires_grad=True)
    y, expected = layer(x), theirs(torch, t)
    g = np.random.default_rng(0).standard_normal(y.shape)
    y.backward(g)
    expected.backward(torch.tensor(g))
    np.testing.assert_allclose(y.value, expected.detach().numpy(), rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(x.grad, t.grad.numpy(), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("layer", [Softmax(), LogSoftmax(), OneHot(), Maxout(3)], ids=repr)
def test_a_jacobian_is_that_of_the_gradients(layer):
    check_layer(layer, X)
    jacobian = layer.jacobian(X)
    n_out = layer(X).shape[-1]
    assert jacobian.shape == (2, n_out, 6)
    for i in range(n_out):
        _, (row,) = vjp(layer, X, seed=np.eye(n_out)[[i, i]])
        np.testing.assert_allclose(jacobian[:, i], row, rtol=1e-12, atol=1e-15)


def test_one_hot_is_the_extreme_of_the_softmax():
    x = np.array([0.6, 3.4, -1.2, 0.05])
    np.testing.assert_array_equal(OneHot()(x).value, [0.0, 1.0, 0.0, 0.0])
    np.testing.assert_allclose(Softmax()(1e3 * x).value, OneHot()(x).value, atol=1e-12)
    np.testing.assert_array_equal(OneHot()([2.0, 2.0]).value, [1.0, 0.0])


def test_maxout_of_equal_drives_shares():
    np.testing.assert_array_equal(Maxout(2).jacobian(np.array([1.0, 1.0])), [[0.5, 0.5]])


@pytest.mark.parametrize("slope", [0.25, np.array([0.1, 0.2, 0.3, -0.4, 0.5, 0.6])])
def test_parametric_slopes_learn(slope):
    torch = pytest.importorskip("torch")
    layer = ParametricReLU(slope)
    check_layer(layer, np.where(np.abs(X) < 1e-3, 0.5, X))
    (parameter,) = layer.parameters()
    parameter.zero_grad()
    w = torch.tensor(np.atleast_1d(slope).astype(float), requires_grad=True)
    layer(X).sum().backward()
    torch.nn.functional.prelu(torch.tensor(X), w).sum().backward()
    np.testing.assert_allclose(np.atleast_1d(parameter.grad), w.grad.numpy(), rtol=1e-12)
    before = parameter.value.copy()
    SGD([parameter], 0.1).step()
    np.testing.assert_allclose(parameter.value, before - 0.1 * parameter.grad)


def test_an_activation_that_learns_is_new_with_each_name_and_in_each_hidden_layer():
    first, second = find_activation("parametric_relu"), find_activation("parametric_relu")
    assert first is not second
    assert find_activation("relu") is find_activation("relu")
    rng = np.random.default_rng(1)
    x = rng.standard_normal((60, 2))
    model = MLPClassifier((6, 5), "parametric_relu", epochs=2, random_state=0).fit(x, x[:, 0] > 0)
    slopes = [layer.slope for layer in model.network_ if isinstance(layer, ParametricReLU)]
    assert len({id(slope) for slope in slopes}) == 2
    assert all(slope.value != 0.25 for slope in slopes)
    assert ACTIVATIONS["parametric_relu"].slope.value == 0.25


def test_a_shared_layer_has_its_parameters_once():
    layer = ParametricReLU()
    assert len(Sequential(layer, layer).parameters()) == 1


def test_threshold_passes_no_gradient():
    x = Variable([-1.0, 0.0, 2.0])
    y = Threshold()(x)
    y.sum().backward()
    np.testing.assert_array_equal(y.value, [0.0, 0.0, 1.0])
    np.testing.assert_array_equal(x.grad, np.zeros(3))


def test_gelu_keeps_its_digits_in_the_tail():
    mpmath = pytest.importorskip("mpmath")
    expected = float(-20 * mpmath.ncdf(-20))
    assert GELU().value(np.array(-20.0)) == pytest.approx(expected, rel=1e-12)


def test_float32_slopes_in_a_float32_network():
    x = Variable(X.astype("f4"))
    y = ParametricReLU()(x)
    y.sum().backward()
    assert y.dtype == x.grad.dtype == np.float32


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LeakyReLU(np.nan), r"LeakyReLU.slope = nan"),
        (lambda: ELU("1"), r"ELU.a = '1'"),
        (lambda: Swish(np.inf), r"Swish.beta = inf"),
        (lambda: ParametricReLU([np.nan]), r"ParametricReLU.slope\[0\] = nan"),
        (lambda: ParametricReLU([0.1, 0.2])(X), r"rate.ParametricReLU = '\(2, 6\) and \(2,\)'"),
        (lambda: Maxout(0), r"Maxout.pieces = 0"),
        (lambda: Maxout(4)(X), r"Maxout\(x\) = \(2, 6\).*multiple of 4"),
        (lambda: Maxout(4).jacobian(X), r"Maxout\(x\) = \(2, 6\).*multiple of 4"),
        (lambda: find_activation("leaky-relu"), r"Did you mean 'leaky_relu'\?"),
        (lambda: find_activation("sigmoid"), r"one of identity, threshold, logistic"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
