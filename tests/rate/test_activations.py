"""Activations: values, derivatives, behaviour far out, and the tuning curves of neurons."""

import math

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.rate import (
    ACTIVATIONS,
    Identity,
    SoftLIF,
    TuningCurve,
    Variable,
    check_layer,
    find_activation,
    grad_check,
)

X = np.array([[-3.1, -0.4, 0.3], [1.7, 0.02, 6.0]])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_a_layer(name):
    check_layer(find_activation(name), X)


@pytest.mark.parametrize("name", ["relu", "logistic", "tanh", "softplus"])
def test_against_torch(name):
    torch = pytest.importorskip("torch")
    theirs = {"relu": torch.relu, "logistic": torch.sigmoid, "tanh": torch.tanh}.get(
        name, torch.nn.functional.softplus
    )
    x, t = Variable(X), torch.tensor(X, requires_grad=True)
    y, expected = ACTIVATIONS[name](x), theirs(t)
    y.sum().backward()
    expected.sum().backward()
    np.testing.assert_allclose(y.value, expected.detach().numpy(), rtol=1e-7, atol=0)
    np.testing.assert_allclose(x.grad, t.grad.numpy(), rtol=1e-7, atol=0)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_far_out_is_finite_and_keeps_the_dtype(name, dtype):
    activation = ACTIVATIONS[name]
    x = np.array([-1e30, -1e4, -800.0, -38.0, 0.0, 1.0, 38.0, 800.0, 1e4, 1e30], dtype)
    for values in (activation.value(x), activation.derivative(x)):
        assert values.dtype == dtype
        assert np.isfinite(values).all()


def test_logistic_keeps_its_digits_in_the_tail():
    assert ACTIVATIONS["logistic"].value(np.array([-500.0]))[0] == pytest.approx(math.exp(-500.0), rel=1e-12)
    slope = ACTIVATIONS["logistic"].derivative(np.array([500.0]))[0]
    assert slope == pytest.approx(math.exp(-500.0), rel=1e-12)


def test_relu_at_zero():
    assert ACTIVATIONS["relu"].derivative(np.zeros(1)) == 0.0


@pytest.mark.parametrize(
    ("asked", "meant"), [("sigmoid", "logistic"), ("ReLU", "relu"), ("Sigmoid", "logistic")]
)
def test_names_of_other_libraries_are_understood(asked, meant):
    with pytest.raises(ParameterError, match=f"Did you mean '{meant}'"):
        find_activation(asked)


def test_unknown_name_suggests():
    with pytest.raises(ParameterError, match=r"Layer.f = 'rellu': .*tanh.*Did you mean 'relu'\?"):
        find_activation("rellu", "Layer.f")
    with pytest.raises(ParameterError, match="must be an Activation"):
        find_activation(3)


def soft_lif_in_many_digits(v_in, tau_m, tau_ref, gamma):
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(60):

        def rate(v):
            z = mpmath.mpf(gamma) * mpmath.log1p(mpmath.exp((v - 1) / mpmath.mpf(gamma)))
            return 1000 / (tau_ref + tau_m * mpmath.log1p(1 / z))

        value = mpmath.mpf(v_in)
        step = mpmath.mpf(gamma) * mpmath.mpf(10) ** -12
        return float(rate(value)), float((rate(value + step) - rate(value - step)) / (2 * step))


@pytest.mark.parametrize("gamma", [0.5, 0.03, 1e-3])
@pytest.mark.parametrize("v_in", [-20.0, -0.5, 0.9, 0.9999, 1.0, 1.0001, 1.04, 1.3, 2.0, 50.0, 1e6])
def test_soft_lif_value_and_derivative(gamma, v_in):
    curve = SoftLIF(tau_m=20.0, tau_ref=2.0, gamma=gamma)
    rate, slope = soft_lif_in_many_digits(v_in, 20.0, 2.0, gamma)
    assert float(curve.rate(v_in)) == pytest.approx(rate, rel=1e-12)
    assert float(curve.rate_derivative(v_in)) == pytest.approx(slope, rel=1e-10)


def test_soft_lif_joins_its_pieces():
    curve = SoftLIF(gamma=0.03)
    for u in (-37.0, 37.0):
        v = 1.0 + 0.03 * np.array([u * (1 - 1e-12), u * (1 + 1e-12)])
        for values in (curve.rate(v), curve.rate_derivative(v)):
            assert values[0] == pytest.approx(values[1], rel=1e-10)


def test_soft_lif_hardens():
    v_in = np.array([-1.0, 0.5, 0.99, 1.0, 1.01, 1.5, 3.0, 100.0])
    above = v_in > 1.0
    hard = np.zeros(v_in.size)
    hard[above] = 1000.0 / (2.0 - 20.0 * np.log1p(-1.0 / v_in[above]))
    exact = SoftLIF(gamma=0.0)
    np.testing.assert_allclose(exact.rate(v_in), hard, rtol=1e-13)
    slope = np.zeros(v_in.size)
    slope[above] = 20.0 / 1000.0 * hard[above] ** 2 / (v_in[above] * (v_in[above] - 1.0))
    np.testing.assert_allclose(exact.rate_derivative(v_in), slope, rtol=1e-12)
    nearly = SoftLIF(gamma=1e-6)
    np.testing.assert_allclose(nearly.rate(v_in[above]), hard[above], rtol=1e-12)
    assert SoftLIF(gamma=1e-300).rate(0.99) < 1e-200


def test_soft_lif_at_infinity():
    curve = SoftLIF()
    ends = np.array([-np.inf, np.inf])
    np.testing.assert_array_equal(curve.rate(ends), [0.0, 500.0])
    np.testing.assert_array_equal(curve.rate_derivative(ends), [0.0, 0.0])
    assert np.isnan(curve.rate(np.nan))


@pytest.mark.parametrize(
    "changes", [{"tau_m": 0.0}, {"tau_ref": -1.0}, {"gamma": -0.1}, {"gamma": np.nan}, {"tau_m": np.inf}]
)
def test_soft_lif_bad_parameters(changes):
    with pytest.raises(ParameterError, match=f"SoftLIF.{next(iter(changes))}"):
        SoftLIF(**changes)


def test_tuning_curve():
    curve = TuningCurve(SoftLIF(), scale=50.0, gain=0.3, offset=1.2)
    np.testing.assert_allclose(curve.value(X), SoftLIF().rate(1.2 + 0.3 * X) / 50.0)
    grad_check(curve, X)
    assert curve.value(X.astype("f4")).dtype == np.float32
    assert curve.describe() == "TuningCurve(SoftLIF, scale=50 Hz, gain=0.3, offset=1.2)"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": object()}, "TuningCurve.model .*rate_derivative"),
        ({"scale": 0.0}, "TuningCurve.scale = 0.0"),
        ({"gain": np.nan}, "TuningCurve.gain = nan"),
        ({"offset": np.inf}, "TuningCurve.offset = inf"),
    ],
)
def test_tuning_curve_bad_arguments(arguments, message):
    with pytest.raises(ParameterError, match=message):
        TuningCurve(**({"model": SoftLIF()} | arguments))


class Misshapen(Identity):
    """Gives one value, or one derivative, for each unit instead of each unit and sample."""

    def __init__(self, **wrong):
        self.wrong = wrong

    def value(self, x):
        return self.wrong.get("value", x)

    def derivative(self, x):
        return self.wrong.get("derivative", np.ones_like(x))


@pytest.mark.parametrize("wrong", [np.ones(3), np.ones((2, 1)), np.ones((2, 3, 1))])
@pytest.mark.parametrize("method", ["value", "derivative"])
def test_a_result_of_another_shape_is_not_broadcast(method, wrong):
    with pytest.raises(ParameterError) as raised:
        Misshapen(**{method: wrong})(Variable(np.ones((2, 3)))).sum().backward()
    message = f"Misshapen.{method}(x) = {wrong.shape}: the shape must be that of the drive, (2, 3)"
    assert message in str(raised.value)


def test_a_value_is_one_for_each_drive_but_a_derivative_may_be_one_for_all():
    with pytest.raises(ParameterError, match=r"Misshapen.value"):
        Misshapen(value=1.0)(np.ones((2, 3)))
    with pytest.raises(ParameterError, match=r"Misshapen.derivative\(x\) = .*real numbers"):
        Misshapen(derivative="1")(Variable(np.ones((2, 3)))).sum().backward()
    x = Variable(np.ones((2, 3)))
    Misshapen(derivative=2.0)(x).sum().backward()
    np.testing.assert_array_equal(x.grad, np.full((2, 3), 2.0))
