"""Event-driven delivery where each synapse has a delay of its own.

The kernels take the arguments of those in `neurosim.kernels.connections.delivery`, and before them

delays
    Steps, an entry for each synapse: a spike of step k is added to row ``(start + k + delay) % n_rows``.
    A synapse with a negative delay is left out.
"""

from __future__ import annotations

import numpy as np
from numba import int64
from numpy.typing import NDArray

from neurosim.kernels.connections.delivery import Amplitudes, Floats, Integers, locate
from neurosim.kernels.core.jit import exact_kernel, inline


@inline
def wrapped(row: int, n_rows: int) -> int:
    """A row of the ring; rarely more than one turn too far, so that a loop is quicker than a division."""
    while row >= n_rows:
        row -= n_rows
    return row


@exact_kernel
def deliver_dense_delayed(
    weights: Floats,
    delays: Integers,
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
    """Deliver through a full matrix `weights`, with `delays` of its shape (n_pre, n_post)."""
    n_pre, n_post = weights.shape
    n_rows = ring.shape[0]
    events = 0
    trial = int64(0)
    for step in range(first, last):
        base = (start + step) % n_rows
        for k in range(offsets[step], offsets[step + 1]):
            trial, unit = locate(spikes[k], trial, pre_size, pre_start)
            if unit < 0 or unit >= n_pre:
                continue
            amplitude = 1.0 if amplitudes is None else amplitudes[k]
            origin = trial * post_size + post_start
            for j in range(n_post):
                delay = delays[unit, j]
                if delay >= 0:
                    ring[wrapped(base + delay, n_rows), origin + j] += amplitude * weights[unit, j]
                    events += 1
    return events


@exact_kernel
def deliver_sparse_delayed(
    weights: Floats,
    targets: NDArray[np.int32],
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    delays: Integers,
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
    """Deliver through compressed rows, with a delay for each synapse, and a weight for each or one."""
    n_pre, n_rows = begins.size, ring.shape[0]
    one = weights.size == 1
    events = 0
    trial = int64(0)
    for step in range(first, last):
        base = (start + step) % n_rows
        for k in range(offsets[step], offsets[step + 1]):
            trial, unit = locate(spikes[k], trial, pre_size, pre_start)
            if unit < 0 or unit >= n_pre:
                continue
            amplitude = 1.0 if amplitudes is None else amplitudes[k]
            origin = trial * post_size + post_start
            for s in range(begins[unit], ends[unit]):
                delay = delays[s]
                if delay >= 0:
                    row = wrapped(base + delay, n_rows)
                    weight = weights[0 if one else s]
                    ring[np.uint32(row), np.uint32(origin + targets[s])] += amplitude * weight
                    events += 1
    return events
