"""L-BFGS and Newton: closed forms, Rosenbrock, saddles, scikit-learn, errors."""

import numpy as np
import pytest

from neurosim.connectivity import Dense
from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate import Affine, Variable, minimise, softmax_cross_entropy


def rosenbrock(p):
    x, y = p
    return (1.0 - x) ** 2 + 100.0 * (y - x**2) ** 2


@pytest.mark.parametrize(("method", "most"), [("l-bfgs", 60), ("newton", 40)])
def test_rosenbrock(method, most):
    array = np.array([-1.2, 1.0])
    point = Variable(array)
    found = minimise(lambda: rosenbrock(point), [point], method, tolerance=1e-8)
    assert point.value is array
    np.testing.assert_allclose(array, [1.0, 1.0], atol=1e-7)
    assert found.converged
    assert found.loss < 1e-14
    assert found.n_steps < most


@pytest.mark.parametrize("method", ["l-bfgs", "newton"])
def test_linear_regression_in_closed_form(method):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((50, 4)), rng.standard_normal((50, 2))
    layer = Affine(Dense(np.zeros((4, 2))))
    found = minimise(lambda: ((layer(x) - y) ** 2).mean(), layer.parameters(), method, tolerance=1e-10)
    expected = np.linalg.lstsq(np.c_[x, np.ones(50)], y, rcond=None)[0]
    np.testing.assert_allclose(layer.weights.value, expected[:4], atol=1e-7)
    np.testing.assert_allclose(layer.bias.value, expected[4], atol=1e-7)
    if method == "newton":
        assert found.n_steps <= 4  # one step is exact, once the region of trust reaches that far


def test_logistic_regression_as_scikit_learn():
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(1)
    x, labels = rng.standard_normal((80, 3)), rng.integers(0, 3, 80)
    layer = Affine(Dense(np.zeros((3, 3))))

    def penalised():
        return softmax_cross_entropy(layer(x), labels) * 80.0 + (layer.weights**2).sum() * 0.5

    found = minimise(penalised, layer.parameters(), tolerance=1e-7)
    assert found.converged
    reference = linear_model.LogisticRegression(C=1.0, tol=1e-10, max_iter=1000).fit(x, labels)
    np.testing.assert_allclose(layer.weights.value, reference.coef_.T, atol=1e-6)


def test_newton_is_not_drawn_to_a_saddle():
    """x^2 - y^2 + y^4/2: a saddle at 0, which Newton's plain step would reach, minima of -1/2 at y = +-1."""
    point = Variable(np.array([0.5, 1e-3]))

    def loss():
        x, y = point
        return x**2 - y**2 + y**4 * 0.5

    found = minimise(loss, [point], "newton")
    assert found.loss == pytest.approx(-0.5)
    assert abs(point.value[1]) == pytest.approx(1.0, abs=1e-4)


def test_float32_and_parameters_without_influence():
    single, idle = Variable(np.full(3, 5.0, np.float32)), Variable(np.ones(2))
    minimise(lambda: ((single - 2.0) ** 2).sum(), [single, idle])
    assert single.dtype == np.float32
    np.testing.assert_allclose(single.value, 2.0, atol=1e-5)
    np.testing.assert_array_equal(idle.value, 1.0)


def test_interrupt_and_divergence_keep_the_best_point():
    for error in (KeyboardInterrupt, NonFiniteError):
        point, values = Variable(np.array([-1.2, 1.0])), []

        def loss(point=point, values=values, error=error):
            if len(values) == 12:
                if error is KeyboardInterrupt:
                    raise KeyboardInterrupt
                return rosenbrock(point) * np.nan
            found = rosenbrock(point)
            values.append(float(found))
            return found

        with pytest.raises(error):
            minimise(loss, [point])
        assert float(rosenbrock(point)) == pytest.approx(min(values))
        assert min(values) < values[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "lbfgs"}, "minimise.method = 'lbfgs': .*Did you mean 'l-bfgs'"),
        ({"method": None}, "minimise.method = None"),
        ({"max_steps": 0}, "minimise.max_steps = 0"),
        ({"tolerance": -1.0}, "minimise.tolerance = -1.0"),
        ({"parameters": []}, "minimise.parameters = .*nothing to learn"),
        ({"parameters": [np.ones(2)]}, r"minimise.parameters\[0\]"),
        ({"loss": lambda: 3.0}, r"minimise.loss\(\) = 3.0: must return a Variable"),
        (
            {"method": "newton", "parameters": [Variable(np.ones(1001))]},
            "up to 1000 weights, and here are 1001",
        ),
        ({"method": "newton", "parameters": [Variable(np.ones(2, np.float32))]}, "needs float64"),
    ],
)
def test_errors(options, message):
    point = Variable(np.ones(2))
    arguments = {"loss": lambda: (point**2).sum(), "parameters": [point]} | options
    with pytest.raises(ParameterError, match=message):
        minimise(**arguments)
    np.testing.assert_array_equal(point.value, 1.0)
