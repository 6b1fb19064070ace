import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurosim.data import Dataset, load_digits
from neurosim.errors import DataError, ParameterError


def make_dataset(labels, n_pixels=4):
    labels = np.asarray(labels)
    images = np.linspace(0, 1, len(labels) * n_pixels).reshape(len(labels), n_pixels)
    return Dataset(images, labels, (2, n_pixels // 2), "made up")


def test_digits_are_those_of_scikit_learn():
    reference = pytest.importorskip("sklearn.datasets").load_digits()
    digits = load_digits()
    np.testing.assert_array_equal(digits.images * 16, reference.data)
    np.testing.assert_array_equal(digits.labels, reference.target)
    assert digits.images.dtype == np.float64
    assert digits.labels.dtype == np.int64
    assert repr(digits) == "Dataset('digits', 1797 images of 8x8, 10 classes)"


def test_loading_digits_leaves_scikit_learn_out():
    program = (
        "import sys; from neurosim.data import load_digits; load_digits(); sys.exit('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_split_divides_every_image_once_and_each_class_in_its_share():
    digits = load_digits()
    train, test = digits.split(0.25, seed=3)
    assert len(test) == round(0.25 * 1797)
    rows = np.concatenate([train.images, test.images])
    assert sorted(map(bytes, rows)) == sorted(map(bytes, digits.images))
    share = np.bincount(test.labels) - 0.25 * np.bincount(digits.labels)
    assert np.abs(share).max() < 1


def test_split_keeps_each_image_with_its_label():
    digits = load_digits()
    label_of = {bytes(image): label for image, label in zip(digits.images, digits.labels, strict=True)}
    for part in digits.split():
        assert [label_of[bytes(image)] for image in part.images] == part.labels.tolist()


def test_split_depends_on_the_seed_alone():
    digits = load_digits()
    first, again, other = (digits.split(seed=seed)[1] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.images, again.images)
    assert not np.array_equal(first.images, other.images)
    assert len(np.unique(first.labels[:50])) == 10, "classes come mixed"


@given(st.lists(st.integers(0, 4), min_size=2, max_size=60), st.floats(0.05, 0.95), st.integers(0, 99))
def test_split_holds_for_any_labels(labels, fraction, seed):
    dataset = make_dataset(labels)
    n_test = round(len(labels) * fraction)
    if not 0 < n_test < len(labels):
        with pytest.raises(ParameterError, match="test_fraction"):
            dataset.split(fraction, seed)
        return
    train, test = dataset.split(fraction, seed)
    assert len(test) == n_test
    assert sorted([*train.images[:, 0], *test.images[:, 0]]) == sorted(dataset.images[:, 0])
    counts = np.bincount(test.labels, minlength=5)
    assert np.all(np.abs(counts - n_test / len(labels) * np.bincount(labels, minlength=5)) < 1)


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, float("nan"), 1e-6, "a", None, True])
def test_split_refuses_fractions_that_leave_a_side_empty(fraction):
    with pytest.raises(ParameterError, match=r"Dataset\.split\(test_fraction\)"):
        load_digits().split(fraction)


def test_split_with_far_apart_labels_needs_no_memory_for_those_between():
    labels = np.array([3, 999_999, 3, 999_999])
    train, test = make_dataset(labels).split(0.5)
    assert sorted(train.labels) == sorted(test.labels) == [3, 999_999]
    assert make_dataset(labels)._test_counts(2) == {3: 1, 999_999: 1}


@pytest.mark.parametrize("seed", [-1, 0.5, None])
def test_split_refuses_unusable_seeds(seed):
    with pytest.raises(ParameterError, match="seed"):
        load_digits().split(seed=seed)


def test_subset():
    dataset = make_dataset([0, 1, 2, 1])
    np.testing.assert_array_equal(dataset.subset([3, 0]).labels, [1, 0])
    np.testing.assert_array_equal(dataset.subset([3, 0]).images, dataset.images[[3, 0]])
    for outside in ([4], [-1], [], [0.5], 2, [1, [2, 3]], None):
        with pytest.raises(ParameterError, match="indices"):
            dataset.subset(outside)


GOOD = np.full((3, 4), 0.5)


def good_but(pixel, image, value):
    images = GOOD.copy()
    images[image, pixel] = value
    return images


@pytest.mark.parametrize(
    ("images", "labels", "image_shape", "message"),
    [
        (GOOD[0], [0, 1, 2], (2, 2), "images.*shape"),
        (GOOD[:0], [], (2, 2), "at least 1"),
        (GOOD + 0j, [0, 1, 2], (2, 2), "complex"),
        (GOOD, [0, 1], (2, 2), r"labels.*\(2,\).*\(3,\)"),
        (GOOD, [0.0, 1.0, 2.0], (2, 2), "whole numbers"),
        (GOOD, [0, 1, -2], (2, 2), "0 or above"),
        (GOOD, [0, 1, 2], (2, 3), "image_shape"),
        (GOOD, [0, 1, 2], None, "image_shape.* None"),
        (GOOD, [0, 1, 2], ("2", "2"), "image_shape"),
        (GOOD, [0, 1, 2], (2.0, 2.0), "image_shape"),
        ([[0.5] * 4, [0.5] * 3], [0, 1], (2, 2), "images.* equally long"),
        (GOOD, [0, [1], 2], (2, 2), "labels.* equally long"),
        (GOOD, np.array([0, 1, 2**63], np.uint64), (2, 2), "holds 9223372036854775808: .* up to 999999"),
        (GOOD, [0, 1, 2**40], (2, 2), "holds 1099511627776"),
        (GOOD, [0, 1, 2**70], (2, 2), "labels.* whole numbers"),
        (GOOD, [0, 1, 2], (4,), "image_shape"),
        (GOOD, [0, 1, 2], (-2, -2), "image_shape"),
        (
            good_but(2, 1, np.nan),
            [0, 1, 2],
            (2, 2),
            "pixel 2 of image 1 is nan",
        ),
        (
            good_but(3, 2, 1.5),
            [0, 1, 2],
            (2, 2),
            "pixel 3 of image 2 is 1.5",
        ),
        (GOOD - 1, [0, 1, 2], (2, 2), "pixel 0 of image 0"),
    ],
)
def test_unusable_arrays_are_refused(images, labels, image_shape, message):
    with pytest.raises(DataError, match=message):
        Dataset(images, labels, image_shape)
