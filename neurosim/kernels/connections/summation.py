"""Weighted sums of continuous signals: ``out += x @ W``, without copies, for loops over time.

Signals `x` have the shape (trials, n_pre), sums `out` the shape (trials, n_post). Terms are added in the
order of the presynaptic units, so a sum does not depend on threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import exact_kernel

Floats = NDArray[np.floating[Any]]


@exact_kernel
def add_dense(weights: Floats, x: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Sum through a full matrix `weights` of shape (n_pre, n_post)."""
    for unit in range(weights.shape[0]):
        source = weights[unit]
        for trial in range(x.shape[0]):
            signal, target = x[trial, unit], out[trial]
            for j in range(source.size):
                target[j] += signal * source[j]


@exact_kernel
def add_sparse(
    weights: Floats,
    targets: NDArray[np.int32],
    row_starts: NDArray[np.int64],
    x: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Sum through compressed rows: unit i has the synapses ``row_starts[i]`` to ``row_starts[i + 1]``."""
    for trial in range(x.shape[0]):
        target = out[trial]
        for unit in range(row_starts.size - 1):
            signal = x[trial, unit]
            for s in range(row_starts[unit], row_starts[unit + 1]):
                # Unsigned, so that numba leaves out its test for negative indices.
                target[np.uint32(targets[s])] += signal * weights[s]
