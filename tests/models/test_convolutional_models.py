"""What the convolutional networks of models/ are made of and what they reach."""

import os

import numpy as np
import pytest
from neurosim.models import lenet5

from neurosim.data import load_digits, load_mnist


def test_lenet_has_the_weights_of_the_paper():
    network = lenet5.network()
    sizes = [p.size for p in network.parameters()]
    # C1 has 156, C5 48,120 and F6 10,164 in the paper; C3 has 2,416 where every map sees all six.
    assert [sum(sizes[i : i + 2]) for i in range(0, 10, 2)] == [156, 2416, 48_120, 10_164, 850]
    assert network.build((1, 28, 28)) == (10,)
    assert "16 × 10 × 10  14 × 14" in network.summary()


def test_digits_are_enlarged_to_the_size_of_mnist():
    train, _ = load_digits().split(0.25, 0)
    images = lenet5.images_of(train.subset([0, 1]))
    assert images.shape == (2, 1, 28, 28)
    assert not images[:, :, :2].any()
    np.testing.assert_allclose(images.sum(axis=(1, 2, 3)), 9.0 * train.images[:2].sum(axis=1), rtol=0.02)


def test_lenet_reads_bundled_digits():
    train, test = load_digits().split(0.25, 0)
    _, history = lenet5.learn(train, test, epochs=6)
    assert history.validation_accuracy[-1] >= 0.975


@pytest.mark.slow
@pytest.mark.skipif("NEUROSIM_MNIST" not in os.environ, reason="NEUROSIM_MNIST names no folder")
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_lenet_reads_mnist(seed):
    _, history = lenet5.learn(*load_mnist(os.environ["NEUROSIM_MNIST"]), epochs=6, seed=seed)
    assert history.validation_accuracy[-1] >= 0.989
