"""Saw-teeth of deep networks: exact values, and the pieces that widths and depths allow."""

import numpy as np
import pytest
from neurosim.models import depth_separation as model

from neurosim.connectivity import Dense
from neurosim.rate import Affine, ReLU, Sequential

X = np.linspace(0.0, 1.0, 2**12 + 1)


@pytest.mark.parametrize("depth", [1, 2, 5, 9])
def test_a_composed_tent_map(depth):
    expected = X
    for _ in range(depth):
        expected = 1.0 - np.abs(2.0 * expected - 1.0)
    network = model.sawtooth_network([2] * depth)
    np.testing.assert_array_equal(model.evaluate(network, X), expected)  # powers of 2: without rounding
    assert model.n_units(network) == 2 * depth
    assert model.count_pieces(network) == 2**depth


@pytest.mark.parametrize("pieces", [[8], [4, 4], [3, 5], [5, 3], [1, 7], [2, 3, 4]])
def test_pieces_multiply(pieces):
    network = model.sawtooth_network(pieces)
    n = int(np.prod(pieces))
    phase = X * n % 2.0
    np.testing.assert_allclose(model.evaluate(network, X), np.minimum(phase, 2.0 - phase), atol=1e-12)
    assert (model.count_pieces(network), model.n_units(network)) == (n, sum(pieces))


@pytest.mark.parametrize("widths", [[6], [3, 3], [4, 4, 4]])
def test_no_network_has_more_pieces_than_its_widths_allow(widths):
    rng = np.random.default_rng(5)
    most = 0
    for _ in range(50):
        layers = []
        for n_pre, n_post in zip([1, *widths], [*widths, 1], strict=True):
            layers += [
                Affine(Dense(rng.normal(0, 2, (n_pre, n_post))), bias=rng.normal(0, 1, n_post)),
                ReLU(),
            ]
        most = max(most, model.count_pieces(Sequential(*layers[:-1])))
    assert 2 < most <= np.prod(np.array(widths) + 1)


def test_a_single_layer_with_fewer_units_than_pieces_draws_next_to_nothing():
    constant = 1.0 / np.sqrt(12.0)
    assert model.best_single_layer(64, 6) < 1e-12
    assert model.best_single_layer(32, 6) == pytest.approx(constant, rel=0.01)
    assert model.best_single_layer(12, 6) == pytest.approx(constant, rel=0.01)
    assert model.evaluate(model.sawtooth_network([2] * 6), X).std() == pytest.approx(constant, rel=0.01)
