"""What the convolutional networks of models/ are made of and what they reach."""

import os

import numpy as np
import pytest
from neurosim.models import lenet5, residual_cnn

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


def test_gradients_grow_through_a_plain_stack_and_not_past_skips():
    train, _ = load_digits().split(0.25, 0)
    images, labels = residual_cnn.images_of(train)[:128], train.labels[:128]
    growth = {}
    for skips in (False, True):
        found = residual_cnn.gradients_by_layer(residual_cnn.network(44, skips=skips), images, labels)
        assert found.size == 43
        growth[skips] = found[1] / found[-2]
    assert growth[False] > 100.0
    assert growth[True] < 20.0


def test_skips_help_twenty_layers_to_learn():
    train, test = load_digits().split(0.25, 0)
    last = {}
    for skips in (False, True):
        net = residual_cnn.network(20, skips=skips)
        last[skips] = residual_cnn.learn(net, train, test, n_epochs=3).loss[-1]
    assert last[True] < 0.6 * last[False]


@pytest.mark.slow
def test_deeper_is_worse_without_skips_and_better_with_them():
    train, test = load_digits().split(0.25, 0)

    def loss(depth, skips):
        net = residual_cnn.network(depth, skips=skips)
        return residual_cnn.learn(net, train, test, n_epochs=5).loss[-1]

    assert loss(44, False) > 1.5 * loss(20, False)
    assert loss(44, True) < 0.8 * loss(20, True)
