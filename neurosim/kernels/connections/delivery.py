"""Event-driven delivery: add the rows of spiking units to the rows of a ring buffer of inputs.

Every ``deliver_*`` kernel takes the spikes of one window, step by step, in the same last eleven arguments:

spikes, offsets
    Flat indices ``trial*pre_size + unit``; step k has ``spikes[offsets[k]:offsets[k + 1]]``.
first, last
    The steps to deliver: from `first` up to `last`.
ring, start
    Inputs of shape (n_rows, trials*post_size); step k is added to row ``(start + k) % n_rows``.
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
from numba import int64
from numpy.typing import NDArray

from neurosim.kernels.core.jit import exact_kernel, inline, kernel
from neurosim.kernels.core.prefetch import fetch_row

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]
Amplitudes = NDArray[np.float64] | None

AHEAD = 3
"""Spikes by which a row is asked for before its turn: to come, it takes longer than another to be added."""


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
    """Deliver through a full matrix `weights` of shape (n_pre, n_post)."""
    n_pre, n_post = weights.shape
    events = 0
    trial = int64(0)
    for step in range(first, last):
        row = ring[(start + step) % ring.shape[0]]
        for k in range(offsets[step], offsets[step + 1]):
            trial, unit = locate(spikes[k], trial, pre_size, pre_start)
            if unit < 0 or unit >= n_pre:
                continue
            amplitude = 1.0 if amplitudes is None else amplitudes[k]
            origin = trial * post_size + post_start
            target = row[origin : origin + n_post]
            source = weights[unit]
            for j in range(n_post):
                target[j] += amplitude * source[j]
            events += n_post
    return events


@inline
def _fetch(
    spike: int,
    trial: int,
    pre_size: int,
    pre_start: int,
    targets: NDArray[np.int32],
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> None:
    """Ask for the row of a spike to come, if it has one."""
    _, unit = locate(spike, trial, pre_size, pre_start)
    if unit >= 0 and unit < begins.size:
        fetch_row(targets, begins[unit], ends[unit])


@exact_kernel
def deliver_sparse(
    weights: Floats,
    targets: NDArray[np.int32],
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
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
    """Deliver through compressed rows: unit i has the synapses from ``begins[i]`` up to ``ends[i]``."""
    n_pre = begins.size
    events = 0
    trial = int64(0)
    for step in range(first, last):
        row = ring[(start + step) % ring.shape[0]]
        for k in range(offsets[step] - AHEAD, offsets[step + 1]):
            if k + AHEAD < offsets[step + 1]:
                _fetch(spikes[k + AHEAD], trial, pre_size, pre_start, targets, begins, ends)
            if k < offsets[step]:
                continue
            trial, unit = locate(spikes[k], trial, pre_size, pre_start)
            if unit < 0 or unit >= n_pre:
                continue
            amplitude = 1.0 if amplitudes is None else amplitudes[k]
            target = row[trial * post_size + post_start :]
            own, weight = targets[begins[unit] : ends[unit]], weights[begins[unit] : ends[unit]]
            for s in range(own.size):
                # Unsigned, so that numba leaves out its test for negative indices.
                target[np.uint32(own[s])] += amplitude * weight[s]
            events += own.size
    return events


@exact_kernel
def deliver_shared(
    weight: Floats,
    targets: NDArray[np.int32],
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
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
    """Deliver like `deliver_sparse`, with one weight for all synapses, in an array of shape (1,)."""
    n_pre = begins.size
    events = 0
    trial = int64(0)
    for step in range(first, last):
        row = ring[(start + step) % ring.shape[0]]
        for k in range(offsets[step] - AHEAD, offsets[step + 1]):
            if k + AHEAD < offsets[step + 1]:
                _fetch(spikes[k + AHEAD], trial, pre_size, pre_start, targets, begins, ends)
            if k < offsets[step]:
                continue
            trial, unit = locate(spikes[k], trial, pre_size, pre_start)
            if unit < 0 or unit >= n_pre:
                continue
            amount = weight[0] if amplitudes is None else amplitudes[k] * weight[0]
            target = row[trial * post_size + post_start :]
            own = targets[begins[unit] : ends[unit]]
            for s in range(own.size):
                target[np.uint32(own[s])] += amount
            events += own.size
    return events


@exact_kernel
def deliver_sparse_transposed(
    weights: Floats,
    order: NDArray[np.int64],
    targets: NDArray[np.int32],
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
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
    """Deliver through rows whose synapse s has the weight ``weights[order[s]]``."""
    n_pre = begins.size
    events = 0
    trial = int64(0)
    for step in range(first, last):
        row = ring[(start + step) % ring.shape[0]]
        for k in range(offsets[step], offsets[step + 1]):
            trial, unit = locate(spikes[k], trial, pre_size, pre_start)
            if unit < 0 or unit >= n_pre:
                continue
            amplitude = 1.0 if amplitudes is None else amplitudes[k]
            target = row[trial * post_size + post_start :]
            for s in range(begins[unit], ends[unit]):
                target[np.uint32(targets[s])] += amplitude * weights[order[s]]
            events += ends[unit] - begins[unit]
    return events


@exact_kernel
def deliver_one_to_one(
    weights: Floats,
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
    """Deliver to the unit of the same number."""
    events = 0
    trial = int64(0)
    for step in range(first, last):
        row = ring[(start + step) % ring.shape[0]]
        for k in range(offsets[step], offsets[step + 1]):
            trial, unit = locate(spikes[k], trial, pre_size, pre_start)
            if unit < 0 or unit >= weights.size:
                continue
            amplitude = 1.0 if amplitudes is None else amplitudes[k]
            row[trial * post_size + post_start + unit] += amplitude * weights[unit]
            events += 1
    return events


@exact_kernel
def deliver_all_to_all(
    weight: Floats,
    n_pre: int,
    n_post: int,
    autapses: bool,
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
    """Deliver one weight: the spikes of a trial and step are counted first, then added to all units."""
    own = np.zeros(n_post)  # what a unit itself has sent
    w = weight[0]
    events = 0
    trial = int64(0)
    for step in range(first, last):
        row = ring[(start + step) % ring.shape[0]]
        k, end = offsets[step], offsets[step + 1]
        while k < end:
            trial, _ = locate(spikes[k], trial, pre_size, pre_start)
            begin, total, sent = k, 0.0, 0
            while k < end:
                other, unit = locate(spikes[k], trial, pre_size, pre_start)
                if other != trial:
                    break
                if unit >= 0 and unit < n_pre:
                    amplitude = 1.0 if amplitudes is None else amplitudes[k]
                    total += amplitude
                    sent += 1
                    if not autapses:
                        own[unit] += amplitude
                k += 1
            if sent == 0:
                continue
            origin = trial * post_size + post_start
            target = row[origin : origin + n_post]
            for j in range(n_post):
                target[j] += w * (total - own[j])
            events += sent * (n_post if autapses else n_post - 1)
            if not autapses:
                for i in range(begin, k):
                    _, unit = locate(spikes[i], trial, pre_size, pre_start)
                    if unit >= 0 and unit < n_pre:
                        own[unit] = 0.0
    return events


@kernel
def deliver_low_rank(
    left: Floats,
    right: Floats,
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
    """Deliver through two factors with a row for each unit, `left` (n_pre, r) and `right` (n_post, r).

    The rows of the spikes of a trial and step are summed first, and then sent through the second factor.
    """
    n_pre, rank = left.shape
    code = np.zeros(rank)
    events = 0
    trial = int64(0)
    for step in range(first, last):
        row = ring[(start + step) % ring.shape[0]]
        k, end = offsets[step], offsets[step + 1]
        while k < end:
            trial, _ = locate(spikes[k], trial, pre_size, pre_start)
            sent = 0
            code[:] = 0.0
            while k < end:
                other, unit = locate(spikes[k], trial, pre_size, pre_start)
                if other != trial:
                    break
                if unit >= 0 and unit < n_pre:
                    amplitude = 1.0 if amplitudes is None else amplitudes[k]
                    source = left[unit]
                    for c in range(rank):
                        code[c] += amplitude * source[c]
                    sent += 1
                k += 1
            if sent == 0:
                continue
            target = row[trial * post_size + post_start :]
            for j in range(right.shape[0]):
                total = 0.0
                for c in range(rank):
                    total += code[c] * right[j, c]
                target[j] += total
            events += sent * right.shape[0]
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
