"""The logistic function and its derivative, each in one pass over memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import kernel
from neurosim.kernels.mathematics.precision import sigmoid

Floats = NDArray[np.floating[Any]]


@kernel
def fill_logistic(x: Floats, out: Floats) -> None:
    """Write 1/(1 + exp(-x)) into `out`; both are of shape (n,)."""
    for i in range(x.size):
        out[i] = sigmoid(x[i])


@kernel
def fill_logistic_slope(x: Floats, out: Floats) -> None:
    """Write its derivative into `out`; both are of shape (n,). Far from 0 it keeps its relative accuracy."""
    for i in range(x.size):
        smaller = sigmoid(-abs(x[i]))
        out[i] = smaller * (1 - smaller)
