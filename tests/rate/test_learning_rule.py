"""Rosenblatt's rule against a twin in plain Python, its bound, the pocket, and the habits of scikit-learn."""

import itertools
import warnings

import numpy as np
import pytest

from neurosim import McCullochPitts, Network, Projection, SpikeGenerator, SpikeMonitor
from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate import Perceptron, largest_margin, truth_table_inputs

rng = np.random.default_rng(12)
ROWS = truth_table_inputs(2)
XOR = [0, 1, 1, 0]


def separable(n, d, gap, seed):
    generator = np.random.default_rng(seed)
    normal = generator.standard_normal(d)
    normal /= np.linalg.norm(normal)
    X = generator.standard_normal((n, d))
    y = X @ normal > 0.2
    return X + gap * np.where(y, 1.0, -1.0)[:, None] * normal, y


def twin(X, y, *, bias=True, max_epochs=1000):
    """The rule and the pocket as the docstring tells them: weights, bias, corrections, epochs, mistakes."""
    samples = [[*map(float, x), 1.0] if bias else list(map(float, x)) for x in X]
    w = [0.0] * len(samples[0])
    corrections, row, fewest, pocket = 0, 0, len(samples) + 1, w

    def right(weights, x, fires):
        drive = sum(a * b for a, b in zip(weights, x, strict=True))
        return drive > 0 if fires else drive < 0

    epoch = 0
    while epoch < max_epochs and fewest > 0:
        epoch += 1
        proposals = []
        for x, fires in zip(samples, y, strict=True):
            if right(w, x, fires):
                row += 1
                continue
            proposals.append((row, w))
            row, corrections = 0, corrections + 1
            w = [a + b if fires else a - b for a, b in zip(w, x, strict=True)]
        proposals.append((row, w))
        best = max(proposals, key=lambda proposal: proposal[0])[1]
        wrong = sum(not right(best, x, fires) for x, fires in zip(samples, y, strict=True))
        if wrong < fewest:
            fewest, pocket = wrong, best
    return pocket, corrections, epoch, fewest


def quiet(perceptron, X, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return perceptron.fit(X, y)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("overlap", "epochs"), [(0.0, 1000), (0.15, 30)])
def test_the_rule_equals_its_twin(bias, overlap, epochs):
    for seed in range(6):
        X, y = separable(40, 3, 0.05, seed)
        X = np.round(8.0 * X)  # whole numbers: no rounding, so that ties are ties
        y = y ^ (np.random.default_rng(seed).random(40) < overlap)
        unit = quiet(Perceptron(max_epochs=epochs, fit_intercept=bias), X, y)
        weights, corrections, n_epochs, mistakes = twin(X, y, bias=bias, max_epochs=epochs)
        learnt = [*unit.connectivity_.weights[:, 0], *unit.bias_[: int(bias)]]
        np.testing.assert_array_equal(learnt, weights)
        assert (unit.n_corrections_, unit.n_epochs_, unit.n_mistakes_) == (corrections, n_epochs, mistakes)
        assert unit.score(X, y) >= 1.0 - mistakes / 40  # a drive of 0 counts as a mistake in learning


@pytest.mark.parametrize("order", ["cyclic", "random"])
def test_corrections_stay_below_the_bound(order):
    for seed, (n, d, gap) in enumerate([(30, 2, 0.1), (50, 5, 0.3), (100, 3, 0.02), (20, 40, 0.5)]):
        X, y = separable(n, d, gap, seed)
        unit = Perceptron(order, max_epochs=100_000, random_state=seed).fit(X, y)
        assert unit.n_mistakes_ == 0
        assert unit.score(X, y) == 1.0
        assert 0 < unit.n_corrections_[0] <= largest_margin(X, y).mistake_bound


def test_the_bound_is_reached():
    # Unit vectors at right angles, each the only one that changes its weight: (R/gamma)^2 = n corrections.
    X = np.eye(7)
    y = np.arange(7) % 2 == 0
    unit = Perceptron(fit_intercept=False).fit(X, y)
    assert unit.n_corrections_[0] == 7
    assert largest_margin(X, y, fit_intercept=False).mistake_bound == pytest.approx(7.0)


def test_margins_in_closed_form():
    both = largest_margin(ROWS, [0, 0, 0, 1])
    # AND in the space with the constant input: x1 + x2 - 3/2 over sqrt(17)/2, farthest sample (1, 1, 1)
    np.testing.assert_allclose(both.weights, np.array([2, 2, -3]) / np.sqrt(17), atol=1e-9)
    assert both.distance == pytest.approx(1 / np.sqrt(17))
    assert both.mistake_bound == pytest.approx(51.0)
    pair = largest_margin([[-3.0, 0.0], [1.0, 0.0]], ["left", "right"], fit_intercept=False)
    np.testing.assert_allclose(pair.weights, [1.0, 0.0], atol=1e-12)
    assert (pair.distance, pair.radius) == (pytest.approx(1.0), 3.0)


@pytest.mark.parametrize(("n", "d"), [(200, 5), (60, 30), (2000, 2)])
def test_margins_equal_those_of_a_support_vector_machine(n, d):
    svm = pytest.importorskip("sklearn.svm")
    X, y = separable(n, d, 0.1, n)
    points = np.where(y, 1.0, -1.0)[:, None] * np.column_stack([X, np.ones(n)])
    machine = svm.SVC(kernel="linear", C=1e9, tol=1e-9)
    machine.fit(np.vstack([points, -points]), np.repeat([1, -1], n))
    found = largest_margin(X, y)
    assert found.distance == pytest.approx(1.0 / np.linalg.norm(machine.coef_), rel=1e-5)
    assert found.distance == pytest.approx((points @ found.weights).min(), rel=1e-12)


def test_fourteen_of_the_functions_of_two_inputs_are_separable():
    lost = []
    for outputs in itertools.product((0, 1), repeat=4):
        if len(set(outputs)) == 1:
            continue  # a single class
        if largest_margin(ROWS, outputs).separable:
            assert Perceptron().fit(ROWS, outputs).predict(ROWS).tolist() == list(outputs)
        else:
            lost.append(list(outputs))
    assert lost == [XOR, [1, 0, 0, 1]]


def test_a_function_that_is_not_separable_keeps_the_pocket_and_says_so():
    with pytest.warns(UserWarning, match=r"after 20 epochs the units answer \[.\] of 4 samples wrongly"):
        unit = Perceptron(max_epochs=20).fit(ROWS, XOR)
    assert unit.n_epochs_ == 20
    assert largest_margin(ROWS, XOR).mistake_bound == np.inf
    np.testing.assert_array_equal(largest_margin(ROWS, XOR).weights, 0.0)


def test_the_pocket_holds_better_weights_than_the_last():
    X, y = separable(400, 5, 0.0, 4)
    y = y ^ (np.random.default_rng(4).random(400) < 0.1)
    pocket = quiet(Perceptron(max_epochs=50), X, y)
    last = Perceptron()
    for _ in range(50):
        last.partial_fit(X, y)
    assert pocket.n_corrections_ == last.n_corrections_
    assert pocket.score(X, y) > max(0.87, last.score(X, y))


def test_several_classes_have_a_unit_each():
    X = np.vstack([rng.normal(c, 0.3, (30, 2)) for c in ([0, 3], [3, -2], [-3, -2])])
    y = np.repeat(["top", "right", "left"], 30)
    units = Perceptron().fit(X, y)
    assert units.score(X, y) == 1.0
    assert units.connectivity_.weights.shape == (2, 3)
    for k, name in enumerate(["left", "right", "top"]):
        alone = Perceptron().fit(X, y == name)
        np.testing.assert_array_equal(alone.connectivity_.weights[:, 0], units.connectivity_.weights[:, k])
        assert units.n_corrections_[k] == alone.n_corrections_[0]
    np.testing.assert_allclose(
        units.decision_function(X), X @ units.connectivity_.weights + units.bias_, rtol=1e-12
    )


def test_the_random_order_belongs_to_the_seed():
    X, y = separable(60, 3, 0.05, 2)
    drives = [Perceptron("random", random_state=seed).fit(X, y).decision_function(X) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(drives[0], drives[1])
    assert not np.array_equal(drives[0], drives[2])
    free = Perceptron("random").fit(X, y)
    again = Perceptron("random", random_state=free.seed_).fit(X, y)
    np.testing.assert_array_equal(again.decision_function(X), free.decision_function(X))


def test_sample_by_sample_is_the_same_rule():
    X, y = separable(50, 3, 0.1, 7)
    whole = Perceptron().fit(X, y)
    online = Perceptron().partial_fit(X[:1], y[:1], classes=[False, True])
    connectivity = online.connectivity_
    for k in range(1, 50 * (int(whole.n_epochs_[0]) + 1)):
        online.partial_fit(X[k % 50 : k % 50 + 1], y[k % 50 : k % 50 + 1])
    assert online.connectivity_ is connectivity  # so that other networks on it learn too
    np.testing.assert_allclose(connectivity.weights, whole.connectivity_.weights, rtol=1e-12)
    assert online.n_corrections_ == whole.n_corrections_


def test_the_learnt_unit_decides_the_same_in_the_spiking_engine():
    outputs = (truth_table_inputs(4).sum(axis=1) >= 3).astype(int)
    unit = Perceptron().fit(truth_table_inputs(4), outputs)
    rows, inputs = np.nonzero(truth_table_inputs(4))
    source = SpikeGenerator(4, units=inputs, times=rows + 1.0)
    neuron = McCullochPitts(1, -unit.bias_, veto=False)
    wires = Projection(source, neuron, unit.connectivity_, receptor="exc", delay="1 ms")
    spikes = SpikeMonitor(neuron)
    Network(source, neuron, wires, spikes, dt="1 ms").run("18 ms")
    np.testing.assert_array_equal(spikes.t - 2.0, np.flatnonzero(outputs))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"order": "randon"}, r"order = 'randon': must be one of.*Did you mean 'random'"),
        ({"order": None}, "Perceptron.order = None"),
        ({"max_epochs": 0}, "max_epochs = 0: must be a whole number, at least 1"),
        ({"fit_intercept": "yes"}, "fit_intercept = 'yes': must be True or False"),
        ({"random_state": -1}, "random_state = -1: must be a whole number from 0 on"),
    ],
)
def test_parameters_that_cannot_be_used(changes, message):
    for method in (Perceptron(**changes).fit, Perceptron(**changes).partial_fit):
        with pytest.raises(ParameterError, match=message):
            method(ROWS, XOR)


def test_data_that_cannot_be_used():
    with pytest.raises(ParameterError, match="is not trained yet"):
        Perceptron().predict(ROWS)
    with pytest.raises(ParameterError, match="there is one class"):
        Perceptron().fit(ROWS, [1, 1, 1, 1])
    with pytest.raises(ParameterError, match="must be finite"):
        Perceptron().fit([[np.nan], [1.0]], [0, 1])
    for method in (Perceptron().fit, Perceptron().partial_fit):
        with pytest.raises(ParameterError, match=r"fit\(X\) = 1e\+308: is too large for a drive\. Scale it"):
            method([[1e308, 1e308], [-1e308, 1e308]], [0, 1])
    unit = Perceptron().fit(ROWS, [0, 0, 0, 1])
    before = unit.connectivity_.weights.copy()
    for y, classes, message in (
        ([0, 1, 2, 0], None, r"partial_fit\(y\) = 2: must be one of the classes, \[0, 1\]"),
        (["a", "b", "a", "b"], None, "must be numbers, like the labels in fit"),
        ([0, 1, 1, 0], [0, 2], r"classes\) = \[0, 2\]: must be those of the first call"),
    ):
        with pytest.raises(ParameterError, match=message):
            unit.partial_fit(ROWS, y, classes)
    np.testing.assert_array_equal(unit.connectivity_.weights, before)
    unit.connectivity_.weights[...] = np.inf
    with pytest.raises(NonFiniteError, match=r"partial_fit: a weight is not finite"):
        unit.partial_fit(ROWS, XOR)
    unit.connectivity_.weights[...] = 1e308
    with pytest.raises(NonFiniteError, match=r"predict: the drive for X\[3\] is not finite"):
        unit.predict(ROWS)
    for X, y, message in (
        ([[0.0], [np.inf]], [0, 1], r"X\)\[1, 0\] = inf: must be finite"),
        ([0.0, 1.0], [0, 1], r"X\) = \(2,\)"),
        ([[0.0], [1.0], [2.0]], [0, 1, 2], "needs two classes"),
        ([[0.0], [1.0]], [0, 1, 1], "one label for each sample"),
    ):
        with pytest.raises(ParameterError, match=message):
            largest_margin(X, y)
    assert not largest_margin([[0.0], [0.0]], [0, 1], fit_intercept=False).separable
    far = largest_margin([[-1e300], [2e300]], [0, 1], fit_intercept=False)
    assert (far.distance, far.radius) == (pytest.approx(1e300), 2e300)
