"""Convolutions of images, forth and back, as sums of shifted planes.

An image is laid out on planes with room for its padding, all of one pitch. Where a tap of the window looks is
then a fixed distance from the place it looks for, so that an image is one long row: the sum over channels and
taps is a product of matrices that nobody has to write down. What falls between the rows of the output is left
out. A stride sorts the points into planes by their phase.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.jit import inline, kernel
from neurosim.kernels.register_tile import lanes_of, sum_overlaps, sum_products

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.int64]

AT_ONCE = 2**15
"""Numbers of images and errors that a weight gradient goes through at a time; they stay in the cache."""


@inline
def _lay(image: Floats, planes: Floats, start: int, room: tuple[int, ...]) -> None:
    """Copy the channels of an image (channels, height, width) to their planes; margins stay as they are."""
    pitch, n_rows, phases_y, phases_x, top, left = room
    height, width = image.shape[1:]
    plane = start
    for c in range(image.shape[0]):
        for phase_y in range(phases_y):
            for phase_x in range(phases_x):
                for row in range(n_rows):
                    y = (row - top) * phases_y + phase_y
                    if y < 0 or y >= height:
                        continue
                    lo = max(0, left)
                    hi = min(pitch, left + (width - phase_x + phases_x - 1) // phases_x)
                    target = planes[plane + row * pitch + lo : plane + row * pitch + hi]
                    source = image[c, y, (lo - left) * phases_x + phase_x :]
                    if phases_x == 1:  # a loop of its own, which vectorises
                        for i in range(hi - lo):
                            target[i] = source[i]
                    else:
                        for i in range(hi - lo):
                            target[i] = source[i * phases_x]
                plane += n_rows * pitch


@kernel
def correlate(
    images: Floats,
    group: int,
    room: tuple[int, ...],
    weights: Floats,
    offsets: Integers,
    out: Floats,
    places: tuple[int, ...],
    shape: tuple[int, ...],
    first: int,
    last: int,
) -> None:
    """Sum what the taps of a window see, for some of the images of a batch.

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
    out : ndarray of shape (batch, groups, n_outputs, out_height, out_width)
        Filled at the places named.
    places : tuple of six ints
        First row, step and number of rows, and the same of columns.
    shape : tuple of three ints
        Of the tile: its number in `TILES`, rows, and vectors.
    first, last : int
        Which images.
    """
    pitch, n_plane_rows, phases_y, phases_x = room[:4]
    row_start, row_step, height, column_start, column_step, width = places
    tile, n_rows, n_vectors = shape
    n_blocks, n_terms = weights.shape[:2]
    step = n_vectors * lanes_of(images)
    length = ((height - 1) * pitch + width + step - 1) // step * step
    planes = np.zeros(images.shape[2] * phases_y * phases_x * n_plane_rows * pitch + step, images.dtype)
    sums = np.empty(n_blocks * n_rows * length, images.dtype)
    flat = weights.reshape(-1)
    for b in range(first, last):
        _lay(images[b, group], planes, 0, room)
        for place in range(0, length, step):
            for block in range(n_blocks):
                own, target = block * n_terms * n_rows, block * n_rows * length + place
                if tile == 0:
                    sum_products(planes, place, offsets, flat, own, sums, target, length, 0)
                elif tile == 1:
                    sum_products(planes, place, offsets, flat, own, sums, target, length, 1)
                else:
                    sum_products(planes, place, offsets, flat, own, sums, target, length, 2)
        for o in range(out.shape[2]):
            for y in range(height):
                found = sums[o * length + y * pitch : o * length + y * pitch + width]
                target_row = out[b, group, o, row_start + y * row_step, column_start:]
                if column_step == 1:  # a loop of its own, which vectorises
                    for x in range(width):
                        target_row[x] = found[x]
                else:
                    for x in range(width):
                        target_row[x * column_step] = found[x]


@kernel
def correlate_errors(
    images: Floats,
    group: int,
    room: tuple[int, ...],
    errors: Floats,
    offsets: Integers,
    gradients: Floats,
    shape: tuple[int, ...],
    first: int,
    last: int,
) -> None:
    """Add to the gradients of the weights what some shares of the images of a batch give.

    Parameters
    ----------
    images, group, room, offsets
        As of `correlate`; there are as many offsets as fill the tiles, of which the last ones may be idle.
    errors : ndarray of shape (batch, groups, n_outputs, out_height, out_width)
    gradients : ndarray of shape (n_shares, n_rows, n_terms)
        For each share; as many rows and terms as fill the tiles.
    shape : tuple of three ints
        Of the tile: its number in `TILES`, rows, and terms.
    first, last : int
        Which shares.
    """
    pitch, n_plane_rows, phases_y, phases_x = room[:4]
    tile, n_rows, n_taps = shape
    n_outputs, height, width = errors.shape[2:]
    lanes = lanes_of(images)
    length = ((height - 1) * pitch + width + lanes - 1) // lanes * lanes
    plane = images.shape[2] * phases_y * phases_x * n_plane_rows * pitch + lanes
    panel = gradients.shape[1] * length
    n_shares = gradients.shape[0]
    together = max(1, min(-(-len(images) // n_shares), AT_ONCE // (plane + panel)))
    planes, panels = np.zeros(together * plane, images.dtype), np.zeros(together * panel, images.dtype)
    for number in range(first, last):
        begin, end = len(images) * number // n_shares, len(images) * (number + 1) // n_shares
        flat = gradients[number].reshape(-1)
        for start in range(begin, end, together):
            n = min(together, end - start)
            for b in range(n):
                _lay(images[start + b, group], planes, b * plane, room)
                for o in range(n_outputs):
                    for y in range(height):
                        place = b * panel + o * length + y * pitch
                        target, row = panels[place : place + width], errors[start + b, group, o, y]
                        for x in range(width):
                            target[x] = row[x]
            for row_place in range(0, gradients.shape[1], n_rows):
                for term in range(0, gradients.shape[2], n_taps):
                    place, error_start = row_place * gradients.shape[2] + term, row_place * length
                    if tile == 0:
                        sum_overlaps(
                            planes, 0, plane, offsets, term, panels, error_start, panel, length, length, n,
                            flat, place, gradients.shape[2], 0,
                        )  # fmt: skip
                    elif tile == 1:
                        sum_overlaps(
                            planes, 0, plane, offsets, term, panels, error_start, panel, length, length, n,
                            flat, place, gradients.shape[2], 1,
                        )  # fmt: skip
                    else:
                        sum_overlaps(
                            planes, 0, plane, offsets, term, panels, error_start, panel, length, length, n,
                            flat, place, gradients.shape[2], 2,
                        )  # fmt: skip
