"""Putting the spikes of several chunks of neurons in order, and looking for values that are not finite."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.kernels.jit import kernel


@kernel
def merge_spikes(chunks: Any, counts: Any, merged: Any, offsets: Any) -> None:
    """Merge the spikes of chunks, each sorted by step, into one list sorted by step and then neuron.

    Parameters
    ----------
    chunks : int32 array of shape (n_chunks, capacity)
        Neurons; chunks hold rising ranges of neurons.
    counts : int64 array of shape (n_chunks, n_steps)
        Spikes of each chunk in each step.
    merged : int32 array of shape (n_spikes,)
        Filled.
    offsets : int64 array of shape (n_steps + 1,)
        Filled: the spikes of step k are ``merged[offsets[k]:offsets[k + 1]]``.
    """
    n_chunks, n_steps = counts.shape
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


@kernel
def all_finite(values: Any) -> bool:
    """Whether a flat array holds neither infinities nor NaN."""
    bad = 0
    for i in range(values.size):
        x = values[i]
        # Infinity minus itself is NaN, and NaN equals nothing; no flag in use assumes otherwise.
        bad += not abs(x) <= 1.7976931348623157e308
    return bad == 0
