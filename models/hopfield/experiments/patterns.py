"""Patterns to store: at random, or from images."""

from __future__ import annotations

import numpy as np

from neurosim.data import Dataset
from neurosim.errors import ParameterError


def random_patterns(m: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """Patterns of -1 and 1 with equal odds, int8 of shape (m, n)."""
    return 2 * rng.integers(0, 2, (m, n), dtype=np.int8) - 1


def sparse_patterns(m: int, n: int, activity: float, rng: np.random.Generator) -> np.ndarray:
    """Patterns of 0 and 1 with ``round(activity*n)`` ones each at random places, int8 of shape (m, n)."""
    return rng.permuted(np.tile(np.arange(n) < round(activity * n), (m, 1)), axis=1).astype(np.int8)


def image_patterns(data: Dataset, per_class: int = 1, *, threshold: float = 0.5) -> np.ndarray:
    """The first images of each class as patterns, 1 where they are bright.

    Parameters
    ----------
    data : Dataset
        Such as the bundled digits, or a part of MNIST.
    per_class : int, default 1
    threshold : float, default 0.5
        Brightness, from 0 to 1, above which a pixel is 1.

    Returns
    -------
    ndarray of int8, shape (classes*per_class, pixels)
        By class.

    Raises
    ------
    ParameterError
        If a class has not as many images.
    """
    order = np.argsort(data.labels, kind="stable")
    classes, firsts, counts = np.unique(data.labels[order], return_index=True, return_counts=True)
    if isinstance(per_class, bool) or not isinstance(per_class, int) or not 1 <= per_class <= counts.min():
        fewest = classes[counts.argmin()]
        limit = f"must be a whole number from 1 to {counts.min()}, as class {fewest} has no more"
        raise ParameterError("image_patterns(per_class)", per_class, limit)
    chosen = order[(firsts[:, None] + np.arange(per_class)).ravel()]
    return np.where(data.images[chosen] > threshold, np.int8(1), np.int8(-1))
