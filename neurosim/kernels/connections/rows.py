"""Compressed rows, cut into parts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import kernel


@kernel
def rows_rise(targets: NDArray[np.int32], begins: NDArray[np.int64], ends: NDArray[np.int64]) -> bool:
    """Whether each row is sorted by target; see `row_cuts`."""
    for i in range(begins.size):
        row = targets[begins[i] : ends[i]]
        unsorted = 0
        for s in range(1, row.size):
            unsorted += row[s] < row[s - 1]
        if unsorted > 0:
            return False
    return True


@kernel
def row_cuts(
    targets: NDArray[np.int32],
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    cuts: NDArray[np.int64],
    places: NDArray[np.int64],
) -> None:
    """Find where the targets from some units on begin in each row.

    Parameters
    ----------
    targets : int32 array of shape (n_synapses,)
        Rising in each row.
    begins, ends : int64 arrays of shape (n_rows,)
        Row i has the synapses from ``begins[i]`` up to ``ends[i]``.
    cuts : int64 array of shape (n_cuts,)
        Units.
    places : int64 array of shape (n_cuts, n_rows)
        Filled: the first synapse of each row whose target is not before the cut.
    """
    for i in range(begins.size):
        row = targets[begins[i] : ends[i]]
        for c in range(cuts.size):
            before, left = 0, row.size
            while left > 0:  # halved without a branch, which no processor could foresee
                half = (left + 1) // 2
                before += half * (row[before + half - 1] < cuts[c])
                left -= half
            places[c, i] = begins[i] + before
