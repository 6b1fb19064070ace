"""Six samples learnt by heart, and what helps: errors, sizes of weights, and who may be stopped."""

import numpy as np
import pytest
from neurosim.models import overfitting as model


@pytest.fixture(scope="module")
def fitted():
    return {name: model.learn(remedy, n_steps=1000, seed=1) for name, remedy in model.REMEDIES.items()}


def weights(found):
    return np.concatenate([p.value.ravel() for p in found.network.parameters()])


def test_the_samples_are_learnt_by_heart_and_others_are_not(fitted):
    plain = fitted["nothing"]
    assert plain.training_error < 1e-6
    assert plain.test_error > model.NOISE**2  # no prediction can be better
    assert plain.test_error > 1e4 * plain.training_error
    assert plain.history.validation_loss[-1] > min(plain.history.validation_loss)


@pytest.mark.parametrize("name", ["weight decay", "noise on doses", "300 samples"])
def test_what_helps(fitted, name):
    assert fitted[name].test_error < 0.9 * fitted["nothing"].test_error
    assert fitted[name].training_error > 1e-4


def test_penalties_act_on_the_weights(fitted):
    plain, decayed, sparse = (weights(fitted[name]) for name in ("nothing", "weight decay", "L1 penalty"))
    assert np.square(decayed).sum() < 0.3 * np.square(plain).sum()
    assert (np.abs(sparse) < 0.01).mean() > 0.8 > (np.abs(plain) < 0.01).mean()


def test_early_stopping_restores_the_best_epoch(fitted):
    stopped, plain = fitted["early stopping"].history, fitted["nothing"].history
    assert stopped.restored_epoch == 1 + np.argmin(stopped.validation_loss)
    n = stopped.n_epochs
    np.testing.assert_array_equal(stopped.loss, plain.loss[:n])
    validation = model.measure(model.N_VALIDATION, np.random.default_rng([1, 0]))
    error = np.square(fitted["early stopping"].network(validation[0]).value - validation[1]).mean()
    assert error == pytest.approx(min(plain.validation_loss[:n]), rel=1e-4)


def test_many_samples_come_near_the_curve(fitted):
    dose = np.linspace(0.05, 0.95, 50, dtype=np.float32)[:, None]
    errors = {
        name: np.square(fitted[name].network(dose).value - model.blood_sugar(dose)).mean()
        for name in ("nothing", "300 samples")
    }
    assert errors["300 samples"] < 0.005 < errors["nothing"]


def test_the_curve_falls_to_a_half_at_half_the_dose():
    np.testing.assert_allclose(model.blood_sugar(np.array([0.0, 0.5, 1.0])), [1.0, 0.5, 1 / 17])
