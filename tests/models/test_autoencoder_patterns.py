"""Five patterns through three units: all bits come back, with weights tied or not."""

import numpy as np
import pytest
from neurosim.models import autoencoder as model


@pytest.fixture(scope="module", params=[False, True], ids=["untied", "tied"])
def trained(request):
    return model.train(tied=request.param)


def test_every_bit_comes_back(trained):
    assert np.abs(trained.reconstruct(model.PATTERNS) - model.PATTERNS).max() < 0.1
    assert model.share_given_back(trained, model.PATTERNS, model.PATTERNS) == 1.0
    assert trained.history_.loss[-1] < 0.02  # of log(2) = 0.69 for a bit guessed at


def test_each_pattern_has_a_code_of_its_own(trained):
    codes = trained.transform(model.PATTERNS)
    assert codes.shape == (5, 3)
    distances = np.abs(codes[:, None] - codes[None]).max(axis=-1)
    assert distances[np.triu_indices(5, 1)].min() > 0.2


def test_it_is_the_network_of_the_two_formulas(trained):
    into, out_of = (c.to_dense() for c in trained.connectivities_)
    hidden = 1.0 / (1.0 + np.exp(-(model.PATTERNS @ into + trained.biases_[0])))
    outputs = 1.0 / (1.0 + np.exp(-(hidden @ out_of + trained.biases_[1])))
    np.testing.assert_allclose(trained.reconstruct(model.PATTERNS), outputs, atol=1e-5)
    assert np.array_equal(out_of, into.T) == trained.tied
    n_numbers = sum(p.value.size for p in trained.network_.parameters())
    assert n_numbers == (35 if trained.tied else 59)


def test_most_patterns_come_back_with_a_bit_flipped(trained):
    flipped = model.with_a_bit_flipped()
    assert flipped.shape == (5, 8, 8)
    np.testing.assert_array_equal(np.abs(flipped - model.PATTERNS[:, None]).sum(axis=-1), 1.0)
    assert model.share_given_back(trained, flipped, model.PATTERNS[:, None]) > 0.7


def test_before_training_they_do_not():
    untrained = model.train(tied=False, n_epochs=1)
    assert model.share_given_back(untrained, model.PATTERNS, model.PATTERNS) == 0.0
