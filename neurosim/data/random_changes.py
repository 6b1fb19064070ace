"""Random changes of images that keep their meaning, drawn anew for every batch of a training.

Each is a function of a batch and a source of random numbers: give it to `neurosim.rate.fit` as `augment`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError

Array = npt.NDArray[Any]
Change = Callable[[Array, np.random.Generator], Array]


@dataclass(frozen=True)
class ImageChange(ABC):
    """A random change of images that lie in rows of pixels.

    Parameters
    ----------
    image_shape : tuple of int
        Rows and columns, or channels, rows and columns.
    """

    image_shape: tuple[int, ...]

    def __post_init__(self) -> None:
        shape = self.image_shape
        counts = isinstance(shape, tuple) and all(_is_whole(n) and n >= 1 for n in shape)
        if not counts or len(shape) not in (2, 3):
            limit = "must be (rows, columns) or (channels, rows, columns)"
            raise ParameterError(f"{type(self).__name__}.image_shape", shape, limit)

    def __call__(self, images: Array, rng: np.random.Generator) -> Array:
        """Return changed images in the shape and dtype they came in.

        Raises
        ------
        ParameterError
            If the number of pixels differs.
        """
        if images.ndim < 2 or images[:1].size != np.prod(self.image_shape):
            limit = f"each image must have the pixels of {self.image_shape}"
            raise ParameterError(f"{type(self).__name__}(images)", images.shape, limit)
        stacked = images.reshape(len(images), -1, *self.image_shape[-2:])
        return self._change(stacked, rng).reshape(images.shape).astype(images.dtype, copy=False)

    @abstractmethod
    def _change(self, images: Array, rng: np.random.Generator) -> Array:
        """Change images of shape (n, channels, rows, columns)."""


@dataclass(frozen=True)
class RandomShift(ImageChange):
    """Move each image by up to so many whole pixels along both axes; what moves in is 0.

    Parameters
    ----------
    image_shape : tuple of int
    pixels : int, default 1
        At least 0.
    """

    pixels: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (_is_whole(self.pixels) and self.pixels >= 0):
            raise ParameterError("RandomShift.pixels", self.pixels, "must be a whole number, at least 0")

    def _change(self, images: Array, rng: np.random.Generator) -> Array:
        down, right = rng.integers(-self.pixels, self.pixels + 1, (2, len(images), 1, 1))
        rows, columns = _grid(images.shape)
        return _taken(images, rows - down, columns - right)


@dataclass(frozen=True)
class RandomFlip(ImageChange):
    """Mirror each image, left to right, with some probability.

    Parameters
    ----------
    image_shape : tuple of int
    probability : float, default 0.5
    """

    probability: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (_is_real(self.probability) and 0.0 <= self.probability <= 1.0):
            raise ParameterError("RandomFlip.probability", self.probability, "must be from 0 to 1")

    def _change(self, images: Array, rng: np.random.Generator) -> Array:
        flipped = rng.random((len(images), 1, 1, 1)) < self.probability
        return np.where(flipped, images[..., ::-1], images)


@dataclass(frozen=True)
class RandomRotation(ImageChange):
    """Turn each image about its centre by up to so many degrees, interpolating linearly; what turns in is 0.

    Parameters
    ----------
    image_shape : tuple of int
    degrees : float, default 10.0
        Largest angle either way.
    """

    degrees: float = 10.0

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_amount("RandomRotation.degrees", self.degrees)

    def _change(self, images: Array, rng: np.random.Generator) -> Array:
        angle = np.deg2rad(rng.uniform(-self.degrees, self.degrees, (len(images), 1, 1)))
        rows, columns = _grid(images.shape)
        y, x = rows - 0.5 * (images.shape[2] - 1), columns - 0.5 * (images.shape[3] - 1)
        from_y = np.cos(angle) * y - np.sin(angle) * x + 0.5 * (images.shape[2] - 1)
        from_x = np.sin(angle) * y + np.cos(angle) * x + 0.5 * (images.shape[3] - 1)
        top, left = np.floor(from_y).astype(np.int64), np.floor(from_x).astype(np.int64)
        below, behind = (from_y - top)[:, np.newaxis], (from_x - left)[:, np.newaxis]
        upper = (1.0 - behind) * _taken(images, top, left) + behind * _taken(images, top, left + 1)
        lower = (1.0 - behind) * _taken(images, top + 1, left) + behind * _taken(images, top + 1, left + 1)
        return np.asarray((1.0 - below) * upper + below * lower)


@dataclass(frozen=True)
class RandomNoise:
    """Add independent Gaussian noise to every number of a batch of any shape.

    Parameters
    ----------
    std : float, default 0.1
        Standard deviation, at least 0.
    """

    std: float = 0.1

    def __post_init__(self) -> None:
        _check_amount("RandomNoise.std", self.std)

    def __call__(self, images: Array, rng: np.random.Generator) -> Array:
        """Return noisy images."""
        return (images + self.std * rng.standard_normal(images.shape)).astype(images.dtype, copy=False)


class RandomChanges:
    """Several changes, one after the other.

    Parameters
    ----------
    *changes : callable
        Each takes a batch and a Generator, and returns a batch.

    Raises
    ------
    ParameterError
        If one cannot be called.
    """

    def __init__(self, *changes: Change) -> None:
        for k, change in enumerate(changes):
            if not callable(change):
                raise ParameterError(f"RandomChanges.changes[{k}]", change, "must be a function")
        self.changes = changes

    def __call__(self, images: Array, rng: np.random.Generator) -> Array:
        """Apply all changes in order."""
        for change in self.changes:
            images = change(images, rng)
        return images

    def __repr__(self) -> str:
        return f"RandomChanges({', '.join(map(repr, self.changes))})"


def _grid(shape: tuple[int, ...]) -> tuple[Array, Array]:
    """Row and column of each pixel, as arrays of shape (1, rows, 1) and (1, 1, columns)."""
    return np.arange(shape[2])[np.newaxis, :, np.newaxis], np.arange(shape[3])[np.newaxis, np.newaxis]


def _taken(images: Array, rows: Array, columns: Array) -> Array:
    """Pixels at places of each image, those outside 0."""
    n_rows, n_columns = images.shape[2:]
    inside = (rows >= 0) & (rows < n_rows) & (columns >= 0) & (columns < n_columns)
    which = np.arange(len(images))[:, np.newaxis, np.newaxis]
    y, x = np.clip(rows, 0, n_rows - 1), np.clip(columns, 0, n_columns - 1)
    found = np.moveaxis(images, 1, -1)[which, y, x]  # channels last, shape (n, rows, columns, channels)
    zero = images.dtype.type(0)
    return np.moveaxis(np.where(inside[..., np.newaxis], found, zero), -1, 1)


def _check_amount(where: str, number: Any) -> None:
    if not (_is_real(number) and 0.0 <= number < np.inf):
        raise ParameterError(where, number, "must be at least 0 and finite")


def _is_real(number: Any) -> bool:
    return _is_whole(number) or isinstance(number, float | np.floating)


def _is_whole(number: Any) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool)
