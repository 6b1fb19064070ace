"""A labelled set of images."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from neurosim.errors import DataError, NeurosimError, ParameterError

LARGEST_LABEL = 999_999
"""A label numbers a class, and whoever counts by class needs memory for all numbers up to the largest."""


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images as rows of pixels, and the class each belongs to.

    Parameters
    ----------
    images : ndarray, shape (n, n_pixels)
        Brightness of each pixel, 0 (background) to 1; kept as float64.
    labels : ndarray of integers, shape (n,)
        Class of each image, 0 to 999,999; kept as int64.
    image_shape : tuple of two int
        Rows and columns of an image; their product is ``n_pixels``.
    name : str
        What the set is called in reports.

    Raises
    ------
    DataError
        If the set is empty, an image holds NaN or lies outside 0..1, a label is no class number, or the
        lengths or the shape do not fit each other.

    Examples
    --------
    >>> from neurosim.data import load_digits
    >>> load_digits()
    Dataset('digits', 1797 images of 8x8, 10 classes)
    """

    images: npt.NDArray[np.float64]
    labels: npt.NDArray[np.int64]
    image_shape: tuple[int, int]
    name: str = "data"

    def __post_init__(self) -> None:
        images, labels = (
            _read_array(
                given,
                DataError(f"Dataset.{part} of {self.name!r} is no array: all rows must be equally long."),
            )
            for part, given in (("images", self.images), ("labels", self.labels))
        )
        if images.ndim != 2 or len(images) == 0:
            raise DataError(
                f"Dataset.images of {self.name!r} has shape {images.shape}: must be (n, n_pixels) with n of "
                "at least 1. Flatten each image to a row."
            )
        if images.dtype.kind not in "fiub":
            raise DataError(
                f"Dataset.images of {self.name!r} has dtype {images.dtype}: must be real numbers."
            )
        if labels.shape != (len(images),):
            raise DataError(
                f"Dataset.labels of {self.name!r} has shape {labels.shape}: must be ({len(images)},), one "
                "label for each image."
            )
        if labels.dtype.kind not in "iu":
            raise DataError(
                f"Dataset.labels of {self.name!r} has dtype {labels.dtype}: must be whole numbers. "
                "Number the classes with numpy.unique(labels, return_inverse=True)."
            )
        if labels.min() < 0 or labels.max() > LARGEST_LABEL:
            wrong = labels.min() if labels.min() < 0 else labels.max()
            raise DataError(
                f"Dataset.labels of {self.name!r} holds {wrong}: must be 0 or above, up to {LARGEST_LABEL}. "
                "Number the classes with numpy.unique(labels, return_inverse=True)."
            )
        shape = self.image_shape
        if (
            not isinstance(shape, tuple | list)
            or len(shape) != 2
            or not all(_is_whole(n) and n >= 1 for n in shape)
            or math.prod(shape) != images.shape[1]
        ):
            raise DataError(
                f"Dataset.image_shape of {self.name!r} is {shape!r}: must be two whole numbers, rows and "
                f"columns, whose product is the {images.shape[1]} pixels of an image."
            )
        self._check_brightness(images)
        object.__setattr__(self, "images", np.ascontiguousarray(images, dtype=np.float64))
        object.__setattr__(self, "image_shape", (int(shape[0]), int(shape[1])))
        object.__setattr__(self, "labels", np.ascontiguousarray(labels, dtype=np.int64))

    def _check_brightness(self, images: npt.NDArray[Any]) -> None:
        usable = (images >= 0) & (images <= 1)  # False for NaN too
        if not usable.all():
            image, pixel = np.argwhere(~usable)[0]
            raise DataError(
                f"Dataset.images of {self.name!r}: pixel {pixel} of image {image} is {images[image, pixel]}; "
                "must be 0 to 1. Divide by the largest brightness and leave out images with missing pixels."
            )

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        rows, columns = self.image_shape
        return f"Dataset({self.name!r}, {len(self)} images of {rows}x{columns}, {self.n_classes} classes)"

    @property
    def n_classes(self) -> int:
        """Number of classes: one more than the largest label."""
        return int(self.labels.max()) + 1

    def subset(self, indices: npt.ArrayLike) -> Dataset:
        """Return the images at some positions, as a set of its own.

        Parameters
        ----------
        indices : array_like of int, shape (k,)
            Positions in this set; they may repeat.

        Raises
        ------
        ParameterError
            If a position is outside the set.
        """
        refusal = ParameterError(
            "Dataset.subset(indices)", indices, "must be a list of at least one whole number"
        )
        chosen = _read_array(indices, refusal)
        if chosen.ndim != 1 or chosen.dtype.kind not in "iu" or len(chosen) == 0:
            raise refusal
        if chosen.min() < 0 or chosen.max() >= len(self):
            raise ParameterError("Dataset.subset(indices)", indices, f"must lie in 0..{len(self) - 1}")
        return Dataset(self.images[chosen], self.labels[chosen], self.image_shape, self.name)

    def split(self, test_fraction: float = 0.25, seed: int = 0) -> tuple[Dataset, Dataset]:
        """Divide into a training and a test set that hold each class in the same share.

        The test set has ``round(n * test_fraction)`` images. Each class gives its share, rounded down;
        what is still missing comes from the classes that rounding cut most.

        Parameters
        ----------
        test_fraction : float, default 0.25
            Share of the images held out, between 0 and 1.
        seed : int, default 0
            The same seed gives the same division.

        Returns
        -------
        train, test : Dataset
            Images in shuffled order; none stands in both.

        Raises
        ------
        ParameterError
            If either set would be empty, or the seed is negative.
        """
        is_share = isinstance(test_fraction, int | float | np.floating) and 0 < test_fraction < 1
        n_test = round(len(self) * test_fraction) if is_share else 0
        if not 0 < n_test < len(self):
            raise ParameterError(
                "Dataset.split(test_fraction)",
                test_fraction,
                f"must be between 0 and 1 and leave at least one of {len(self)} images on either side",
            )
        if not _is_whole(seed) or seed < 0:
            raise ParameterError("Dataset.split(seed)", seed, "must be a whole number of 0 or above")
        rng = np.random.default_rng(seed)
        in_test = np.zeros(len(self), dtype=bool)
        for label, n_held_out in self._test_counts(n_test).items():
            in_test[rng.permutation(np.flatnonzero(self.labels == label))[:n_held_out]] = True
        order = rng.permutation(len(self))
        return self.subset(order[~in_test[order]]), self.subset(order[in_test[order]])

    def _test_counts(self, n_test: int) -> dict[int, int]:
        classes, sizes = np.unique(self.labels, return_counts=True)
        quota = sizes * (n_test / len(self))
        counts = np.floor(quota).astype(np.int64)
        most_cut_first = np.argsort(counts - quota, kind="stable")
        counts[most_cut_first[: n_test - counts.sum()]] += 1
        return dict(zip(classes.tolist(), counts.tolist(), strict=True))


def _read_array(given: npt.ArrayLike, refusal: NeurosimError) -> npt.NDArray[Any]:
    try:
        return np.asarray(given)
    except (TypeError, ValueError) as error:
        raise refusal from error


def _is_whole(number: Any) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool)
