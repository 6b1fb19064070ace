"""Gradients of convolutions: what errors of feature maps say of the images, of the kernels and of the biases.

Where maps were rectified and pooled, their errors are found image by image, and never stored.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import bound_kernel, inline, kernel
from neurosim.kernels.rate.correlation import fill_sums
from neurosim.kernels.rate.image_planes import lay, pass_back
from neurosim.kernels.rate.register_tile import lanes_of, sum_overlaps
from neurosim.kernels.rate.row_moves import copy_row

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.int64]
Taps = NDArray[np.uint8]

AT_ONCE = 2**15
"""Numbers of images and errors that a weight gradient goes through at a time; they stay in the cache."""


Errors = tuple[Floats, Floats, Taps]
"""Gradients for the outputs of `neurosim.kernels.rate.correlation.correlate`, of shape (batch, groups,
n_outputs, n_places); these outputs, if they were rectified, and winners, if they were pooled, or arrays of
size 0."""


@inline
def with_buffers(errors: Errors) -> tuple[Floats, Floats, Taps, Floats, Floats]:
    """Errors in one dimension, and room for those behind a ReLU and behind a pooling, if there were any."""
    g, values, winners = errors
    n = g[0, 0].size
    passed, spread = np.empty(n * (values.size > 0), g.dtype), np.empty(4 * n * (winners.size > 0), g.dtype)
    return g.reshape(-1), values.reshape(-1), winners.reshape(-1), passed, spread


@kernel
def correlate_back(
    errors: Errors,
    group: int,
    sides: tuple[int, int],
    room: tuple[int, ...],
    weights: Floats,
    offsets: Integers,
    out: Floats,
    places: tuple[int, ...],
    shape: tuple[int, ...],
    first: int,
    last: int,
) -> None:
    """Sum what errors say of the points of some images that look through the same taps.

    Parameters
    ----------
    errors : tuple of three ndarrays
        See `Errors`.
    group, sides, room, weights, offsets, shape, first, last
        As of `correlate`, the errors being the images.
    out : ndarray of shape (batch, groups, channels, height, width)
        Filled at the places named.
    places : tuple of six ints
        First row, step and number of rows, and the same of columns.
    """
    pitch, n_plane_rows = room[:2]
    row_start, row_step, height, column_start, column_step, width = places
    g = errors[0]
    n_groups, n_outputs = g.shape[1], g.shape[2]
    step = shape[2] * lanes_of(g)
    length = ((height - 1) * pitch + width + step - 1) // step * step
    size = n_plane_rows * pitch
    planes = np.zeros(n_outputs * size + step, g.dtype)
    sums = np.empty(weights.shape[0] * shape[1] * length, g.dtype)
    out_height, out_width = out.shape[3:]
    target, n_points = out.reshape(-1), out[0, 0].size
    n = g[0, 0].size
    flat, value_of, winner_of, passed, spread = with_buffers(errors)
    source = spread if winner_of.size else passed if value_of.size else flat
    error_shape = (2 if winner_of.size else 1, n_outputs, sides[0], sides[1])
    for b in range(first, last):
        own = b * n_groups + group
        if value_of.size:
            pass_back(flat, value_of, winner_of, own * n, passed, spread)
        lay(source, 0 if value_of.size else own * n, error_shape, planes, 0, size, room)
        fill_sums(planes, offsets, weights, sums, length, shape)
        for c in range(out.shape[2]):
            for y in range(height):
                seen, row = c * length + y * pitch, c * out_height + row_start + y * row_step
                place = own * n_points + row * out_width + column_start
                if column_step == 1:
                    # Over the end of a row there may only be rows that are still to come.
                    end = (own + 1) * n_points if row_step == 1 else place + width
                    copy_row(sums, seen, target, place, width, end)
                else:
                    for x in range(width):
                        target[place + x * column_step] = sums[seen + x]


@kernel
def correlate_errors(
    images: Floats,
    group: int,
    room: tuple[int, ...],
    errors: Errors,
    sides: tuple[int, int],
    offsets: Integers,
    gradients: Floats,
    by_bias: Floats,
    shape: tuple[int, ...],
    first: int,
    last: int,
) -> None:
    """Add to the gradients of the weights and of the biases what some shares of the images of a batch give.

    Parameters
    ----------
    images, group, room, sides, offsets
        As of `neurosim.kernels.rate.correlation.correlate`; there are as many offsets as fill the tiles, of
        which the last ones may be idle.
    errors : tuple of three ndarrays
        See `Errors`.
    gradients : ndarray of shape (n_shares, n_row_blocks, n_term_blocks, n_sums)
        For each share and tile; as many tiles as the rows and terms need.
    by_bias : ndarray of shape (n_shares, n_outputs)
    shape : tuple of three ints
        Of the tile: its number in `TILES`, rows, and terms.
    first, last : int
        Which shares.
    """
    pitch, n_plane_rows, phases_y, phases_x = room[:4]
    height, width = sides
    g = errors[0]
    n_groups, n_channels, n_outputs = images.shape[1], images.shape[2], g.shape[2]
    lanes = lanes_of(images)
    length = ((height - 1) * pitch + width + lanes - 1) // lanes * lanes
    size = n_plane_rows * pitch
    plane = n_channels * phases_y * phases_x * size + lanes
    panel = gradients.shape[1] * shape[1] * length
    n_shares = len(gradients)
    together = max(1, min(-(-len(images) // n_shares), AT_ONCE // (plane + panel)))
    planes, panels = np.zeros(together * plane, images.dtype), np.zeros(together * panel, images.dtype)
    image_size, n, map_size = images[0, 0].size, g[0, 0].size, g[0, 0, 0].size
    image_shape = (1, n_channels, images.shape[3], images.shape[4])
    seen = images.reshape(-1)
    flat, value_of, winner_of, passed, spread = with_buffers(errors)
    summed = passed if value_of.size else flat
    source = spread if winner_of.size else summed
    error_shape = (2 if winner_of.size else 1, n_outputs, height, width)
    error_room = (pitch, height, 1, 1, 0, 0)
    for number in range(first, last):
        begin, end = len(images) * number // n_shares, len(images) * (number + 1) // n_shares
        for start in range(begin, end, together):
            n_images = min(together, end - start)
            for b in range(n_images):
                own = (start + b) * n_groups + group
                lay(seen, own * image_size, image_shape, planes, b * plane, size, room)
                if value_of.size:
                    pass_back(flat, value_of, winner_of, own * n, passed, spread)
                own_start = 0 if value_of.size else own * n
                lay(source, own_start, error_shape, panels, b * panel, length, error_room)
                for o in range(n_outputs):
                    own_errors = summed[own_start + o * map_size : own_start + (o + 1) * map_size]
                    total = g.dtype.type(0.0)
                    for i in range(own_errors.size):
                        total += own_errors[i]
                    by_bias[number, o] += total
            sizes = plane, panel, length, n_images
            add_overlaps(planes, offsets, panels, gradients[number], sizes, shape)


@bound_kernel
def add_overlaps(
    planes: Floats,
    offsets: Integers,
    panels: Floats,
    gradient: Floats,
    sizes: tuple[int, ...],
    shape: tuple[int, ...],
) -> None:
    """Add to the gradient of the weights what images and errors give that are laid out.

    Parameters
    ----------
    planes, panels : ndarrays of one dimension
        The images, and rows of their errors.
    gradient : ndarray of shape (n_row_blocks, n_term_blocks, n_sums)
    sizes : tuple of four ints
        Numbers of an image, of its errors and of a row of them, and how many images there are.
    offsets, shape
        See `correlate_errors`.
    """
    plane, panel, length, n = sizes
    tile, n_rows, n_taps = shape
    n_blocks, n_term_blocks, n_sums = gradient.shape
    sums, place = gradient.reshape(-1), 0
    for block in range(n_blocks):
        start = block * n_rows * length
        for term in range(0, n_term_blocks * n_taps, n_taps):
            if tile == 0:
                sum_overlaps(
                    planes, 0, plane, offsets, term, panels, start, panel, length, length, n, sums, place, 0
                )
            elif tile == 1:
                sum_overlaps(
                    planes, 0, plane, offsets, term, panels, start, panel, length, length, n, sums, place, 1
                )
            else:
                sum_overlaps(
                    planes, 0, plane, offsets, term, panels, start, panel, length, length, n, sums, place, 2
                )
            place += n_sums
