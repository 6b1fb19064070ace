"""Logistic and softmax regression: conditions of the minimum, SciPy's minimiser, scikit-learn, bad input."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_softmax, logsumexp

from neurosim.errors import ParameterError
from neurosim.rate import LogisticRegression
from neurosim.rate.estimators.newton import CrossEntropy

rng = np.random.default_rng(5)
X = rng.standard_normal((150, 4)) * [1.0, 5.0, 0.3, 1.0] + [0.0, 10.0, 1.0, -2.0]
DRIVES = (X - X.mean(axis=0)) / X.std(axis=0) @ rng.standard_normal((4, 4)) + rng.gumbel(size=(150, 4))


def labels(n_classes):
    return DRIVES[:, :n_classes].argmax(axis=1)


def loss_of(theta, y, n_units, decay, bias):
    """The loss as the docstring writes it: a softmax with a first column of 0 for a single unit."""
    weights = theta[: 4 * n_units].reshape(4, n_units)
    drives = X @ weights + (theta[4 * n_units :] if bias else 0.0)
    if n_units == 1:
        drives = np.column_stack([np.zeros(len(X)), drives])
    return -log_softmax(drives, axis=1)[np.arange(len(X)), y].mean() + 0.5 * decay * (weights**2).sum()


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize(("decay", "bias"), [(0.0, True), (0.05, True), (0.05, False)])
def test_both_solvers_reach_the_minimum_that_scipy_finds(n_classes, decay, bias):
    y, n_units = labels(n_classes), 1 if n_classes == 2 else n_classes
    start = np.zeros((4 + bias) * n_units)
    found = minimize(loss_of, start, (y, n_units, decay, bias), method="BFGS", options={"gtol": 1e-6})
    for solver in ("newton", "gradient"):
        model = LogisticRegression(solver, decay, bias, tolerance=1e-7).fit(X, y)
        theta = np.concatenate([model.connectivity_.weights.ravel(), model.bias_[: n_units * bias]])
        assert loss_of(theta, y, n_units, decay, bias) <= found.fun + 1e-9
        if n_classes == 2 or (decay and not bias):  # otherwise a shift common to all units is free
            np.testing.assert_allclose(theta, found.x, atol=2e-3)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_probabilities_are_those_of_scikit_learn(n_classes):
    linear = pytest.importorskip("sklearn.linear_model")
    y = labels(n_classes)
    reference = linear.LogisticRegression(C=1.0 / (0.02 * len(X)), solver="newton-cg", tol=1e-9).fit(X, y)
    model = LogisticRegression(weight_decay=0.02, tolerance=1e-9).fit(X, y)
    p = model.predict_proba(X)
    np.testing.assert_allclose(p, reference.predict_proba(X), atol=1e-5)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_array_equal(model.classes_[p.argmax(axis=1)], model.predict(X))
    assert model.n_steps_ < 10


@pytest.mark.parametrize("n_units", [1, 3])
def test_derivatives_by_differences(n_units):
    decay = np.array([0.1, 0.2, 0.0, 0.3])
    loss = CrossEntropy(X / X.std(axis=0), labels(max(n_units, 2)), n_units, decay)
    weights = 0.3 * rng.standard_normal((4, n_units))
    gradient, rows = loss.derivatives(weights)
    for unit in range(n_units):
        for i in range(4):
            step = np.zeros((4, n_units))
            step[i, unit] = 1e-5
            ahead, behind = weights + step, weights - step
            slope = (loss.value(ahead) - loss.value(behind)) / 2e-5
            assert gradient[i, unit] == pytest.approx(slope, abs=1e-8)
            bend = (loss.derivatives(ahead)[0] - loss.derivatives(behind)[0]) / 2e-5
            np.testing.assert_allclose(rows[unit * 4 + i], bend.T.ravel(), atol=1e-8)


def test_without_decay_the_predicted_counts_are_the_true_ones():
    # The gradient by each bias is 0 at the minimum, and so is that by each weight.
    y = labels(4)
    model = LogisticRegression(tolerance=1e-10).fit(X, y)
    difference = model.predict_proba(X) - np.eye(4)[y]
    np.testing.assert_allclose(difference.sum(axis=0), 0.0, atol=1e-6)
    np.testing.assert_allclose(X.T @ difference, 0.0, atol=1e-5)


def test_the_minimum_of_a_table_in_closed_form():
    # 3 of 4 are true at x = 0 and 1 of 4 at x = 1: the log odds are log 3 and -log 3.
    x = np.repeat([0.0, 1.0], 4)[:, None]
    model = LogisticRegression(tolerance=1e-12).fit(x, [1, 1, 1, 0, 1, 0, 0, 0])
    assert model.bias_[0] == pytest.approx(np.log(3.0), rel=1e-9)
    assert model.connectivity_.weights[0, 0] == pytest.approx(-2.0 * np.log(3.0), rel=1e-9)


@pytest.mark.parametrize("solver", ["newton", "gradient"])
def test_separable_classes_and_inputs_that_depend_on_each_other(solver):
    x = np.column_stack([X[:, 0], X[:, 0], np.ones(150)])
    model = LogisticRegression(solver).fit(x, X[:, 0] > 0.1)
    assert model.score(x, X[:, 0] > 0.1) == 1.0
    weights = model.connectivity_.weights
    assert weights[0] == pytest.approx(weights[1])
    assert np.isfinite(weights).all()


def test_far_inputs_do_not_overflow():
    model = LogisticRegression(weight_decay=0.01).fit(X, labels(4))
    p = model.predict_proba(1e6 * X)
    assert np.isfinite(p).all()
    drives = model.decision_function(X)
    np.testing.assert_allclose(
        np.log(model.predict_proba(X)), drives - logsumexp(drives, axis=1, keepdims=True), rtol=1e-9
    )


def test_who_does_not_arrive_says_so():
    for solver in ("newton", "gradient"):
        with pytest.warns(UserWarning, match="after 2 steps the largest entry of the gradient is"):
            LogisticRegression(solver, max_steps=2).fit(X, labels(4))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"solver": "newtn"}, "solver = 'newtn': must be one of newton, gradient.*Did you mean 'newton'"),
        ({"weight_decay": np.nan}, "weight_decay = nan: must be at least 0 and finite"),
        ({"fit_intercept": None}, "fit_intercept = None"),
        ({"max_steps": 1.5}, "max_steps = 1.5"),
        ({"tolerance": -1.0}, "tolerance = -1.0"),
    ],
)
def test_parameters_that_cannot_be_used(changes, message):
    with pytest.raises(ParameterError, match=message):
        LogisticRegression(**changes).fit(X, labels(2))


def test_too_many_weights_for_newton():
    wide = np.zeros((4, 1000))
    with pytest.raises(
        ParameterError, match=r"is for up to 1000 weights, and here are 1001\. Use 'gradient'"
    ):
        LogisticRegression().fit(wide, [0, 1, 0, 1])
    assert LogisticRegression("gradient").fit(wide, [0, 1, 0, 1]).predict_proba(wide)[0, 0] == 0.5
