"""What the convolutional networks of models/ are made of and what they reach."""

import os

import numpy as np
import pytest
from neurosim.models import (
    digit_scenes,
    fully_convolutional,
    inception_block,
    lenet5,
    residual_cnn,
    transfer_learning,
    unet_small,
    vgg_small,
)

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
    assert history.validation_accuracy[-1] >= 0.97


@pytest.mark.slow
@pytest.mark.skipif("NEUROSIM_MNIST_DIR" not in os.environ, reason="NEUROSIM_MNIST_DIR names no folder")
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_lenet_reads_mnist(seed):
    _, history = lenet5.learn(*load_mnist(os.environ["NEUROSIM_MNIST_DIR"]), epochs=6, seed=seed)
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


def test_one_epoch_of_a_deep_network_is_seen():
    figure = residual_cnn._draw({(False, 8): [2.3], (True, 8): [2.1]}, "Epoch", "Training loss")
    assert [ax.lines[0].get_marker() for ax in figure.axes] == [".", "."]


def test_skips_help_twenty_layers_to_learn():
    train, test = load_digits().split(0.25, 0)
    last = {}
    for skips in (False, True):
        net = residual_cnn.network(20, skips=skips)
        last[skips] = residual_cnn.learn(net, train, test, n_epochs=2).loss[-1]
    assert last[True] < 0.75 * last[False]


@pytest.mark.slow
def test_deeper_is_worse_without_skips_and_better_with_them():
    train, test = load_digits().split(0.25, 0)

    def loss(depth, skips):
        net = residual_cnn.network(depth, skips=skips)
        return residual_cnn.learn(net, train, test, n_epochs=5).loss[-1]

    assert loss(44, False) > 1.5 * loss(20, False)
    assert loss(44, True) < 0.8 * loss(20, True)


def test_scenes_hold_four_whole_digits_and_noise():
    train, _ = load_digits().split(0.25, 0)
    images, masks = digit_scenes.place_digits(train, 200, seed=1)
    assert images.shape == masks.shape == (200, 1, 32, 32)
    quarters = masks.reshape(200, 2, 16, 2, 16).sum(axis=(2, 4))
    assert quarters.min() >= 5
    assert images[masks == 0].std() == pytest.approx(digit_scenes.NOISE, rel=0.1)
    np.testing.assert_array_equal(images, digit_scenes.place_digits(train, 200, seed=1).images)


def test_overlap_is_the_index_of_jaccard():
    found = np.array([True, True, False, False])
    assert digit_scenes.overlap(found, np.array([1.0, 0.0, 1.0, 0.0])) == pytest.approx(1 / 3)
    assert digit_scenes.overlap(found, found.astype(float)) == 1.0


def overlaps(n_scenes, n_epochs):
    """Of a U-Net, of convolutions only and of a threshold."""
    some, others = load_digits().split(0.25, 0)
    train, test = digit_scenes.place_digits(some, n_scenes), digit_scenes.place_digits(others, 100, seed=1)
    nets = [
        digit_scenes.learn(net, train, n_epochs=n_epochs)
        for net in (unet_small.network(), fully_convolutional.network())
    ]
    found = [digit_scenes.overlap(digit_scenes.segment(net, test.images), test.masks) for net in nets]
    return *found, digit_scenes.best_threshold(test)


def test_networks_find_digits_better_than_a_threshold():
    u_net, convolutions, threshold = overlaps(200, 4)
    assert min(u_net, convolutions) > 1.3 * threshold


@pytest.mark.slow
def test_a_u_net_is_sharper_than_convolutions_only():
    u_net, convolutions, threshold = overlaps(600, 6)
    assert u_net > convolutions + 0.04
    assert u_net > 1.8 * threshold


def test_kernels_of_a_fully_convolutional_network_fit_images_of_any_size():
    small, large = fully_convolutional.network(), fully_convolutional.network(side=48)
    large.load_state(small.state())
    image = np.zeros((1, 1, 48, 48), np.float32)
    image[0, 0, 16:32, 16:32] = np.random.default_rng(0).random((16, 16))
    within = large(image).value[0, 0, 16:32, 16:32]
    np.testing.assert_allclose(small(image[:, :, 8:40, 8:40]).value[0, 0, 8:24, 8:24], within, atol=1e-5)


def test_a_u_net_of_two_levels_sees_across_a_scene_and_keeps_its_size():
    network = unet_small.network()
    assert network.build((1, 32, 32)) == (1, 32, 32)
    assert "44 × 44" in network.summary().splitlines()[-2]


def test_features_of_other_digits_help_where_examples_are_few():
    train, test = load_digits().split(0.25, 0)
    source = transfer_learning.pretrained(train, n_steps=500)
    before = source.state()["arrays"]
    reused, anew = transfer_learning.compare(source, train, test, 5, n_draws=1)
    assert reused > anew + 0.08
    for name, array in source.state()["arrays"].items():
        np.testing.assert_array_equal(array, before[name])


def test_five_digits_stand_in_the_middle_and_are_numbered_anew():
    _, test = load_digits().split(0.25, 0)
    images, labels = transfer_learning.part(test, 5)
    assert images.shape == (np.sum(test.labels >= 5), 1, 16, 16)
    assert set(labels) == set(range(5))
    np.testing.assert_allclose(images[0, 0, 4:12, 4:12].ravel(), test.images[test.labels >= 5][0])


@pytest.mark.parametrize("model", [inception_block, vgg_small])
def test_small_networks_of_convolutions_read_digits(model):
    train, test = load_digits().split(0.25, 0)
    history = inception_block.learn(model.network(), train, test, epochs=4)
    assert history.validation_accuracy[-1] >= 0.97


def test_kernels_of_1x1_save_two_thirds_of_the_products():
    shape = (sum(inception_block.WIDTHS), 4, 4)
    counts = []
    for reduced in (True, False):
        block = inception_block.block(reduced=reduced)
        block.build(shape, seed=0)
        counts.append(block.multiply_accumulates(shape))
    assert counts[0] < 0.4 * counts[1]


def test_two_layers_of_3x3_see_what_one_of_5x5_sees():
    lines = vgg_small.network().summary().splitlines()
    assert "5 × 5" in lines[4]
    assert "14 × 14" in lines[11]
