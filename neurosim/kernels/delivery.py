"""Event-driven delivery: add the rows of spiking units to the rows of a ring buffer of inputs.

Every ``deliver_*`` kernel takes the spikes of one window, step by step, in the same last nine arguments:

spikes, offsets
    Flat indices ``trial*pre_size + unit``; step k has ``spikes[offsets[k]:offsets[k + 1]]``.
ring, first_row
    Inputs of shape (n_rows, trials*post_size); step k is added to row ``(first_row + k) % n_rows``.
pre_size, pre_start, post_size, post_start
    Sizes of the two whole populations, and where the operator's unit 0 lies in each.
amplitudes
    A factor for each spike, or None: then numba compiles a version that does not multiply.

They return the number of synaptic events. Sums are formed in the order of the spikes, so a result does not
depend on how a run was cut into windows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.jit import exact_kernel, inline, kernel

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]
Amplitudes = NDArray[np.float64] | None


@inline
def locate(spike: int, trial: int, pre_size: int, pre_start: int) -> tuple[int, int]:
    """Trial of a spike, and its unit counted from `pre_start`; a guess of the trial saves a division."""
    unit = spike - trial * pre_size
    if unit < 0 or unit >= pre_size:  # spikes come sorted: the trial seldom changes
        trial = spike // pre_size
        unit = spike - trial * pre_size
    return trial, unit - pre_start


@exact_kernel
def deliver_dense(
    weights: Floats,
    spikes: Integers,
    offsets: Integers,
    ring: NDArray[np.float64],
    first_row: int,
    pre_size: int,
    pre_start: int,
    post_size: int,
    post_start: int,
    amplitudes: Amplitudes,
) -> int:
    """Deliver through a full matrix `weights` of shape (n_pre, n_post)."""
    n_pre, n_post = weights.shape
    events = 0
    trial = 0
    for step in range(offsets.size - 1):
        row = ring[(first_row + step) % ring.shape[0]]
        for k in range(offsets[step], offsets[step + 1]):
            trial, unit = locate(spikes[k], trial, pre_size, pre_start)
            if unit < 0 or unit >= n_pre:
                continue
            amplitude = 1.0 if amplitudes is None else amplitudes[k]
            start = trial * post_size + post_start
            target = row[start : start + n_post]
            source = weights[unit]
            for j in range(n_post):
                target[j] += amplitude * source[j]
            events += n_post
    return events


@exact_kernel
def deliver_sparse(
    weights: Floats,
    targets: NDArray[np.int32],
    row_starts: NDArray[np.int64],
    spikes: Integers,
    offsets: Integers,
    ring: NDArray[np.float64],
    first_row: int,
    pre_size: int,
    pre_start: int,
    post_size: int,
    post_start: int,
    amplitudes: Amplitudes,
) -> int:
    """Deliver through compressed rows: unit i has the synapses ``row_starts[i]`` to ``row_starts[i + 1]``."""
    n_pre = row_starts.size - 1
    events = 0
    trial = 0
    for step in range(offsets.size - 1):
        row = ring[(first_row + step) % ring.shape[0]]
        for k in range(offsets[step], offsets[step + 1]):
            trial, unit = locate(spikes[k], trial, pre_size, pre_start)
            if unit < 0 or unit >= n_pre:
                continue
            amplitude = 1.0 if amplitudes is None else amplitudes[k]
            target = row[trial * post_size + post_start :]
            first, last = row_starts[unit], row_starts[unit + 1]
            for s in range(first, last):
                # Unsigned, so that numba leaves out its test for negative indices.
                target[np.uint32(targets[s])] += amplitude * weights[s]
            events += last - first
    return events


@kernel
def sparse_weight_gradient(
    x: Floats, g: Floats, targets: NDArray[np.int32], row_starts: NDArray[np.int64], out: Floats
) -> None:
    """Sum ``x[pre]*g[post]`` over the batch for every synapse; `x` is (n_pre, batch), `g` (n_post, batch)."""
    for unit in range(row_starts.size - 1):
        activity = x[unit]
        for s in range(row_starts[unit], row_starts[unit + 1]):
            error = g[targets[s]]
            total = activity.dtype.type(0)
            for b in range(activity.size):
                total += activity[b] * error[b]
            out[s] = total
