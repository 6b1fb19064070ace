"""Boltzmann machines: sums over all states, moments that match, and what only hidden units can learn."""

import itertools

import numpy as np
import pytest
from neurosim.models.boltzmann import BoltzmannMachine, RestrictedBoltzmannMachine
from neurosim.models.hopfield import Hopfield

from neurosim.connectivity import Dense, Sparse
from neurosim.data import load_digits
from neurosim.errors import ParameterError

RNG = np.random.default_rng(6)


def every_state(n, low):
    return np.array([*itertools.product((low, 1), repeat=n)], dtype=float)


def with_parameters(weights, visible_bias, hidden_bias):
    """A restricted machine with these very numbers."""
    machine = RestrictedBoltzmannMachine(weights.shape[1], epochs=1).fit(np.eye(len(weights)))
    machine.connectivity_.weights[...] = weights
    machine.visible_bias_[:], machine.hidden_bias_[:] = visible_bias, hidden_bias
    return machine


def naive_log_likelihood(W, b, c, v):
    """By summing over the states of both layers."""
    rows, columns = every_state(len(b), 0), every_state(len(c), 0)
    joint = np.exp(rows @ W @ columns.T + (rows @ b)[:, None] + columns @ c)
    mine = [int("".join(str(int(x)) for x in sample), 2) for sample in v]
    return np.log(joint.sum(axis=1)[mine] / joint.sum())


@pytest.mark.parametrize(("n_visible", "n_hidden"), [(5, 3), (3, 6)])
def test_partition_function_and_likelihood(n_visible, n_hidden):
    W = RNG.standard_normal((n_visible, n_hidden))
    b, c = RNG.standard_normal(n_visible), RNG.standard_normal(n_hidden)
    machine = with_parameters(W, b, c)
    v = every_state(n_visible, 0)
    np.testing.assert_allclose(machine.score_samples(v), naive_log_likelihood(W, b, c, v), atol=1e-10)
    assert np.exp(machine.score_samples(v)).sum() == pytest.approx(1.0)
    np.testing.assert_allclose(machine.transform(v), 1 / (1 + np.exp(-(v @ W + c))), atol=1e-14)


def test_many_steps_of_a_dream_are_samples_of_the_machine():
    W, b, c = RNG.standard_normal((4, 3)), RNG.standard_normal(4), RNG.standard_normal(3)
    machine = with_parameters(W, b, c)
    n = 20_000
    v = (np.random.default_rng(1).random((n, 4)) < machine.sample(n, steps=30)).astype(int)
    seen = np.bincount(v @ [8, 4, 2, 1], minlength=16) / n
    wanted = np.exp(machine.score_samples(every_state(4, 0)))
    assert (np.abs(seen - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / n)).all()


def bars_and_stripes(n=3):
    on = every_state(n, 0)
    return np.concatenate([np.repeat(on, n, axis=1), np.tile(on, n)])


@pytest.mark.parametrize("options", [{"steps": 1}, {"steps": 5}, {"persistent": True, "steps": 5}], ids=str)
def test_divergence_learns_bars_and_stripes(options):
    samples = bars_and_stripes()
    machine = RestrictedBoltzmannMachine(12, batch_size=16, epochs=1, learning_rate=0.1, **options)
    machine.fit(samples)
    before = machine.score_samples(samples).mean()
    machine.set_params(epochs=3000).partial_fit(samples)
    after = machine.score_samples(samples).mean()
    assert before < -6.0  # nine independent pixels: -9 ln 2
    assert after > -4.2  # at most -2.70, that of the 14 images themselves
    assert len(machine.errors_) == 3001


def test_a_given_connectivity_learns_where_it_has_synapses():
    local = Sparse([0, 1, 2, 3], [0, 0, 1, 1], np.ones(4), n_pre=4, n_post=2)
    pairs = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0]] * 5, dtype=float)
    machine = RestrictedBoltzmannMachine(connectivity=local, epochs=800, learning_rate=0.2).fit(pairs)
    assert machine.connectivity_ is local
    assert machine.score_samples(pairs).mean() > -4 * np.log(2) + 0.6
    assert np.abs(local.weights).min() > 1.0


def test_digits_are_reconstructed_and_filled_in():
    train, test = load_digits().split(0.25, seed=0)
    X, Y = (images.reshape(len(images), -1) for images in (train.images, test.images))
    machine = RestrictedBoltzmannMachine(128, learning_rate=0.3, batch_size=10, epochs=15).fit(X)
    mean = ((Y - X.mean(axis=0)) ** 2).mean()
    assert -machine.score(Y) < 0.5 * mean
    assert machine.errors_[-1] < 0.6 * machine.errors_[0]
    known = np.arange(64) % 8 < 5  # the right of each image is hidden
    filled = machine.reconstruct(Y * known, known=known)
    assert np.array_equal(filled[:, known], Y[:, known])
    hidden = ~known
    by_mean = ((Y - X.mean(axis=0))[:, hidden] ** 2).mean()
    assert ((filled - Y)[:, hidden] ** 2).mean() < 0.7 * by_mean


def test_the_same_seed_learns_the_same_and_a_pipeline_works():
    sklearn = pytest.importorskip("sklearn")
    from sklearn.linear_model import RidgeClassifier
    from sklearn.pipeline import make_pipeline

    train, test = load_digits().split(0.25, seed=0)
    X, Y = (images.reshape(len(images), -1) for images in (train.images, test.images))
    machine = RestrictedBoltzmannMachine(64, learning_rate=0.3, batch_size=10, epochs=5)
    twin = sklearn.base.clone(machine).fit(X)
    assert np.array_equal(twin.connectivity_.weights, machine.fit(X).connectivity_.weights)
    pipeline = make_pipeline(machine, RidgeClassifier()).fit(X, train.labels)
    assert pipeline.score(Y, test.labels) > 0.85


def test_sums_of_the_machine_and_the_memory_it_is():
    machine = BoltzmannMachine(1, epochs=3).fit([[1, 1, -1], [-1, 1, 1]])
    W = RNG.standard_normal((4, 4))
    machine.connectivity_.weights[...] = W = np.tril(W, -1) + np.tril(W, -1).T
    machine.bias_[:] = RNG.standard_normal(4)
    s = every_state(4, -1)
    E = np.array([-0.5 * x @ W @ x - machine.bias_ @ x for x in s])
    p = np.exp(-E) / np.exp(-E).sum()
    np.testing.assert_allclose(machine.energy(s), E)
    products, singles = machine.means()
    np.testing.assert_allclose(products, np.einsum("s,si,sj->ij", p, s, s), atol=1e-12)
    np.testing.assert_allclose(singles, p @ s, atol=1e-12)
    visible = every_state(3, -1)
    wanted = [np.log(p[(s[:, :3] == v).all(axis=1)].sum()) for v in visible]
    np.testing.assert_allclose(machine.score_samples(visible), wanted, atol=1e-12)
    up = np.tanh(visible @ W[:3, 3] + machine.bias_[3])
    np.testing.assert_allclose(machine.transform(visible)[:, 0], up, atol=1e-12)
    memory = Hopfield.from_weights(machine.connectivity_, bias=machine.bias_)
    np.testing.assert_allclose(memory.energy(s), E)


def test_sampled_means_are_the_exact_ones():
    machine = BoltzmannMachine(epochs=30).fit(RNG.choice([-1, 1], (20, 5)))
    machine.connectivity_.weights *= 3.0
    n = 20_000
    s = machine.sample(n, sweeps=20).astype(float)
    products, singles = machine.means()
    assert (np.abs(s.T @ s / n - products) <= 4.5 / np.sqrt(n)).all()
    assert (np.abs(s.mean(axis=0) - singles) <= 4.5 / np.sqrt(n)).all()


def test_at_the_maximum_of_the_likelihood_the_moments_match():
    X = RNG.choice([-1, 1], (200, 4), p=[0.3, 0.7])
    X[:, 1] = np.where(RNG.random(200) < 0.8, X[:, 0], -X[:, 0])
    machine = BoltzmannMachine(epochs=600, learning_rate=0.3).fit(X)
    products, singles = machine.means()
    np.testing.assert_allclose(singles, X.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(products, X.T @ X / 200, atol=1e-5)
    assert machine.gaps_[-1] < 1e-5
    sampled = BoltzmannMachine(epochs=300, learning_rate=0.05, statistics="sampled", chains=500).fit(X)
    assert machine.score(X) - 0.02 < sampled.score(X) <= machine.score(X) + 1e-9


EVEN = np.array([s for s in itertools.product((-1, 1), repeat=3) if np.prod(s) > 0])


@pytest.mark.parametrize("statistics", ["exact", "sampled"])
def test_parity_needs_hidden_units(statistics):
    """No pair of three units with an even number of -1 tells anything: only hidden units see the rule."""
    blind = BoltzmannMachine(epochs=200).fit(EVEN)
    assert blind.score(EVEN) == pytest.approx(-3 * np.log(2), abs=1e-9)
    options = {"exact": {"epochs": 1500, "learning_rate": 0.2}, "sampled": {"epochs": 800, "sweeps": 2}}
    machine = BoltzmannMachine(3, statistics=statistics, chains=200, **options[statistics])
    machine.fit(np.tile(EVEN, (1 if statistics == "exact" else 25, 1)))
    assert machine.score(EVEN) > -1.55  # at most -2 ln 2 = -1.386


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: RestrictedBoltzmannMachine().fit([[0.0, 2.0]]), r"\[0, 1\] = 2.0: must be from 0 to 1"),
        (lambda: RestrictedBoltzmannMachine(0).fit([[0.0, 1.0]]), "n_hidden = 0"),
        (lambda: RestrictedBoltzmannMachine(steps=0).fit([[0.0, 1.0]]), "steps = 0"),
        (lambda: RestrictedBoltzmannMachine().transform([[0.0]]), "not trained yet"),
        (lambda: RestrictedBoltzmannMachine(2).fit(np.eye(3)).transform([[0.0]]), "expecting 3 features"),
        (
            lambda: RestrictedBoltzmannMachine(2).fit(np.eye(3)).reconstruct(np.eye(3), known=[1]),
            "must be truth values",
        ),
        (lambda: RestrictedBoltzmannMachine(30).fit(np.eye(30)).log_partition(), "up to 20 units"),
        (
            lambda: RestrictedBoltzmannMachine(connectivity=Dense(np.ones((2, 2)))).fit(np.eye(3)),
            "from 3 visible units",
        ),
        (lambda: BoltzmannMachine().fit([[0, 1]]), "must be -1 or 1"),
        (lambda: BoltzmannMachine(20).fit([[1, -1]]), "up to 20 units"),
        (lambda: BoltzmannMachine(statistics="guessed").fit([[1, -1]]), "must be one of exact, sampled"),
        (lambda: BoltzmannMachine().score([[1, -1]]), "not trained yet"),
        (lambda: BoltzmannMachine().fit([[1, -1]]).energy([[1, 1, 1]]), "the machine has 2 units"),
        (lambda: BoltzmannMachine().fit([[1, -1]]).energy([[1], [1, -1]]), "rows equally long"),
        (lambda: BoltzmannMachine().fit([[1, -1]]).sample(random_state=-1), "sample.random_state. = -1"),
        (lambda: RestrictedBoltzmannMachine(2).fit(np.eye(3)).sample(random_state=-1), "random_state. = -1"),
        (lambda: BoltzmannMachine().fit(np.ma.array([[1, -1]], mask=[[0, 1]])), "masked"),
    ],
)
def test_mistakes(wrong, message):
    with pytest.raises(ParameterError, match=message):
        wrong()
