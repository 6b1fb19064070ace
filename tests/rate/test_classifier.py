"""MLPClassifier: real digits, the habits of scikit-learn, reproducibility and errors."""

import subprocess
import sys

import numpy as np
import pytest

from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate import GaussianNoise, MLPClassifier, SoftLIF, TuningCurve
from neurosim.rate.training.labels import split_stratified

rng = np.random.default_rng(8)
X = rng.standard_normal((80, 3))
Y = np.where(X[:, 0] > 0.0, "right", "left")


def quick(**changes):
    return MLPClassifier(
        **({"hidden": (8,), "epochs": 15, "learning_rate": 0.02, "random_state": 1} | changes)
    )


@pytest.fixture(scope="module")
def digits():
    datasets = pytest.importorskip("sklearn.datasets")
    from sklearn.model_selection import train_test_split

    X, y = datasets.load_digits(return_X_y=True)
    return train_test_split(X / 16.0, y, test_size=0.25, stratify=y, random_state=0)


@pytest.mark.parametrize("activation", ["relu", TuningCurve(SoftLIF(), offset=1.0)])
def test_digits(digits, activation):
    X_train, X_test, y_train, y_test = digits
    classifier = MLPClassifier(activation=activation, random_state=0).fit(X_train, y_train)
    assert classifier.score(X_test, y_test) >= 0.97
    p = classifier.predict_proba(X_test)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-5)
    np.testing.assert_array_equal(classifier.classes_[p.argmax(axis=1)], classifier.predict(X_test))


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (Y, "U"),
        (Y == "left", "b"),
        (np.where(Y == "left", 7, -3), "i"),
        (np.where(Y == "left", -1.0, 2.0), "f"),
    ],
)
def test_labels_of_any_type(labels, kind):
    classifier = quick().fit(X, labels)
    assert classifier.predict(X).dtype.kind == kind
    assert classifier.score(X, labels) > 0.95
    np.testing.assert_array_equal(classifier.classes_, np.unique(labels))


def test_same_seed_same_network():
    logits = [
        quick(random_state=seed, input_noise=0.1, activation_noise=0.1).fit(X, Y).decision_function(X)
        for seed in (3, 3, 4)
    ]
    np.testing.assert_array_equal(logits[0], logits[1])
    assert not np.array_equal(logits[0], logits[2])


def test_the_seed_used_is_stored():
    first = quick(random_state=None).fit(X, Y)
    assert quick(random_state=None).fit(X, Y).seed_ != first.seed_
    again = quick(random_state=first.seed_).fit(X, Y)
    np.testing.assert_array_equal(first.decision_function(X), again.decision_function(X))
    from_generator = quick(random_state=np.random.default_rng(5)).fit(X, Y)
    again = quick(random_state=from_generator.seed_).fit(X, Y)
    np.testing.assert_array_equal(from_generator.decision_function(X), again.decision_function(X))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_learned_attributes_are_the_networks_own(dtype):
    classifier = quick(hidden=(6, 4), dtype=dtype).fit(X, Y)
    assert [c.weights.shape for c in classifier.connectivities_] == [(3, 6), (6, 4), (4, 2)]
    assert [b.shape for b in classifier.biases_] == [(6,), (4,), (2,)]
    assert classifier.decision_function(X).dtype == dtype
    assert classifier.n_features_in_ == 3
    classifier.connectivities_[-1].weights[...] = 0.0
    expected = np.tile(classifier.biases_[-1], (len(X), 1))
    np.testing.assert_array_equal(classifier.network_(X).value, expected)
    np.testing.assert_array_equal(classifier.decision_function(X), expected[:, 1] - expected[:, 0])
    classifier.biases_[-1][:] = [5.0, 0.0]
    assert (classifier.predict(X) == "left").all()


def test_noise_layers_and_validation():
    classifier = quick(input_noise=0.1, activation_noise=0.2, validation_fraction=0.25).fit(X, Y)
    assert [layer.std for layer in classifier.network_ if isinstance(layer, GaussianNoise)] == [0.1, 0.2]
    assert len(classifier.history_.validation_accuracy) == 15
    np.testing.assert_array_equal(classifier.decision_function(X), classifier.decision_function(X))


def test_validation_takes_the_same_share_of_every_class():
    labels = np.repeat([0, 1, 2], [40, 20, 1])
    kept, set_aside = split_stratified(labels, 0.3, np.random.default_rng(0))
    np.testing.assert_array_equal(np.bincount(labels[set_aside], minlength=3), [12, 6, 0])
    np.testing.assert_array_equal(np.sort(np.concatenate([kept, set_aside])), np.arange(61))
    kept, _ = split_stratified(labels, 0.9, np.random.default_rng(0))
    np.testing.assert_array_equal(np.bincount(labels[kept]), [4, 2, 1])


def test_softmax_regression_and_sgd():
    assert quick(hidden=(), optimiser="sgd", learning_rate=0.1).fit(X, Y).score(X, Y) > 0.95
    assert quick(hidden=(), optimiser="nadam", learning_rate=0.1).fit(X, Y).score(X, Y) > 0.95


def test_get_and_set_params():
    classifier = quick()
    assert classifier.get_params()["hidden"] == (8,)
    assert classifier.set_params(epochs=3, optimiser="sgd") is classifier
    assert classifier.epochs == 3
    with pytest.raises(ParameterError, match=r"MLPClassifier.epoch = 3: is not a parameter.*epochs"):
        classifier.set_params(optimiser="adam", epoch=3)
    assert classifier.optimiser == "sgd"
    assert repr(quick()) == "MLPClassifier(hidden=(8,), epochs=15, learning_rate=0.02, random_state=1)"


def test_inside_scikit_learn():
    pytest.importorskip("sklearn")
    from sklearn.base import clone, is_classifier
    from sklearn.model_selection import cross_val_score

    classifier = quick()
    assert is_classifier(classifier)
    assert clone(classifier).get_params() == classifier.get_params()
    assert cross_val_score(classifier, X, Y, cv=3).mean() > 0.85


def test_import_is_light():
    code = (
        "import sys, neurosim.rate;"
        "print([m for m in ('numba', 'scipy', 'sympy', 'matplotlib', 'sklearn', 'tqdm') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def with_nan():
    broken = X.copy()
    broken[4, 1] = np.nan
    return broken


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quick().fit(with_nan(), Y), r"MLPClassifier.fit\(X\)\[4, 1\] = nan: must be finite"),
        (lambda: quick().fit(X[:, 0], Y), r"fit\(X\) = \(80,\)"),
        (lambda: quick().fit(X * 1e39, Y), r"fit\(X\)\[0, 0\] = -?\d.*: must fit float32"),
        (lambda: quick().fit([[1.0, 2.0], [3.0]], [0, 1]), r"fit\(X\) = .*rows equally long"),
        (lambda: quick().fit(X, [[0], 1] * 40), r"fit\(y\) = .*rows equally long"),
        (lambda: quick().fit(X, [1, "a"] * 40), r"fit\(y\) = .*mixed types"),
        (lambda: quick().fit(X, [1j, 2.0] * 40), r"fit\(y\) = .*complex"),
        (lambda: quick(epochs=1).fit(X, Y).score(X, np.zeros(80)), r"score\(y\) = .*must be str"),
        (lambda: quick(epochs=1).fit(X, Y == "left").score(X, Y), r"score\(y\) = .*must be numbers"),
        (lambda: quick(hidden=(10**12,)).fit(X, Y), r"hidden = \(1000000000000,\).* 20000000000000 bytes"),
        (lambda: quick(optimiser=["sgd"]).fit(X, Y), r"MLPClassifier.optimiser"),
        (lambda: quick(dtype=np.zeros(2)).fit(X, Y), r"MLPClassifier.dtype"),
        (lambda: quick().fit([["a"]], [1]), r"must be real numbers"),
        (lambda: quick().fit(X, Y[:-1]), r"fit\(y\) = \(79,\): the shape must be \(80,\)"),
        (lambda: quick().fit(X, np.zeros(80)), r"fit\(y\) = \[0.0\]: needs at least two classes"),
        (lambda: quick().fit(X, X[:, 0]), r"fit\(y\) = .*continuous.*regressor"),
        (lambda: quick().fit(X, np.full(80, np.nan)), r"every label must be finite"),
        (lambda: quick().fit(X, np.array(["a", 1] * 40, dtype=object)), r"mixed types"),
        (lambda: quick(hidden=(8, 0)).fit(X, Y), r"MLPClassifier.hidden = \(8, 0\)"),
        (lambda: quick(hidden=8).fit(X, Y), r"MLPClassifier.hidden = 8"),
        (lambda: quick(activation="rleu").fit(X, Y), r"MLPClassifier.activation = 'rleu'.*'relu'"),
        (lambda: quick(optimiser="adma").fit(X, Y), r"MLPClassifier.optimiser = 'adma': .*Did you mean 'ada"),
        (lambda: quick(epochs=-1).fit(X, Y), r"MLPClassifier.epochs = -1"),
        (lambda: quick(dtype="int8").fit(X, Y), r"MLPClassifier.dtype"),
        (lambda: quick(random_state=-1).fit(X, Y), r"MLPClassifier.random_state = -1"),
        (lambda: quick(learning_rate=0.0).fit(X, Y), r"learning_rate = 0.0"),
        (lambda: quick(activation_noise=np.nan).fit(X, Y), r"MLPClassifier.activation_noise = nan"),
        (lambda: quick(validation_fraction=1.0).fit(X, Y), r"MLPClassifier.validation_fraction = 1.0"),
        (lambda: quick().predict(X), r"is not trained yet. Call fit first"),
        (lambda: quick(epochs=1).fit(X, Y).predict(X[:, :2]), r"\(80, 2\): X has 2 features, .* expecting 3"),
        (lambda: quick(epochs=1).fit(X, Y).score(X, Y[:3]), r"score\(y\) = \(3,\)"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ParameterError, match=message):
        call()


@pytest.mark.parametrize(
    "name", ["learning_rate", "weight_decay", "input_noise", "activation_noise", "validation_fraction"]
)
@pytest.mark.parametrize("value", ["0.1", None, True, np.array([0.1, 0.2])], ids=str)
def test_what_is_no_number_is_refused(name, value):
    with pytest.raises(ParameterError, match=f"MLPClassifier.{name} = "):
        quick(**{name: value}).fit(X, Y)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("part", ["weights", "bias"])
@pytest.mark.parametrize("predict", ["predict", "decision_function"])
def test_a_spoilt_parameter_is_named(value, part, predict):
    classifier = quick(epochs=1).fit(X, Y)
    if part == "weights":
        classifier.connectivities_[1].weights[0, 1] = value
    else:
        classifier.biases_[1][0] = value
    with pytest.raises(NonFiniteError, match=r"parameters of layer 2, Affine\(Dense 8 → 2\), are not finite"):
        getattr(classifier, predict)(X)


def test_logits_that_overflow_are_no_prediction():
    classifier = quick(epochs=1).fit(X, Y)
    for connectivity in classifier.connectivities_:
        connectivity.weights[...] = 1e30
    with pytest.raises(NonFiniteError, match="the output of layer 2"):
        classifier.predict(X)
