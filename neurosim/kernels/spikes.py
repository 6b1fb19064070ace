"""Listing who fired, merging the lists of several chunks of neurons, and looking for what is not finite."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.jit import inline, kernel


@inline
def append_fired(fired: NDArray[np.uint8], first: int, spikes: NDArray[np.int32], count: int) -> int:
    """Append the units that fired to a list of `count` spikes, as far as there is room.

    Parameters
    ----------
    fired : uint8 array of shape (a multiple of 8,)
        1 where a unit fired, else 0.
    first : int
        Number of the first unit.
    spikes : int array of shape (capacity,)
    count : int

    Returns
    -------
    int
        Number of spikes, those without room included.
    """
    eights = fired.view(np.uint64)  # nearly always 0: spikes are rare
    for eight in range(eights.size):
        if eights[eight] != 0:
            for i in range(8 * eight, 8 * eight + 8):
                if fired[i]:
                    if count < spikes.size:
                        spikes[count] = first + i
                    count += 1
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
    position = np.zeros(n_chunks, np.int64)
    total = 0
    offsets[0] = 0
    for k in range(n_steps):
        for c in range(n_chunks):
            first = position[c]
            for j in range(counts[c, k]):
                merged[total] = chunks[c, first + j]
                total += 1
            position[c] = first + counts[c, k]
        offsets[k + 1] = total
    return total


@kernel
def all_finite(values: NDArray[np.float64]) -> bool:
    """Whether an array of shape (n_rows, n) holds neither infinities nor NaN."""
    bad = 0
    for row in range(values.shape[0]):
        for i in range(values.shape[1]):
            # A comparison with NaN is false, and no flag in use assumes that there is none.
            bad += not abs(values[row, i]) <= 1.7976931348623157e308
    return bad == 0
