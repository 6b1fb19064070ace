"""More training images from the same ones."""

from __future__ import annotations

import numpy as np

from neurosim.data.dataset import Dataset

DIRECTIONS = ((0, 1), (0, -1), (1, 0), (-1, 0))
"""Rows down and columns right, one pixel each."""


def with_shifts(data: Dataset, weight: int = 4) -> Dataset:
    """Add every image moved by one pixel up, down, left and right, and repeat the image in place.

    Handwriting does not change its meaning by moving a little, so this teaches a small network what it cannot
    learn from a thousand centred digits. Pixels moved in are black.

    Parameters
    ----------
    data : Dataset
    weight : int, default 4
        How often each image appears in place; the moved ones appear once.

    Returns
    -------
    Dataset
        ``weight + 4`` times as long.
    """
    rows, columns = data.image_shape
    framed = np.pad(data.images.reshape(-1, rows, columns), ((0, 0), (1, 1), (1, 1)))
    moved = [
        framed[:, 1 - down : 1 - down + rows, 1 - right : 1 - right + columns].reshape(len(data.images), -1)
        for down, right in DIRECTIONS
    ]
    images = np.concatenate([data.images] * weight + moved)
    return Dataset(images, np.tile(data.labels, weight + len(moved)), data.image_shape, data.name)
