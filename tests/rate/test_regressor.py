"""MLPRegressor: closed forms, units, several outputs, losses and errors."""

import numpy as np
import pytest

from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate import MLPRegressor, huber
from neurosim.rate.estimators.r_squared import r_squared

rng = np.random.default_rng(11)
X = rng.standard_normal((60, 2))
Y = 3.0 * X[:, 0] - X[:, 1] + 7.0


def quick(**changes):
    return MLPRegressor(
        **({"hidden": (8,), "epochs": 30, "learning_rate": 0.02, "random_state": 1} | changes)
    )


def test_without_hidden_layers_it_is_least_squares():
    noisy = np.column_stack([Y, X[:, 1]]) + rng.standard_normal((60, 2))
    ones = np.ones((60, 1))
    solution = np.linalg.lstsq(np.hstack([X, ones]), noisy)[0]
    model = quick(hidden=(), optimiser="sgd", epochs=300, batch_size=60, learning_rate=0.05).fit(X, noisy)
    np.testing.assert_allclose(model.predict(X), np.hstack([X, ones]) @ solution, atol=1e-6)


def test_a_parabola_and_its_unit():
    x = np.linspace(-1.0, 1.0, 80)[:, None]
    y = x[:, 0] ** 2
    model = quick(hidden=(32,), epochs=200, batch_size=16).fit(x, y)
    assert model.score(x, y) > 0.99
    far = quick(hidden=(32,), epochs=200, batch_size=16).fit(x, 1e6 * y + 1e8)
    assert far.score(x, 1e6 * y + 1e8) > 0.99
    np.testing.assert_allclose(far.predict(x), 1e6 * model.predict(x) + 1e8, rtol=1e-6)


def test_shapes_and_dtypes():
    flat, column = quick(epochs=2).fit(X, Y), quick(epochs=2).fit(X, Y[:, None])
    assert flat.predict(X).shape == (60,)
    np.testing.assert_array_equal(column.predict(X), flat.predict(X)[:, None])
    both = quick(epochs=2, dtype="float32").fit(X, np.column_stack([Y, X]))
    assert both.predict(X).shape == (60, 3)
    assert both.n_outputs_ == 3
    assert both.predict(X).dtype == np.float64
    assert both.connectivities_[0].weights.dtype == np.float32


def test_an_output_that_never_varies_is_learnt_as_it_is():
    model = quick(epochs=100).fit(X, np.column_stack([Y, np.full(60, 3.0)]))
    assert model.response_deviation_[1] == 1.0
    np.testing.assert_allclose(model.predict(X)[:, 1], 3.0, atol=0.1)


@pytest.mark.parametrize("loss", ["mean_absolute_error", "huber", lambda y, t: huber(y, t, 0.1)])
def test_robust_losses_disregard_outliers(loss):
    spoilt = Y.copy()
    spoilt[:6] += 60.0
    settings = {"hidden": (), "epochs": 100}
    error = np.abs(quick(loss=loss, **settings).fit(X, spoilt).predict(X) - Y).mean()
    assert error < 0.5 * np.abs(quick(**settings).fit(X, spoilt).predict(X) - Y).mean()


def test_r_squared():
    metrics = pytest.importorskip("sklearn.metrics")
    truth = rng.standard_normal((20, 3))
    truth[:, 2] = 4.0
    guess = truth + rng.standard_normal((20, 3))
    for t, p in ((truth, guess), (truth[:, 0], guess[:, 0]), (truth, truth), (truth[:, 2], guess[:, 2])):
        assert r_squared(t, p) == pytest.approx(metrics.r2_score(t, p), abs=1e-12)


def test_validation_history_and_seed():
    first, again = (quick(validation_fraction=0.25).fit(X, Y) for _ in range(2))
    assert len(first.history_.validation_loss) == 30
    assert first.history_.accuracy == []
    np.testing.assert_array_equal(first.predict(X), again.predict(X))
    assert first.seed_ == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: quick(loss="mse").fit(X, Y),
            r"MLPRegressor.loss = 'mse': .* function or one of mean_sq",
        ),
        (lambda: quick(loss="hinge").fit(X, Y), r"MLPRegressor.loss = 'hinge'"),
        (lambda: quick(loss=3).fit(X, Y), r"MLPRegressor.loss = 3"),
        (lambda: quick(warm_start="yes").fit(X, Y), "MLPRegressor.warm_start = 'yes': must be True or False"),
        (lambda: quick().fit(np.ma.masked_less(X, 0.0), Y), r"fit\(X\) = 'MaskedArray': holds masked values"),
        (lambda: quick(validation_fraction=0.001).fit(X, Y), "MLPRegressor.validation_fraction = 0.001"),
        (lambda: quick(hidden=(0,)).fit(X, Y), r"MLPRegressor.hidden = \(0,\)"),
        (lambda: quick(epoch=3), "epoch"),
        (lambda: quick().fit(X, Y[:5]), r"fit\(y\) = \(5,\): the shape must be \(60,\) or \(60, n_outputs\)"),
        (lambda: quick().fit(X, np.zeros((60, 0))), r"fit\(y\) = \(60, 0\)"),
        (lambda: quick().fit(X, np.zeros((60, 2, 2))), r"fit\(y\) = \(60, 2, 2\)"),
        (lambda: quick().fit(X, ["a"] * 60), "real numbers"),
        (lambda: quick().fit(X, np.where(Y[3] < Y, np.inf, Y)), r"fit\(y\)\[\d+\] = inf: must be finite"),
        (lambda: quick().fit(X, 1e200 * Y), "is too large for a standard deviation"),
        (lambda: quick().fit(X, None), "the target y is None"),
        (lambda: quick().predict(X), "is not trained yet"),
        (lambda: quick(epochs=1).fit(X, Y).predict(X[:, :1]), "X has 1 features"),
        (lambda: quick(epochs=1).fit(X, Y).score(X, X), r"score\(y\) = \(60, 2\): the shape must be \(60,\)"),
    ],
)
def test_errors(call, message):
    with pytest.raises((ParameterError, TypeError), match=message):
        call()


def test_a_failed_fit_changes_nothing():
    model = quick(epochs=2).fit(X, Y)
    before = model.predict(X)
    with pytest.raises(NonFiniteError, match="Lower the learning rate"):
        model.set_params(optimiser="sgd", learning_rate=1e30).fit(X, Y)
    np.testing.assert_array_equal(model.predict(X), before)
