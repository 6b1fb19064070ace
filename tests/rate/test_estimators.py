"""Every estimator in scikit-learn's form: its own checks, names of columns, pipelines and searches."""

import sys
import warnings

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.rate import MLPClassifier

rng = np.random.default_rng(3)
X = rng.standard_normal((40, 3))
Y = (X[:, 0] > 0.0).astype(int)

ESTIMATORS = [MLPClassifier((16,), epochs=20, learning_rate=0.02, random_state=0)]


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


def test_pipeline_and_search():
    pytest.importorskip("sklearn")
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), MLPClassifier(epochs=20, learning_rate=0.02, random_state=0))
    search = GridSearchCV(
        model, {"mlpclassifier__hidden": [(), (8,)], "mlpclassifier__epochs": [1, 30]}, cv=2
    )
    search.fit(100.0 + 1000.0 * X, Y)
    assert search.best_params_["mlpclassifier__epochs"] == 30
    assert search.best_score_ > 0.85
    assert search.best_estimator_[-1].n_features_in_ == 3
