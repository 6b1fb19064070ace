"""Softmax and cross-entropy in one pass, against SciPy."""

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from neurosim.kernels.rate.cross_entropy import softmax_cross_entropy

rng = np.random.default_rng(3)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-14), (np.float32, 1e-6)])
def test_loss_and_gradient(dtype, tolerance):
    logits = (rng.standard_normal((7, 5)) * [[1], [10], [100], [1000], [1e4], [0], [1e-9]]).astype(dtype)
    labels = rng.integers(0, 5, 7)
    slope = np.empty_like(logits)
    loss = softmax_cross_entropy(logits, labels, slope)
    exact = logits.astype(np.float64)
    expected = -log_softmax(exact, axis=1)[np.arange(7), labels].mean()
    assert loss == pytest.approx(expected, rel=1e-14)  # in float64, whatever the logits are
    expected = (softmax(exact, axis=1) - np.eye(5)[labels]) / 7
    np.testing.assert_allclose(slope, expected, rtol=tolerance, atol=tolerance * 0.1)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_is_not_finite_shows(place):
    logits = np.array([[1.0, 2.0, 3.0]])
    for wrong in (np.nan, np.inf):
        logits[0, place] = wrong
        assert np.isnan(softmax_cross_entropy(logits, np.array([1]), np.empty_like(logits)))


def test_an_impossible_class():
    logits, slope = np.array([[0.0, -np.inf]]), np.empty((1, 2))
    assert softmax_cross_entropy(logits, np.array([0]), slope) == 0.0
    assert slope.tolist() == [[0.0, 0.0]]
    assert softmax_cross_entropy(logits, np.array([1]), slope) == np.inf
    assert slope.tolist() == [[1.0, -1.0]]
