"""Every estimator in scikit-learn's form: its own checks, names of columns, pipelines and searches."""

import pickle
import sys
import warnings

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.rate import (
    Affine,
    Autoencoder,
    LinearRegression,
    LogisticRegression,
    MLPClassifier,
    MLPRegressor,
    Perceptron,
)

rng = np.random.default_rng(3)
X = rng.standard_normal((40, 3))
Y = (X[:, 0] > 0.0).astype(int)

# In float64, since some checks compare what is computed for one sample and for many to seven digits.
QUICK = {"epochs": 20, "learning_rate": 0.02, "random_state": 0, "dtype": "float64"}
NETWORKS = [
    MLPClassifier((16,), **QUICK),
    MLPRegressor((16,), **QUICK),
    Autoencoder((4, 2), **QUICK),
]
ESTIMATORS = [
    *NETWORKS,
    Perceptron("random", random_state=0),
    LinearRegression(),
    LogisticRegression(),
]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_all_checks_of_scikit_learn(estimator):
    checks = pytest.importorskip("sklearn.utils.estimator_checks")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it does not inherit, and what a check provokes
        results = checks.check_estimator(estimator, on_fail=None, on_skip=None)
    failed = {r["check_name"]: str(r["exception"]) for r in results if r["status"] == "failed"}
    assert not failed
    assert sum(r["status"] == "passed" for r in results) > 40


class Frame:
    """As much of a data frame as an estimator looks at."""

    def __init__(self, values, columns):
        self.values, self.columns = values, columns

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype)


def test_names_of_columns():
    classifier = MLPClassifier((2,), epochs=1)
    classifier.fit(Frame(X, ["a", "b", "c"]), Y)
    np.testing.assert_array_equal(classifier.feature_names_in_, ["a", "b", "c"])
    classifier.predict(Frame(X, ["a", "b", "c"]))
    with pytest.raises(ParameterError, match="same order as they were in fit"):
        classifier.predict(Frame(X, ["b", "a", "c"]))
    with pytest.raises(ParameterError, match=r"unseen at fit time:\n- z\n.*now missing:\n- a"):
        classifier.predict(Frame(X, ["z", "b", "c"]))
    with pytest.warns(UserWarning, match="X does not have valid feature names, but MLPClassifier"):
        classifier.predict(X)
    with pytest.raises(ParameterError, match=r"fit\(X\).columns = \['a', 1, 2\]: must all be text"):
        classifier.fit(Frame(X, ["a", 1, 2]), Y)
    classifier.fit(X, Y)
    assert not hasattr(classifier, "feature_names_in_")
    with pytest.warns(UserWarning, match="was fitted without feature names"):
        classifier.predict(Frame(X, ["a", "b", "c"]))
    classifier.predict(Frame(X, [0, 1, 2]))


def test_labels_in_a_column_are_flattened_with_a_warning():
    classifier = MLPClassifier((2,), epochs=1, random_state=0)
    with pytest.warns(UserWarning, match=r"column-vector y .* Give y.ravel\(\)"):
        column = classifier.fit(X, Y[:, None]).predict(X)
    np.testing.assert_array_equal(column, classifier.fit(X, Y).predict(X))


def test_errors_are_those_of_scikit_learn_where_it_is_in_use(monkeypatch):
    exceptions = pytest.importorskip("sklearn.exceptions")
    with pytest.raises(exceptions.NotFittedError, match="is not trained yet"):
        MLPClassifier().predict(X)
    monkeypatch.delitem(sys.modules, "sklearn.exceptions")
    with pytest.raises(ParameterError, match="is not trained yet") as raised:
        MLPClassifier().predict(X)
    assert type(raised.value) is ParameterError


def test_pipelines_and_searches():
    pytest.importorskip("sklearn")
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    far = 100.0 + 1000.0 * X
    for model, y in ((MLPClassifier(**QUICK), Y), (MLPRegressor(**QUICK), X[:, 0])):
        name = type(model).__name__.lower()
        pipeline = make_pipeline(StandardScaler(), model)
        search = GridSearchCV(pipeline, {f"{name}__hidden": [(), (8,)], f"{name}__epochs": [1, 40]}, cv=2)
        search.fit(far, y)
        assert search.best_params_[f"{name}__epochs"] == 40
        assert search.best_score_ > 0.8
        assert search.best_estimator_[-1].n_features_in_ == 3
    coded = make_pipeline(StandardScaler(), Autoencoder((2,), "identity", **QUICK), MLPClassifier(**QUICK))
    assert coded.fit(far, Y).predict(far).shape == (40,)
    assert coded[:-1].transform(far).shape == (40, 2)


def test_types_of_numpy_are_as_good_as_names_and_truth_values_of_python():
    named = MLPClassifier(**QUICK | {"dtype": "float32"}).fit(X, Y)
    typed = MLPClassifier(**QUICK | {"dtype": np.float32, "progress": np.False_}).fit(X, Y)
    np.testing.assert_array_equal(typed.biases_[0], named.biases_[0])
    for dtype in (np.int32, float, "float16", None, 32):
        with pytest.raises(ParameterError, match=r"MLPClassifier.dtype = .*must be 'float32' or 'float64'"):
            MLPClassifier(dtype=dtype).fit(X, Y)
    assert not Perceptron(fit_intercept=np.False_).fit(X, Y).bias_.any()
    assert Affine(2, bias=np.False_).describe() == "Affine(? → 2, no bias)"


@pytest.mark.parametrize("estimator", NETWORKS, ids=lambda e: type(e).__name__)
def test_a_warm_start_goes_on_with_the_network(estimator):
    model = type(estimator)(**estimator.get_params()).set_params(warm_start=True, hidden=(4,))
    network = model.fit(X, Y).network_
    first, before = model.history_.loss, model.network_(X).value.copy()
    assert model.fit(X, Y).network_ is network
    assert model.history_.loss[0] < first[0]
    assert not np.array_equal(model.network_(X).value, before)
    with pytest.raises(ParameterError, match=rf"{type(model).__name__}.warm_start = True: the network there"):
        model.set_params(hidden=(5,)).fit(X, Y)
    assert model.set_params(warm_start=False).fit(X, Y).network_ is not network


def test_a_warm_start_keeps_classes_and_units():
    classifier = MLPClassifier((2,), **QUICK, warm_start=True).fit(X, Y)
    with pytest.raises(
        ParameterError, match=r"fit\(y\) = \[0, 2\]: a warm start needs the same classes, \[0, 1\]"
    ):
        classifier.fit(X, 2 * Y)
    regressor = MLPRegressor((2,), **QUICK, warm_start=True).fit(X, X[:, 0])
    deviation = regressor.response_deviation_
    np.testing.assert_array_equal(regressor.fit(X, 5.0 * X[:, 0]).response_deviation_, deviation)


def test_what_learnt_survives_pickling_and_so_do_errors():
    tied = Autoencoder((2,), tied=True, **QUICK).fit(X)
    again = pickle.loads(pickle.dumps(tied))
    np.testing.assert_array_equal(again.reconstruct(X), tied.reconstruct(X))
    again.connectivities_[0].weights[...] = 0.0
    assert not again.connectivities_[1].to_dense().any()
    with pytest.raises(ParameterError) as raised:
        tied.transform(X[:, :2])
    error = pickle.loads(pickle.dumps(raised.value))
    assert (str(error), error.where) == (str(raised.value), "Autoencoder.transform(X)")
