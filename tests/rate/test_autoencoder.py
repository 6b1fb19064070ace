"""Autoencoder: principal components, tied weights, codes, and errors."""

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.rate import Autoencoder, mean_squared_error

rng = np.random.default_rng(21)
X = rng.standard_normal((100, 3)) @ rng.standard_normal((3, 6)) + 0.2 * rng.standard_normal((100, 6))
X -= X.mean(axis=0)


def quick(**changes):
    return Autoencoder(**({"hidden": (4, 2), "epochs": 5, "dtype": "float64", "random_state": 2} | changes))


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("n_units", [1, 3])
def test_linear_units_find_the_space_of_principal_components(n_units, tied):
    # Baldi & Hornik 1989, doi:10.1016/0893-6080(89)90014-2
    model = quick(
        hidden=(n_units,),
        activation="identity",
        tied=tied,
        epochs=800,
        batch_size=100,
        optimiser="sgd",
        learning_rate=0.1,
    ).fit(X)
    _, _, axes = np.linalg.svd(X, full_matrices=False)
    best = X @ axes[:n_units].T @ axes[:n_units]
    np.testing.assert_allclose(model.reconstruct(X), best, atol=0.02)
    mean_r = np.mean(1.0 - np.square(X - best).sum(axis=0) / np.square(X).sum(axis=0))
    assert model.score(X) == pytest.approx(mean_r, abs=1e-3)


@pytest.mark.parametrize("tied", [False, True])
def test_the_parts_of_the_network(tied):
    model = quick(hidden=(5, 4, 2), tied=tied, activation="tanh").fit(X)
    sizes = [(c.n_pre, c.n_post) for c in model.connectivities_]
    assert sizes == [(6, 5), (5, 4), (4, 2), (2, 4), (4, 5), (5, 6)]
    codes = model.transform(X)
    assert codes.shape == (100, 2)
    np.testing.assert_array_equal(model.inverse_transform(codes), model.network_(X).value)
    np.testing.assert_array_equal(model.reconstruct(X), model.network_(X).value)
    shared = [
        np.shares_memory(a.weights, b.weights)
        for a, b in zip(model.connectivities_[:3], model.connectivities_[:2:-1], strict=True)
    ]
    assert shared == [tied] * 3
    assert len(model.network_.parameters()) == (9 if tied else 12)


def test_logistic_outputs_for_cross_entropy():
    bits = (X > 0.0).astype(float)
    model = quick(hidden=(6,), loss="binary_cross_entropy", epochs=200, learning_rate=0.05).fit(bits)
    outputs = model.reconstruct(bits)
    assert ((outputs > 0.0) & (outputs < 1.0)).all()
    np.testing.assert_allclose(outputs, 1.0 / (1.0 + np.exp(-model.network_(bits).value)))
    assert ((outputs > 0.5) == bits).mean() > 0.95
    model.set_params(loss="huber")
    np.testing.assert_array_equal(model.reconstruct(bits), outputs)


def test_with_noise_on_its_inputs_it_learns_to_remove_noise():
    settings = {"hidden": (6,), "activation": "identity", "epochs": 100, "learning_rate": 0.02}
    plain = quick(**settings).fit(X)
    denoising = quick(**settings, input_noise=0.5).fit(X)
    noisy = X + 0.5 * rng.standard_normal(X.shape)
    left = [np.square(model.reconstruct(noisy) - X).mean() for model in (plain, denoising)]
    assert left[1] < 0.85 * left[0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quick(hidden=()).fit(X), r"Autoencoder.hidden = \(\): must name .* the code"),
        (lambda: quick(tied="yes").fit(X), "Autoencoder.tied = 'yes'"),
        (
            lambda: quick(loss="softmax_cross_entropy").fit(X),
            "Autoencoder.loss = .* a function or one of",
        ),
        (lambda: quick(loss="binary_cross_entropy").fit(X), r"fit\(X\) = .*needs numbers from 0 to 1"),
        (lambda: quick(activation="rleu").fit(X), "Autoencoder.activation = 'rleu'"),
        (lambda: quick().transform(X), "Autoencoder = .*not trained yet"),
        (lambda: quick().inverse_transform(X[:, :2]), "not trained yet"),
        (lambda: quick().fit(X).inverse_transform(X), r"\(100, 6\): the shape must be \(n_samples, 2\)"),
        (lambda: quick().fit(X).inverse_transform(X[0]), "Reshape your data"),
        (lambda: quick().fit(X).score(X[:, 1:]), "X has 5 features, but Autoencoder is expecting 6"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ParameterError, match=message):
        call()


def test_a_loss_of_ones_own():
    ours = quick(loss=lambda y, t: mean_squared_error(y, t)).fit(X)
    np.testing.assert_array_equal(ours.reconstruct(X), quick().fit(X).reconstruct(X))
