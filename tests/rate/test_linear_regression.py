"""Least squares: normal equations, SciPy's minimiser, scikit-learn, and bad input."""

import numpy as np
import pytest

from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate import LinearRegression

rng = np.random.default_rng(21)
X = rng.standard_normal((120, 4)) * [1.0, 20.0, 0.1, 1.0] + [0.0, 50.0, 1.0, -2.0]
Y = X @ rng.standard_normal((4, 2)) + rng.standard_normal((120, 2)) + 3.0


def normal_equations(X, Y, decay, bias):
    """Solution by the textbook's formula, the bias as a column that does not decay."""
    columns = np.column_stack([X, np.ones(len(X))]) if bias else X
    pull = np.diag([0.5 * decay * len(X)] * X.shape[1] + [0.0] * bias)
    return np.linalg.solve(columns.T @ columns + pull, columns.T @ Y)


@pytest.mark.parametrize(("solver", "rtol"), [("lstsq", 1e-9), ("gradient", 1e-4)])
@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("bias", [True, False])
def test_the_minimum_is_that_of_the_normal_equations(solver, rtol, decay, bias):
    model = LinearRegression(solver, decay, bias).fit(X, Y)
    expected = normal_equations(X, Y, decay, bias)
    np.testing.assert_allclose(model.connectivity_.weights, expected[:4], rtol=rtol, atol=rtol)
    np.testing.assert_allclose(model.bias_, expected[4] if bias else 0.0, rtol=rtol)
    np.testing.assert_array_equal(model.predict(X), X @ model.connectivity_.weights + model.bias_)


def test_ridge_is_that_of_scikit_learn():
    linear = pytest.importorskip("sklearn.linear_model")
    ridge = linear.Ridge(alpha=0.1 * len(X) / 2, solver="svd").fit(X, Y)
    model = LinearRegression(weight_decay=0.1).fit(X, Y)
    np.testing.assert_allclose(model.connectivity_.weights.T, ridge.coef_, rtol=1e-9)
    assert model.score(X, Y) == pytest.approx(ridge.score(X, Y))


def test_one_output_or_several():
    one, several = LinearRegression().fit(X, Y[:, 0]), LinearRegression().fit(X, Y)
    assert one.predict(X).shape == (120,)
    np.testing.assert_allclose(one.predict(X), several.predict(X)[:, 0], rtol=1e-12)
    assert 0.9 < one.score(X, Y[:, 0]) < 1.0


@pytest.mark.parametrize("solver", ["lstsq", "gradient"])
def test_inputs_that_depend_on_each_other(solver):
    twice = np.column_stack([X, X[:, 0], np.full(120, 0.3)])
    model = LinearRegression(solver).fit(twice, Y)
    np.testing.assert_allclose(model.predict(twice), LinearRegression().fit(X, Y).predict(X), rtol=1e-5)
    weights = model.connectivity_.weights
    np.testing.assert_allclose(weights[0], weights[4], rtol=1e-6)  # the smallest of all solutions
    np.testing.assert_allclose(weights[5], 0.0, atol=1e-9)


def test_units_do_not_matter():
    expected = LinearRegression().fit(X, Y).predict(X)
    wide = LinearRegression("gradient").fit(X * 1e-150, Y * 1e100)
    np.testing.assert_allclose(wide.predict(X * 1e-150), expected * 1e100, rtol=1e-5)
    tiny = LinearRegression("gradient").fit(X * [1.0, 1.0, 1.0, 1e-200], Y)
    assert np.isfinite(tiny.predict(X)).all()


def test_fewer_samples_than_inputs():
    model = LinearRegression().fit(X[:3], Y[:3])
    np.testing.assert_allclose(model.predict(X[:3]), Y[:3], rtol=1e-9)


def test_a_descent_that_does_not_arrive_says_so():
    with pytest.warns(UserWarning, match="after 2 steps the largest entry of the gradient is"):
        LinearRegression("gradient", max_steps=2).fit(X, Y)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"solver": "lsqr"}, "solver = 'lsqr': must be one of lstsq, gradient.*Did you mean 'lstsq'"),
        ({"solver": None}, "LinearRegression.solver = None"),
        ({"weight_decay": -1.0}, "weight_decay = -1.0: must be at least 0 and finite"),
        ({"fit_intercept": 1}, "fit_intercept = 1: must be True or False"),
        ({"max_steps": 0}, "max_steps = 0"),
        ({"tolerance": 0.0}, "tolerance = 0.0: must be positive"),
    ],
)
def test_parameters_that_cannot_be_used(changes, message):
    with pytest.raises(ParameterError, match=message):
        LinearRegression(**changes).fit(X, Y)


def test_data_that_cannot_be_used():
    model = LinearRegression().fit(X, Y)
    before = model.connectivity_
    for inputs, outputs, message in (
        (X[:5], Y, r"the shape must be \(5,\) or \(5, n_outputs\)"),
        (X, np.full(120, np.nan), "must be finite"),
        (X * 1e200, Y, r"fit\(X\) = .*e\+20.: is too large for a deviation"),
        (X, Y * 1e200, r"fit\(y\) = .*is too large for a deviation"),
    ):
        with pytest.raises(ParameterError, match=message):
            model.fit(inputs, outputs)
    assert model.connectivity_ is before
    with pytest.raises(ParameterError, match=r"score\(y\).*the shape must be \(120, 2\)"):
        model.score(X, Y[:, 0])
    with pytest.raises(NonFiniteError, match=r"predict: the drive for X\[0\] is not finite"):
        model.predict(np.full((1, 4), 1e308) * np.sign(model.connectivity_.weights[:, 0]) * 1.7)
