"""The variational autoencoder: draws, the bound against sampling, and the plane of digits."""

import numpy as np
import pytest
from neurosim.models import variational_autoencoder as model
from scipy.special import logsumexp

from neurosim.data import load_digits
from neurosim.rate import Variable


@pytest.fixture(scope="module")
def trained():
    training, test = load_digits().split(0.25, 0)
    network, history = model.train(training, n_epochs=30)
    return network, history, training, test


def test_a_draw_has_the_mean_and_the_deviation_of_its_distribution():
    network = model.VariationalAutoencoder(4, seed=1)
    mean, deviation = np.array([2.0, -1.0]), np.array([0.5, 3.0])
    n = 20_000
    draws = network.draw(
        Variable(np.tile(mean, (n, 1))), Variable(np.tile(2.0 * np.log(deviation), (n, 1)))
    ).value
    assert (np.abs(draws.mean(axis=0) - mean) < 4.0 * deviation / np.sqrt(n)).all()
    assert (np.abs(draws.std(axis=0) / deviation - 1.0) < 4.0 / np.sqrt(2.0 * n)).all()


def test_a_draw_is_differentiable_by_mean_and_variance():
    mean, log_variance = Variable(np.array([[0.3, -0.2]])), Variable(np.array([[0.5, -1.0]]))
    network = model.VariationalAutoencoder(4, seed=2)
    noise = (network.draw(mean, log_variance).value - mean.value) / np.exp(0.5 * log_variance.value)
    network = model.VariationalAutoencoder(4, seed=2)
    (network.draw(mean, log_variance) ** 2).sum().backward()
    z = mean.value + np.exp(0.5 * log_variance.value) * noise
    np.testing.assert_allclose(mean.grad, 2.0 * z)
    np.testing.assert_allclose(log_variance.grad, z * np.exp(0.5 * log_variance.value) * noise)


def test_the_loss_is_minus_the_bound(trained):
    network, _, _, test = trained
    images = test.images[:40].astype(np.float32)
    mean, deviation = network.encode(images)
    ink = network.decode(mean).astype(np.float64)
    surprise = -(images * np.log(ink) + (1.0 - images) * np.log(1.0 - ink)).sum(axis=1).mean()
    divergence = 0.5 * (mean**2 + deviation**2 - 1.0 - 2.0 * np.log(deviation)).sum(axis=1).mean()
    loss = float(network.negative_elbo(network(images), images))
    assert loss == pytest.approx(surprise + divergence, rel=1e-4)


def test_the_bound_lies_below_the_evidence(trained):
    # Importance sampling, many draws an image: Burda et al. 2016, arXiv:1509.00519, equation 8.
    network, _, _, test = trained
    images, draws = test.images[:100], 200
    mean, deviation = network.encode(images)
    rng = np.random.default_rng(5)
    terms = []
    for _ in range(draws):
        noise = rng.standard_normal(mean.shape)
        z = mean + deviation * noise
        ink = network.decode(z)
        likelihood = (images * np.log(ink) + (1.0 - images) * np.log1p(-ink)).sum(axis=1)
        prior_to_posterior = (-0.5 * z**2 + 0.5 * noise**2 + np.log(deviation)).sum(axis=1)
        terms.append(likelihood + prior_to_posterior)
    elbo = model.bound(network, images, draws=draws, seed=6).elbo
    assert np.mean(terms) == pytest.approx(elbo, abs=0.1)
    evidence = (logsumexp(terms, axis=0) - np.log(draws)).mean()
    assert elbo < evidence < elbo + 1.5


def test_the_bound_beats_pixels_without_a_plane(trained):
    network, history, training, test = trained
    ink = np.clip(training.images.mean(axis=0), 1e-3, 1.0 - 1e-3)
    alone = (test.images * np.log(ink) + (1.0 - test.images) * np.log1p(-ink)).sum(axis=1).mean()
    found = model.bound(network, test.images)
    assert found.elbo > alone + 1.5
    assert found.elbo == pytest.approx(found.log_likelihood - found.divergence)
    assert 1.0 < found.divergence < 5.0
    assert history.loss[-1] < history.loss[0]
    left = np.square(network.decode(network.encode(test.images)[0]) - test.images).mean()
    assert left < 0.75 * np.square(training.images.mean(axis=0) - test.images).mean()


def test_the_plane(trained):
    network, _, _, test = trained
    mean, deviation = network.encode(test.images)
    assert mean.shape == deviation.shape == (len(test), 2)
    second = (mean**2 + deviation**2).mean(axis=0)  # 1 if all distributions together fill the prior
    assert ((second > 0.6) & (second < 1.6)).all()
    assert model.share_of_like_neighbours(mean, test.labels) > 0.5
    ink = network.decode(np.random.default_rng(0).standard_normal((50, 2)))
    assert ((ink > 0.0) & (ink < 1.0)).all()


def test_the_same_seed_gives_the_same_network():
    data = load_digits().subset(range(64))
    codes = [model.train(data, n_epochs=2, seed=seed)[0].encode(data.images)[0] for seed in (3, 3, 4)]
    np.testing.assert_array_equal(codes[0], codes[1])
    assert not np.array_equal(codes[0], codes[2])
