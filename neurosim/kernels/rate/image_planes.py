"""How images, and errors of feature maps, are laid out for convolution.

An image is laid out on planes with room for its padding, all of one pitch. Where a tap of the window looks is
then a fixed distance from the place it looks for, so that an image is one long row: the sum over channels and
taps is a product of matrices that nobody has to write down. What falls between the rows of the output is left
out. A stride sorts the points into planes by their phase.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import inline
from neurosim.kernels.rate.pooling import spread_to_pairs
from neurosim.kernels.rate.row_moves import copy_row

Floats = NDArray[np.floating[Any]]
Taps = NDArray[np.uint8]


@inline
def lay(
    source: Floats,
    start: int,
    shape: tuple[int, int, int, int],
    planes: Floats,
    place: int,
    size: int,
    room: tuple[int, ...],
) -> None:
    """Copy the channels of an image to their planes; margins stay 0.

    Parameters
    ----------
    source : ndarray of one dimension
    start : int
        Where the image begins.
    shape : tuple of four ints
        In how many parts the image lies, 1 or 2, the second with every other row; channels, height, width.
    planes : ndarray of one dimension
    place, size : int
        Where the planes begin, and how far apart they are.
    room : tuple of six ints
        See `neurosim.kernels.rate.correlation.correlate`.
    """
    parts, n_channels, height, width = shape
    pitch, n_rows, phases_y, phases_x, top, left = room
    part_size = height // parts * width
    for c in range(n_channels):
        for phase_y in range(phases_y):
            for phase_x in range(phases_x):
                lo = max(0, left)
                hi = min(pitch, left + (width - phase_x + phases_x - 1) // phases_x)
                for row in range(n_rows):
                    y = (row - top) * phases_y + phase_y
                    if y < 0 or y >= height:
                        continue
                    part = y & (parts - 1)
                    seen = start + (part * n_channels + c) * part_size + (y >> (parts - 1)) * width
                    seen += (lo - left) * phases_x + phase_x
                    target = place + row * pitch + lo
                    if phases_x == 1:
                        copy_row(source, seen, planes, target, hi - lo, planes.size)
                    else:
                        for i in range(hi - lo):
                            planes[target + i] = source[seen + i * phases_x]
                place += size


@inline
def pass_back(g: Floats, values: Floats, winners: Taps, start: int, passed: Floats, errors: Floats) -> None:
    """Find the errors of the maps of an image before rectification and, where there was any, pooling.

    Parameters
    ----------
    g, values : ndarrays of one dimension
        Gradients for what came out, and what came out.
    winners : uint8 array of one dimension
        Which of four was the largest, as `neurosim.kernels.rate.pooling` has it; of size 0 without pooling.
    start : int
        Where the image begins in them.
    passed : ndarray
        Filled with g where a value is positive, and 0 elsewhere.
    errors : ndarray
        Filled with the same before pooling: the upper rows of all windows, then the lower ones. Not used
        without pooling.
    """
    n = passed.size
    given, value = g[start : start + n], values[start : start + n]
    nothing = g.dtype.type(0.0)
    for i in range(n):
        passed[i] = given[i] if value[i] > 0 else nothing
    if winners.size:
        spread_to_pairs(passed, winners[start : start + n], errors[: 2 * n], errors[2 * n :])
