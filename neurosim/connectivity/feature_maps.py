"""Feature maps: what shared kernels see in the images of a batch, and what the errors of maps say."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from neurosim.connectivity.checks import Floats
from neurosim.connectivity.sweep import Sweep

Taps = NDArray[np.uint8]

Grouped = tuple[Floats, Floats, Taps]
"""What `MapErrors` holds, as the kernels take it."""

SHARES = 4
"""Parts of a batch whose weight gradients may be computed at the same time."""

WORTH_SHARING = 2_000_000
"""Products with a weight for which it pays to wake a thread."""


class MapErrors(NamedTuple):
    """Gradients for feature maps as they came out of `SharedKernels.feature_maps`.

    Attributes
    ----------
    g : ndarray of shape (..., n)
    values : ndarray of the shape of `g`, or None
        The maps, if they were rectified.
    winners : uint8 array of the shape of `g`, or None
        Which of four was the largest, if they were pooled, too.
    """

    g: Floats
    values: Floats | None = None
    winners: Taps | None = None

    def grouped(self, groups: int, channels: int, dtype: DTypeLike) -> Grouped:
        """All of it in shape (batch, groups, channels, places); of what there is not, size 0."""
        g = np.ascontiguousarray(self.g, dtype).reshape(
            -1, groups, channels, self.g.shape[-1] // (groups * channels)
        )
        none = np.empty((0, *g.shape[1:]), dtype)
        values = none if self.values is None else self.values.astype(dtype, copy=False).reshape(g.shape)
        winners = none.astype(np.uint8) if self.winners is None else self.winners.reshape(g.shape)
        return g, values, winners


def correlate_images(
    images: Floats,
    group: int,
    kernels: Floats,
    sweep: Sweep,
    bias: Floats,
    rectified: bool,
    out: Floats,
    winners: Taps | None,
) -> None:
    """Fill the maps of a group with what kernels (outputs, channels, kh, kw) see in its channels."""
    from neurosim.kernels.core.crew import share, worth
    from neurosim.kernels.rate.correlation import correlate

    matrix = sweep.taken(kernels)
    shape, blocks = _blocks(matrix)
    offsets, room, sides = sweep.offsets, sweep.room, (sweep.rows.n, sweep.columns.n)
    taps = np.empty((0, *out.shape[1:]), np.uint8) if winners is None else winners.reshape(out.shape)
    arguments = images, group, room, blocks, offsets, bias, int(rectified), out, taps, sides, shape
    products = len(images) * sides[0] * sides[1] * matrix.size
    share(correlate, arguments, len(images), worth(len(images), products, WORTH_SHARING))


def correlate_back(
    errors: Grouped, group: int, sides: tuple[int, int], kernels: Floats, sweep: Sweep, images: Floats
) -> None:
    """Fill the places of a sweep with what errors say through kernels (channels, outputs, kh, kw)."""
    from neurosim.kernels.core.crew import share, worth
    from neurosim.kernels.rate.correlation_gradients import correlate_back

    matrix = sweep.taken(kernels)
    shape, blocks = _blocks(matrix)
    offsets, room, places = sweep.offsets, sweep.room, sweep.places
    arguments = errors, group, sides, room, blocks, offsets, images, places, shape
    products = images[:, group].size * matrix.shape[1]
    share(correlate_back, arguments, len(images), worth(len(images), products, WORTH_SHARING))


def correlate_errors(
    images: Floats,
    group: int,
    errors: Grouped,
    sides: tuple[int, int],
    sweep: Sweep,
    shape: tuple[int, ...],
) -> tuple[Floats, Floats]:
    """Gradients for kernels of a shape (outputs, channels, kh, kw), and for the biases."""
    from neurosim.kernels.core.crew import share
    from neurosim.kernels.rate.correlation_gradients import correlate_errors
    from neurosim.kernels.rate.register_tile import fitting_tile, whole_registers

    offsets = sweep.offsets
    tile, n_rows, n_taps = fitting_tile(shape[0])
    n_blocks, n_term_blocks = -(-shape[0] // n_rows), -(-len(offsets) // n_taps)
    padded = np.zeros(n_term_blocks * n_taps, np.int64)
    padded[: len(offsets)] = offsets
    # The batch is cut in the same way for any number of threads, so that the order of the sums is the same.
    n = max(1, min(len(images), SHARES))
    n_sums = whole_registers(n_rows * n_taps, images.itemsize)
    gradients = np.zeros((n, n_blocks, n_term_blocks, n_sums), images.dtype)
    by_bias = np.zeros((n, shape[0]), images.dtype)
    arguments = images, group, sweep.room, errors, sides, padded, gradients, by_bias, (tile, n_rows, n_taps)
    pays = len(images) * sides[0] * sides[1] * gradients[0].size > WORTH_SHARING
    share(correlate_errors, arguments, n, 1 if pays else n)
    tiles = gradients.sum(axis=0)[:, :, : n_rows * n_taps].reshape(n_blocks, n_term_blocks, n_rows, n_taps)
    rows = tiles.swapaxes(1, 2).reshape(n_blocks * n_rows, -1)
    return rows[: shape[0], : len(offsets)].reshape(shape), by_bias.sum(axis=0)


def _blocks(matrix: Floats) -> tuple[tuple[int, int, int], Floats]:
    """The tile that fits, and the rows of a matrix in blocks of it, shape (n_blocks, n_terms, n_rows)."""
    from neurosim.kernels.rate.register_tile import fitting_tile

    tile, n_rows, n_vectors = fitting_tile(len(matrix))
    n_blocks = -(-len(matrix) // n_rows)
    weights = np.zeros((n_blocks * n_rows, matrix.shape[1]), matrix.dtype)
    weights[: len(matrix)] = matrix
    blocks = np.ascontiguousarray(weights.reshape(n_blocks, n_rows, -1).swapaxes(1, 2))
    return (tile, n_rows, n_vectors), blocks
