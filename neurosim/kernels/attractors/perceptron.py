"""The perceptron rule for many units at once."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import kernel


@kernel
def learn_perceptron(
    patterns: NDArray[np.float64],
    inputs: NDArray[np.float64],
    kappa: float,
    most_sweeps: int,
    sweeps: NDArray[np.int64],
    unmet: NDArray[np.int64],
) -> None:
    """Let each unit learn to stay as the patterns say, by a margin of kappa times the length of its weights.

    Parameters
    ----------
    patterns : ndarray of -1 and 1, shape (m, n)
    inputs : ndarray of whole numbers, shape (n, n)
        Row j holds the weights onto unit j; changed in place by whole numbers, so that fields of 0 are exact.
    kappa : float
    most_sweeps : int
        Passes over the patterns after which a unit gives up.
    sweeps, unmet : int64 arrays of shape (n,)
        Filled: passes of each unit, and conditions it still broke in the last.
    """
    m, n = patterns.shape
    for j in range(n):
        w = inputs[j]
        w[j] = 0.0
        length = 0.0
        for i in range(n):
            length += w[i] * w[i]
        for sweep in range(most_sweeps):
            wrong = 0
            for p in range(m):
                x = patterns[p]
                field = 0.0
                for i in range(n):
                    field += w[i] * x[i]
                if x[j] * field <= kappa * math.sqrt(length):
                    wrong += 1
                    length = 0.0
                    for i in range(n):
                        w[i] += x[j] * x[i]
                        length += w[i] * w[i]
                    length -= w[j] * w[j]
                    w[j] = 0.0
            sweeps[j], unmet[j] = sweep + 1, wrong
            if wrong == 0:
                break
