"""Reservoirs: a twin in plain Python, the bound on memory, chaos foretold, and what cannot be."""

import warnings

import numpy as np
import pytest
from neurosim.models import echo_state

from neurosim.connectivity import Dense, LowRank, OneToOne, Sparse, spectral_radius
from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate import EchoStateRegressor

RNG = np.random.default_rng(7)
X = RNG.uniform(-1.0, 1.0, (300, 2))
Y = np.roll(X[:, 0], 2) * 0.5 + np.roll(X[:, 1], 1)


def test_units_and_readout_are_those_of_the_equations():
    found = EchoStateRegressor(6, leak=0.4, bias_scale=0.5, ridge=0.3, washout=20, random_state=1).fit(X, Y)
    W, U = found.reservoir_.connectivity.weights, found.reservoir_.recurrent.weights
    h, rows = np.zeros(6), []
    for x in X:
        h = 0.6 * h + 0.4 * np.tanh(x @ W + h @ U + found.reservoir_.bias.value)
        rows.append(np.concatenate([x, h]))
    learnt, wanted = np.array(rows)[20:], Y[20:]
    centred = learnt - learnt.mean(axis=0)
    weights = np.linalg.solve(centred.T @ centred + 0.3 * np.eye(8), centred.T @ (wanted - wanted.mean()))
    np.testing.assert_allclose(found.readout_.connectivity_.weights[:, 0], weights, atol=1e-10)
    expected = (np.array(rows) - learnt.mean(axis=0)) @ weights + wanted.mean()
    np.testing.assert_allclose(found.predict(X), expected, atol=1e-10)
    assert found.washout_ == 20
    assert spectral_radius(found.reservoir_.recurrent) == pytest.approx(0.9, rel=1e-10)


def test_the_state_is_forgotten():
    """The echo-state property: from two states the same inputs lead to one."""
    units = EchoStateRegressor(50, random_state=0).fit(X, Y).reservoir_
    far = units.advance(X[np.newaxis], np.full((1, 50), 0.9))[0].value[0]
    near = units.advance(X[np.newaxis])[0].value[0]
    assert np.abs(far - near)[0].max() > 0.1
    assert np.abs(far - near)[-1].max() < 1e-8


@pytest.mark.parametrize(
    "operator",
    [
        Sparse([0, 1, 2, 2, 1], [1, 2, 0, 1, 1], RNG.standard_normal(5), n_pre=3, n_post=3),
        LowRank(RNG.standard_normal((5, 2)), RNG.standard_normal((2, 5))),
        OneToOne(RNG.standard_normal(4)),
    ],
    ids=lambda operator: type(operator).__name__,
)
def test_any_connectivity_is_a_reservoir(operator):
    before = operator.weights.copy()
    found = EchoStateRegressor(operator, spectral_radius=0.7, random_state=0).fit(X, Y)
    scaled = found.reservoir_.recurrent
    assert type(scaled) is type(operator)
    assert spectral_radius(scaled) == pytest.approx(0.7, rel=1e-9)
    np.testing.assert_array_equal(operator.weights, before)
    assert np.isfinite(found.predict(X)).all()


def test_a_line_of_delays_is_used_as_it_is():
    line = Dense(np.diag(np.ones(9), 1))
    found = EchoStateRegressor(line, spectral_radius=None, random_state=0).fit(X, Y)
    assert found.reservoir_.recurrent is line
    with pytest.raises(ParameterError, match="all its eigenvalues are 0"):
        EchoStateRegressor(line).fit(X, Y)


def test_memory_has_the_bound_of_the_theory():
    capacity = {name: echo_state.memory_curve(r).sum() for name, r in echo_state.reservoirs().items()}
    n = echo_state.N_UNITS
    assert 0.99 * n < capacity["Orthogonal, linear"] < 1.01 * n  # what is estimated may be above by chance
    assert 0.75 * n < capacity["Random, linear"] < n
    assert capacity["Random, saturating"] < 0.6 * n


@pytest.mark.parametrize(
    ("n_units", "exponent"), [(120, -1.5), pytest.param(400, -2.8, marks=pytest.mark.slow)]
)
def test_chaos_is_foretold(n_units, exponent):
    x = echo_state.series(6000)
    found, truth = echo_state.forecasts(echo_state.oracle(x, n_units), x, 10, echo_state.HORIZON)
    error = np.sqrt(((found - truth)[:, -1] ** 2).mean()) / x.std()
    still = np.sqrt(((truth[:, 0] - truth[:, -1]) ** 2).mean()) / x.std()
    assert error < 10**exponent
    assert still > 0.5  # that it stays as it is would be no forecast


LENGTHS = np.array([60, 41, 1, 100])
PADDED, WANTED = X.reshape(3, 100, 2)[[0, 1, 2, 0]].copy(), Y.reshape(3, 100)[[0, 1, 2, 0]].copy()
BEYOND = np.arange(100) >= LENGTHS[:, np.newaxis]
PADDED[BEYOND], WANTED[BEYOND] = np.nan, np.nan


def test_several_sequences_are_each_run_through_from_rest():
    found = EchoStateRegressor(20, washout=5, random_state=1).fit(PADDED, WANTED, lengths=LENGTHS)
    predicted = found.predict(PADDED, lengths=LENGTHS)
    assert predicted.shape == (4, 100)
    assert np.isnan(predicted[BEYOND]).all()
    learnt, truth = [], []
    for x, y, length, answer in zip(PADDED, WANTED, LENGTHS, predicted, strict=True):
        np.testing.assert_allclose(answer[:length], found.predict(x[:length]), rtol=0, atol=1e-10)
        states = found.reservoir_.advance(x[np.newaxis, :length])[0].value[0]
        learnt.append(np.hstack([x[:length], states])[5:])
        truth.append(y[5:length])
    features, wanted = np.vstack(learnt), np.concatenate(truth)
    centred = features - features.mean(axis=0)
    weights = np.linalg.solve(centred.T @ centred + 1e-6 * np.eye(22), centred.T @ (wanted - wanted.mean()))
    np.testing.assert_allclose(found.readout_.connectivity_.weights[:, 0], weights, rtol=0, atol=1e-7)
    answers = np.concatenate([a[5:n] for a, n in zip(predicted, LENGTHS, strict=True)])
    share = 1 - ((answers - wanted) ** 2).sum() / ((wanted - wanted.mean()) ** 2).sum()
    assert found.score(PADDED, WANTED, lengths=LENGTHS) == pytest.approx(share, abs=1e-9)


def test_what_stands_behind_a_sequence_changes_no_bit():
    other, answers = PADDED.copy(), WANTED.copy()
    other[BEYOND], answers[BEYOND] = 1e300, -np.inf
    one, two = (
        EchoStateRegressor(20, random_state=1).fit(x, y, lengths=LENGTHS)
        for x, y in ((PADDED, WANTED), (other, answers))
    )
    np.testing.assert_array_equal(one.readout_.connectivity_.weights, two.readout_.connectivity_.weights)
    np.testing.assert_array_equal(one.predict(PADDED, lengths=LENGTHS), one.predict(other, lengths=LENGTHS))
    assert one.score(PADDED, WANTED, lengths=LENGTHS) == one.score(other, answers, lengths=LENGTHS)
    assert one.washout_ == 0  # a tenth of the shortest


def test_sequences_of_one_length_need_no_lengths():
    x, y = X.reshape(3, 100, 2), np.stack([Y, -Y], axis=1).reshape(3, 100, 2)
    found = EchoStateRegressor(20, random_state=1).fit(x, y)
    assert found.washout_ == 10
    assert found.predict(x).shape == (3, 100, 2)
    again = EchoStateRegressor(20, random_state=1).fit(x, y, lengths=[100] * 3)
    np.testing.assert_array_equal(found.predict(x), again.predict(x, lengths=[100] * 3))


def test_a_forecast_feeds_its_answers_back():
    found = EchoStateRegressor(20, random_state=0).fit(X[:-1], X[1:])
    ahead = found.forecast(X[:50], 3)
    assert ahead.shape == (3, 2)
    np.testing.assert_allclose(ahead[0], found.predict(X[:50])[-1], atol=1e-12)
    longer = np.vstack([X[:50], ahead[:1]])
    np.testing.assert_allclose(ahead[1], found.predict(longer)[-1], atol=1e-12)


def test_the_checks_of_scikit_learn_that_do_not_shuffle_time():
    checks = pytest.importorskip("sklearn.utils.estimator_checks")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = checks.check_estimator(EchoStateRegressor(20, random_state=0), on_fail=None, on_skip=None)
    failed = {r["check_name"] for r in results if r["status"] == "failed"}
    # A sequence is no set: what comes before a step matters.
    assert failed <= {"check_methods_sample_order_invariance", "check_methods_subset_invariance"}
    assert sum(r["status"] == "passed" for r in results) > 40


def test_a_reservoir_that_diverges_says_when():
    with pytest.raises(NonFiniteError, match=r"infinity at step \d+. Lower the spectral radius"):
        EchoStateRegressor(20, spectral_radius=30.0, activation="relu", random_state=0).fit(X, Y)


MISUSES = {
    "units": (lambda: EchoStateRegressor(0).fit(X, Y), "reservoir"),
    "no operator": (lambda: EchoStateRegressor("many").fit(X, Y), "reservoir"),
    "sides": (lambda: EchoStateRegressor(Dense(np.ones((3, 4)))).fit(X, Y), "3 to 4"),
    "sides, unscaled": (
        lambda: EchoStateRegressor(Dense(np.ones((3, 4))), spectral_radius=None).fit(X, Y),
        "must lead to|gate",
    ),
    "radius": (lambda: EchoStateRegressor(spectral_radius=0.0).fit(X, Y), "spectral_radius"),
    "leak": (lambda: EchoStateRegressor(leak=1.1).fit(X, Y), "leak"),
    "ridge": (lambda: EchoStateRegressor(ridge=-1.0).fit(X, Y), "ridge"),
    "activation": (lambda: EchoStateRegressor(activation="tan").fit(X, Y), "tanh"),
    "washout": (lambda: EchoStateRegressor(washout=300).fit(X, Y), "at least one of 300 steps"),
    "seed": (lambda: EchoStateRegressor(random_state=-1).fit(X, Y), "random_state"),
    "not finite": (lambda: EchoStateRegressor().fit(X * np.nan, Y), "finite"),
    "not trained": (lambda: EchoStateRegressor().predict(X), "not trained"),
    "features": (lambda: EchoStateRegressor(5).fit(X, Y).predict(X[:, :1]), "2 features"),
    "outputs": (lambda: EchoStateRegressor(5).fit(X, Y).forecast(X, 3), "1 outputs"),
    "steps": (lambda: EchoStateRegressor(5).fit(X, X).forecast(X, 0), "n_steps"),
    "lengths of one": (lambda: EchoStateRegressor(5).fit(X, Y, lengths=[300]), r"\(lengths\) = .*only seq"),
    "lengths": (lambda: EchoStateRegressor(5).fit(PADDED, WANTED, lengths=[5, 5]), "4 whole numbers"),
    "length": (lambda: EchoStateRegressor(5).fit(PADDED, WANTED, lengths=LENGTHS + 1), "from 1 to the 100"),
    "not finite, counted": (lambda: EchoStateRegressor(5).fit(PADDED, WANTED), "finite"),
    "answers": (lambda: EchoStateRegressor(5).fit(PADDED, WANTED[:, :9], lengths=LENGTHS), r"\(4, 100\)"),
    "no answers": (lambda: EchoStateRegressor(5).fit(PADDED, None, lengths=LENGTHS), "requires y"),
    "no step": (lambda: EchoStateRegressor(5).fit(PADDED[:, :0], WANTED[:, :0]), "length 0"),
    "washout of all": (
        lambda: EchoStateRegressor(5, washout=100).fit(PADDED, WANTED, lengths=LENGTHS),
        "at least one of 100 steps",
    ),
    "untrained, lengths": (lambda: EchoStateRegressor().predict(PADDED, lengths=LENGTHS), "not trained"),
    "forecast of several": (lambda: EchoStateRegressor(5).fit(X, X).forecast(PADDED, 3), "n_samples, n_f"),
    "score": (lambda: EchoStateRegressor(5).fit(X, Y).score(X[:20], Y[:20]), "washout"),
}


@pytest.mark.parametrize("case", MISUSES)
def test_misuse(case):
    use, words = MISUSES[case]
    with pytest.raises(ParameterError, match=words):
        use()
