"""Random changes of images against naive twins and SciPy, and standardisation."""

import numpy as np
import pytest
from scipy.ndimage import affine_transform

from neurosim.data import (
    RandomChanges,
    RandomFlip,
    RandomNoise,
    RandomRotation,
    RandomShift,
    Standardisation,
)
from neurosim.errors import ParameterError

SHAPE = (2, 5, 4)  # channels, rows, columns
IMAGES = np.random.default_rng(0).random((12, 40))


def shifted(image, down, right):
    moved = np.zeros_like(image)
    _, rows, columns = image.shape
    for y in range(rows):
        for x in range(columns):
            if 0 <= y - down < rows and 0 <= x - right < columns:
                moved[:, y, x] = image[:, y - down, x - right]
    return moved


def test_shifts_as_a_naive_twin():
    found = RandomShift(SHAPE, 2)(IMAGES, np.random.default_rng(1)).reshape(12, *SHAPE)
    drawn = np.random.default_rng(1).integers(-2, 3, (2, 12, 1, 1)).reshape(2, 12)
    for image, moved, down, right in zip(IMAGES.reshape(12, *SHAPE), found, *drawn, strict=True):
        np.testing.assert_array_equal(moved, shifted(image, down, right))
    assert len({tuple(pair) for pair in drawn.T}) > 5


def test_rotations_as_scipy():
    found = RandomRotation(SHAPE, 60.0)(IMAGES, np.random.default_rng(1)).reshape(12, *SHAPE)
    angles = np.deg2rad(np.random.default_rng(1).uniform(-60.0, 60.0, 12))
    centre = np.array([2.0, 1.5])
    for image, turned, angle in zip(IMAGES.reshape(12, *SHAPE), found, angles, strict=True):
        matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        for channel, ours in zip(image, turned, strict=True):
            framed = np.pad(channel, 3)  # a frame of zeros, so that SciPy too interpolates across the edge
            theirs = affine_transform(framed, matrix, centre + 3 - matrix @ (centre + 3), order=1)[3:-3, 3:-3]
            np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_flips():
    images = IMAGES.reshape(12, *SHAPE)
    np.testing.assert_array_equal(RandomFlip(SHAPE, 1.0)(images, np.random.default_rng(0)), images[..., ::-1])
    np.testing.assert_array_equal(RandomFlip(SHAPE, 0.0)(images, np.random.default_rng(0)), images)
    many = np.tile([0.0, 1.0], (4000, 1))
    share = RandomFlip((1, 2))(many, np.random.default_rng(2))[:, 0].mean()
    assert abs(share - 0.5) < 4.0 * 0.5 / np.sqrt(4000)


def test_noise_and_several_changes():
    changes = RandomChanges(RandomShift(SHAPE), RandomNoise(0.5))
    images = IMAGES.astype(np.float32)
    found = changes(images, np.random.default_rng(3))
    assert found.dtype == np.float32
    rng = np.random.default_rng(3)
    np.testing.assert_array_equal(found, RandomNoise(0.5)(RandomShift(SHAPE)(images, rng), rng))
    noise = RandomNoise(0.5)(np.zeros((100, 100)), np.random.default_rng(4))
    assert abs(noise.std() - 0.5) < 4.0 * 0.5 / np.sqrt(2 * noise.size)


@pytest.mark.parametrize("change", [RandomShift(SHAPE), RandomFlip(SHAPE), RandomRotation(SHAPE)])
def test_images_are_left_as_they_were(change):
    images = IMAGES.astype(np.float32)
    before = images.copy()
    found = change(images, np.random.default_rng(0))
    assert found.shape == images.shape
    assert found.dtype == np.float32
    np.testing.assert_array_equal(images, before)


def test_standardisation_knows_the_training_part_only():
    training, test = IMAGES[:8], IMAGES[8:]
    standardisation = Standardisation.of(training)
    found = standardisation.apply(training)
    np.testing.assert_allclose(found.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(found.std(axis=0), 1.0, rtol=1e-12)
    expected = (test - training.mean(axis=0)) / training.std(axis=0)
    np.testing.assert_allclose(standardisation.apply(test), expected, rtol=1e-12)
    np.testing.assert_allclose(standardisation.undo(standardisation.apply(test)), test, rtol=1e-12)


def test_a_feature_that_never_varies_is_only_centred():
    standardisation = Standardisation.of(np.array([[0.1, 1.0]] * 3 + [[0.1, 2.0]], np.float32))
    found = standardisation.apply(np.array([[0.1, 1.0], [1.1, 1.0]], np.float32))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[:, 0], [0.0, 1.0], atol=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RandomShift((5,)), r"RandomShift.image_shape = \(5,\)"),
        (lambda: RandomShift(SHAPE, 0.5), "RandomShift.pixels = 0.5"),
        (lambda: RandomFlip(SHAPE, 1.5), "RandomFlip.probability = 1.5"),
        (lambda: RandomRotation(SHAPE, np.inf), "RandomRotation.degrees = inf"),
        (lambda: RandomNoise(-1.0), "RandomNoise.std = -1.0"),
        (lambda: RandomChanges(3), r"RandomChanges.changes\[0\] = 3"),
        (
            lambda: RandomShift((3, 3))(IMAGES, np.random.default_rng(0)),
            r"RandomShift\(images\) = \(12, 40\)",
        ),
        (lambda: Standardisation.of([[np.nan]]), r"of\(X\)\[0, 0\] = nan: must be finite"),
        (lambda: Standardisation.of([1.0]), r"of\(X\) = .*must be real numbers of shape"),
        (
            lambda: Standardisation.of(IMAGES).apply(IMAGES[:, :3]),
            r"apply\(X\) = \(12, 3\): needs 40",
        ),
    ],
)
def test_errors(make, message):
    with pytest.raises(ParameterError, match=message):
        make()
