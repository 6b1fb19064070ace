"""Convolutions of images, as sums of shifted planes: `neurosim.kernels.rate.image_planes` says how they lie.

The sums of an image are finished while they are in the cache: bias, rectification, pooling.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import bound_kernel, kernel
from neurosim.kernels.rate.image_planes import lay
from neurosim.kernels.rate.pooling import largest_of_pairs
from neurosim.kernels.rate.register_tile import lanes_of, sum_products
from neurosim.kernels.rate.row_moves import finish_row

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.int64]
Taps = NDArray[np.uint8]


@kernel
def correlate(
    images: Floats,
    group: int,
    room: tuple[int, ...],
    weights: Floats,
    offsets: Integers,
    biases: Floats,
    rectified: int,
    out: Floats,
    winners: Taps,
    sides: tuple[int, int],
    shape: tuple[int, ...],
    first: int,
    last: int,
) -> None:
    """Sum what the taps of a window see, for some of the images of a batch, and finish the sums.

    Parameters
    ----------
    images : ndarray of shape (batch, groups, channels, height, width)
    group : int
        Which channels.
    room : tuple of six ints
        Pitch and number of the rows of a plane; phases of rows and columns; rows above the image and columns
        left of it, negative where the image is cropped.
    weights : ndarray of shape (n_blocks, n_terms, n_rows)
        For each block of outputs, and each channel and tap.
    offsets : int64 array of shape (n_terms,)
        Where a channel and tap looks.
    biases : ndarray of shape (n_outputs,)
        Added to the sums.
    rectified : int
        Whether 0 takes the place of negative sums, 1 or 0.
    out : ndarray of shape (batch, groups, n_outputs, n_places)
        Filled.
    winners : uint8 array of the shape of `out`, or of size 0
        If not of size 0, `out` takes the largest of each 2x2 results side by side, and this its number.
    sides : tuple of two ints
        Height and width of what the window gives.
    shape : tuple of three ints
        Of the tile: its number in `TILES`, rows, and vectors.
    first, last : int
        Which images.
    """
    pitch, n_plane_rows, phases_y, phases_x = room[:4]
    height, width = sides
    n_groups, n_channels, n_outputs = images.shape[1], images.shape[2], out.shape[2]
    n_blocks, step = weights.shape[0], shape[2] * lanes_of(images)
    length = ((height - 1) * pitch + width + step - 1) // step * step
    size = n_plane_rows * pitch
    planes = np.zeros(n_channels * phases_y * phases_x * size + step, images.dtype)
    sums = np.empty(n_blocks * shape[1] * length, images.dtype)
    source, target, winner_of = images.reshape(-1), out.reshape(-1), winners.reshape(-1)
    image_size, n = images[0, 0].size, out[0, 0].size
    image_shape = (1, n_channels, images.shape[3], images.shape[4])
    least = images.dtype.type(0.0) if rectified else images.dtype.type(-np.inf)
    pooled = winners.size > 0
    upper, lower = np.empty(2 * n * pooled, images.dtype), np.empty(2 * n * pooled, images.dtype)
    for b in range(first, last):
        own = b * n_groups + group
        lay(source, own * image_size, image_shape, planes, 0, size, room)
        fill_sums(planes, offsets, weights, sums, length, shape)
        for o in range(n_outputs):
            for y in range(height):
                seen = o * length + y * pitch
                if pooled:
                    half = upper if y % 2 == 0 else lower
                    place = (o * (height // 2) + y // 2) * width
                    finish_row(sums, seen, half, place, width, half.size, biases[o], least)
                else:
                    place, end = own * n + (o * height + y) * width, (own + 1) * n
                    finish_row(sums, seen, target, place, width, end, biases[o], least)
        if pooled:
            here = slice(own * n, (own + 1) * n)
            largest_of_pairs(upper, lower, target[here], winner_of[here])


@bound_kernel
def fill_sums(
    planes: Floats, offsets: Integers, weights: Floats, sums: Floats, length: int, shape: tuple[int, ...]
) -> None:
    """Fill rows of so many sums, a row for each output.

    Parameters
    ----------
    planes : ndarray of one dimension
    offsets, weights, shape
        See `correlate`.
    sums : ndarray of shape (n_blocks*n_rows*length,)
    length : int
        A multiple of the width of the tile.
    """
    tile, n_rows, n_vectors = shape
    n_blocks, n_terms = weights.shape[:2]
    flat = weights.reshape(-1)
    for place in range(0, length, n_vectors * lanes_of(planes)):
        for block in range(n_blocks):
            own, target = block * n_terms * n_rows, block * n_rows * length + place
            if tile == 0:
                sum_products(planes, place, offsets, flat, own, sums, target, length, 0)
            elif tile == 1:
                sum_products(planes, place, offsets, flat, own, sums, target, length, 1)
            else:
                sum_products(planes, place, offsets, flat, own, sums, target, length, 2)
