"""Listing who fired, and merging the lists of several chunks of neurons."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import bound_kernel, inline, kernel
from neurosim.kernels.core.memory import BLOCK, block_bits, lowest_bit


@inline
def none_fired(n: int) -> NDArray[np.uint8]:
    """Flags of n units for `append_fired`, all 0, with padding."""
    return np.zeros(BLOCK * ((n + BLOCK - 1) // BLOCK), np.uint8)


@inline
def append_fired(fired: NDArray[np.uint8], first: int, spikes: NDArray[np.int32], count: int) -> int:
    """Append the units that fired to a list of `count` spikes, as far as there is room.

    Parameters
    ----------
    fired : uint8 array of shape (a multiple of `BLOCK`,)
        Not 0 where a unit fired.
    first : int
        Number of the first unit.
    spikes : int array of shape (capacity,)
    count : int

    Returns
    -------
    int
        Number of spikes, those without room included.
    """
    for block in range(fired.size // BLOCK):
        bits = block_bits(fired, block)
        while bits != 0:  # seldom: spikes are rare
            if count < spikes.size:
                spikes[count] = first + BLOCK * block + lowest_bit(bits)
            count += 1
            bits &= bits - np.uint64(1)
    return count


T = TypeVar("T", np.int32, np.float64)


@kernel
def merge_spikes(
    chunks: NDArray[T],
    counts: NDArray[np.int64],
    n_steps: int,
    merged: NDArray[T],
    offsets: NDArray[np.int64],
) -> int:
    """Merge the spikes of chunks, each sorted by step, into one list sorted by step and then neuron.

    Parameters
    ----------
    chunks : array of shape (n_chunks, capacity)
        Neurons, or something else that is known of each spike; chunks hold rising ranges of neurons.
    counts : int64 array of shape (n_chunks, at least n_steps)
        Spikes of each chunk in each step.
    n_steps : int
    merged : array of shape (at least n_spikes,)
        Filled. It may be the row of the only chunk.
    offsets : int64 array of shape (at least n_steps + 1,)
        Filled: the spikes of step k are ``merged[offsets[k]:offsets[k + 1]]``.

    Returns
    -------
    int
        Number of spikes.
    """
    n_chunks = counts.shape[0]
    total = 0
    for k in range(n_steps):
        offsets[k] = total
        for c in range(n_chunks):
            total += counts[c, k]
    offsets[n_steps] = total
    if total == 0:
        return 0
    # While chunk after chunk is dealt out, offsets[k + 1] is the place of the next spike of step k.
    for k in range(n_steps, 0, -1):
        offsets[k] = offsets[k - 1]
    for c in range(n_chunks):
        taken = 0
        for k in range(n_steps):
            place = offsets[k + 1]
            for j in range(counts[c, k]):
                merged[place + j] = chunks[c, taken + j]
            taken += counts[c, k]
            offsets[k + 1] = place + counts[c, k]
    return total


@bound_kernel
def find_steps(steps: NDArray[np.int64], step: int, n_steps: int, offsets: NDArray[np.int64]) -> None:
    """Find where the entries of each of some steps begin.

    Parameters
    ----------
    steps : int64 array of shape (n_spikes,)
        Rising.
    step, n_steps : int
    offsets : int64 array of shape (at least n_steps + 1,)
        Filled: the entries of step ``step + k`` are those from ``offsets[k]`` up to ``offsets[k + 1]``.
    """
    low, high = 0, steps.size
    while low < high:
        middle = (low + high) // 2
        if steps[middle] < step:
            low = middle + 1
        else:
            high = middle
    for k in range(n_steps + 1):
        while low < steps.size and steps[low] < step + k:
            low += 1
        offsets[k] = low


@bound_kernel
def log_spikes(
    spikes: NDArray[np.int32],
    moments: NDArray[np.float64],
    offsets: NDArray[np.int64],
    step: int,
    n_steps: int,
    log: NDArray[np.int32],
    log_moments: NDArray[np.float64],
    log_steps: NDArray[np.int64],
    filled: NDArray[np.int64],
) -> int:
    """Copy the spikes of a window to the end of a list, if there is room for all of them.

    Parameters
    ----------
    spikes, offsets
        The spikes of step k of the window are ``spikes[offsets[k]:offsets[k + 1]]``.
    moments : array of the shape of `spikes`, or (0,)
        Something else that is known of each.
    step, n_steps : int
        First step of the window, and their number.
    log, log_moments, log_steps : arrays of shape (capacity,)
        Spikes, their moments and their steps.
    filled : int64 array of shape (2,)
        Spikes in the list, and 1 if those of the last window are not among them.

    Returns
    -------
    int
        1 if there was no room, else 0.
    """
    place = filled[0]
    if offsets[n_steps] - offsets[0] > log.size - place:
        filled[1] = 1
        return 1
    for k in range(n_steps):
        for s in range(offsets[k], offsets[k + 1]):
            log[place] = spikes[s]
            log_steps[place] = step + k
            if moments.size:
                log_moments[place] = moments[s]
            place += 1
    filled[0] = place
    return 0
