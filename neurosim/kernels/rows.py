"""Compressed rows, cut into parts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.jit import kernel


@kernel
def row_cuts(
    targets: NDArray[np.int32],
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    cuts: NDArray[np.int64],
    places: NDArray[np.int64],
) -> bool:
    """Find where the targets from some units on begin in each row.

    Parameters
    ----------
    targets : int32 array of shape (n_synapses,)
    begins, ends : int64 arrays of shape (n_rows,)
        Row i has the synapses from ``begins[i]`` up to ``ends[i]``.
    cuts : int64 array of shape (n_cuts,)
        Units.
    places : int64 array of shape (n_cuts, n_rows)
        Filled: the first synapse of each row whose target is not before the cut.

    Returns
    -------
    bool
        Whether all rows are sorted by target; if not, `places` mean nothing.
    """
    for i in range(begins.size):
        unsorted = 0
        for s in range(begins[i] + 1, ends[i]):
            unsorted += targets[s] < targets[s - 1]
        if unsorted > 0:
            return False
        for c in range(cuts.size):
            low, high = begins[i], ends[i]
            while low < high:
                middle = (low + high) // 2
                if targets[middle] < cuts[c]:
                    low = middle + 1
                else:
                    high = middle
            places[c, i] = low
    return True
