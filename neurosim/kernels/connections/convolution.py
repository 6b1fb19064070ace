"""Windows that slide over images: event-driven delivery."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import int64
from numpy.typing import NDArray

from neurosim.kernels.connections.delivery import Amplitudes, Integers, locate
from neurosim.kernels.core.jit import exact_kernel, inline

Floats = NDArray[np.floating[Any]]


@inline
def inside(start: int, stride: int, size: int, n: int) -> tuple[int, int]:
    """First o and the one after the last, of n, for which ``start + o*stride`` lies from 0 to size - 1."""
    first = min(max(0, -(start // stride)), n)
    return first, max(first, min(n, (size - 1 - start) // stride + 1))


@exact_kernel
def deliver_windows(
    weights: Floats,
    strides: tuple[int, ...],
    channels: tuple[int, int, int],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    steps: tuple[int, ...],
    target_shape: tuple[int, int],
    spikes: Integers,
    offsets: Integers,
    first: int,
    last: int,
    ring: NDArray[np.float64],
    start: int,
    pre_size: int,
    pre_start: int,
    post_size: int,
    post_start: int,
    amplitudes: Amplitudes,
) -> int:
    """Deliver through a window that slides over an image, in either direction.

    Parameters
    ----------
    weights : ndarray of shape (n_weights,)
    strides : tuple of five ints
        Where the weight of group g, source channel s, target channel t, tap row i and tap column j lies:
        ``g*strides[0] + s*strides[1] + t*strides[2] + i*strides[3] + j*strides[4]``.
    channels : tuple of three ints
        Groups, and source and target channels of a group.
    rows, columns : int64 arrays of shape (height, 3) and (width, 3)
        First tap, number of taps and first target of each row and column of the source image.
    steps : tuple of four ints
        From a tap to the next that is used, and from its target to the next target; for rows, then columns.
    target_shape : tuple of two ints
        Height and width of the target image.
    spikes, offsets, first, last, ring, start, pre_size, pre_start, post_size, post_start, amplitudes
        See `neurosim.kernels.connections.delivery`.

    Returns
    -------
    int
        Number of synaptic events.
    """
    height, width = rows.shape[0], columns.shape[0]
    target_height, target_width = target_shape
    groups, n_source, n_target = channels
    n_pre = groups * n_source * height * width
    tap_step_y, target_step_y, tap_step_x, target_step_x = steps
    weight_step_x = tap_step_x * strides[4]
    events = 0
    trial = int64(0)
    for step in range(first, last):
        row = ring[(start + step) % ring.shape[0]]
        for k in range(offsets[step], offsets[step + 1]):
            trial, unit = locate(spikes[k], trial, pre_size, pre_start)
            if unit < 0 or unit >= n_pre:
                continue
            amplitude = 1.0 if amplitudes is None else amplitudes[k]
            channel, place = divmod(unit, height * width)
            y, x = divmod(place, width)
            group, source = divmod(channel, n_source)
            tap_y, n_y, target_y = rows[y]
            tap_x, n_x, target_x = columns[x]
            corner = trial * post_size + post_start + target_y * target_width + target_x
            origin = group * strides[0] + source * strides[1] + tap_y * strides[3] + tap_x * strides[4]
            for t in range(n_target):
                plane = corner + (group * n_target + t) * target_height * target_width
                kernel = origin + t * strides[2]
                for i in range(n_y):
                    line = plane + i * target_step_y * target_width
                    taps = kernel + i * tap_step_y * strides[3]
                    for j in range(n_x):
                        weight = weights[np.uint64(taps + j * weight_step_x)]
                        row[np.uint64(line + j * target_step_x)] += amplitude * weight
            events += n_target * n_y * n_x
    return events
