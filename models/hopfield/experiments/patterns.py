"""Patterns to store: at random, or from images."""

from __future__ import annotations

import numpy as np
from neurosim.models.hopfield.mean_field import checked_load
from neurosim.models.hopfield.reading import read_generator, read_number, read_whole

from neurosim.data import Dataset

Seed = int | np.random.Generator
"""Of random numbers, or a source of them."""


def random_patterns(m: int, n: int, rng: Seed) -> np.ndarray:
    """Patterns of -1 and 1 with equal odds, int8 of shape (m, n)."""
    read_whole("random_patterns(m)", m, 0)
    read_whole("random_patterns(n)", n)
    return 2 * read_generator("random_patterns(rng)", rng).integers(0, 2, (m, n), dtype=np.int8) - 1


def patterns_at(load: float, n: int, rng: Seed, activity: float | None = None) -> np.ndarray:
    """Random patterns of -1 and 1 at a load, above 0, in patterns a unit: at least one.

    With an activity, the share of the units that are 1 is just this in each.
    """
    m = max(1, round(checked_load(load) * n))
    return random_patterns(m, n, rng) if activity is None else 2 * sparse_patterns(m, n, activity, rng) - 1


def sparse_patterns(m: int, n: int, activity: float, rng: Seed) -> np.ndarray:
    """Patterns of 0 and 1 with ``round(activity*n)`` ones each at random places, int8 of shape (m, n)."""
    read_whole("sparse_patterns(m)", m, 0)
    read_whole("sparse_patterns(n)", n)
    read_number("sparse_patterns(activity)", activity, "must be from 0 to 1", 0, 1)
    one = np.arange(n) < round(activity * n)
    places = read_generator("sparse_patterns(rng)", rng).permuted(np.tile(one, (m, 1)), axis=1)
    return places.astype(np.int8)


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
    _, firsts, counts = np.unique(data.labels[order], return_index=True, return_counts=True)
    read_whole("image_patterns(per_class)", per_class, 1, int(counts.min()))
    chosen = order[(firsts[:, None] + np.arange(per_class)).ravel()]
    return np.where(data.images[chosen] > threshold, np.int8(1), np.int8(-1))
