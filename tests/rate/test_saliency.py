"""Saliency of a network whose answer is known, and what it leaves as it was."""

import numpy as np
import pytest

from neurosim.connectivity import Dense
from neurosim.errors import ParameterError
from neurosim.rate import Affine, Dropout, Flatten, Sequential, gradient_saliency, occlusion_saliency

WEIGHTS = np.random.default_rng(0).standard_normal((2 * 5 * 6, 3))
IMAGE = np.random.default_rng(1).random((2, 5, 6))


def linear():
    return Sequential(Flatten(), Dropout(0.5, 0), Affine(Dense(WEIGHTS)), input_shape=(2, 5, 6))


def test_the_gradient_of_a_linear_network_is_its_weights():
    network = linear()
    network.train()
    found = gradient_saliency(network, IMAGE, 1)
    np.testing.assert_allclose(found, WEIGHTS[:, 1].reshape(2, 5, 6))
    assert network.training
    assert all(p.grad is None for p in network.parameters())


def test_occlusion_of_a_linear_network_is_what_was_covered():
    parts = (WEIGHTS[:, 2].reshape(2, 5, 6) * (IMAGE - 0.3)).sum(axis=0)
    np.testing.assert_allclose(occlusion_saliency(linear(), IMAGE, 2, size=1, value=0.3), parts)
    wide = occlusion_saliency(linear(), IMAGE, 2, size=2, stride=2, value=0.3)
    np.testing.assert_allclose(wide[0, 0], parts[:2, :2].sum())
    np.testing.assert_allclose(wide[4, 5], parts[3:, 4:].sum())
    np.testing.assert_allclose(wide[3, 0], 0.5 * (parts[2:4, :2].sum() + parts[3:, :2].sum()))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gradient_saliency(linear(), IMAGE, 3), r"gradient_saliency\(unit\) = 3"),
        (lambda: occlusion_saliency(linear(), IMAGE, -1), r"occlusion_saliency\(unit\) = -1"),
        (lambda: occlusion_saliency(linear(), IMAGE, 0, size=6), r"size\) = 6: is larger than the image"),
        (lambda: occlusion_saliency(linear(), IMAGE[0], 0), r"must be \(channels, height, width\)"),
        (lambda: occlusion_saliency(linear(), IMAGE, 0, stride=0), r"stride\) = 0"),
        (
            lambda: occlusion_saliency(linear(), IMAGE, 0, size=1, stride=2),
            r"stride\) = 2: must be at most the",
        ),
        (lambda: occlusion_saliency(linear(), IMAGE, 0, value=np.nan), r"value\) = nan: must be a finite"),
        (lambda: occlusion_saliency(linear(), IMAGE, 0, value="0"), r"value\) = '0': must be a finite"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
