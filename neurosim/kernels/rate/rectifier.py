"""The rectifier and its gradient, each in one pass over memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import kernel

Floats = NDArray[np.floating[Any]]


@kernel
def rectify(x: Floats, out: Floats) -> None:
    """Write max(x, 0) into `out`; both are of shape (n,). What is no number stays so."""
    for i in range(x.size):
        out[i] = 0 if x[i] <= 0 else x[i]


@kernel
def rectify_gradient(x: Floats, g: Floats, out: Floats) -> None:
    """Write g where x is positive, otherwise 0, into `out`; all are of shape (n,)."""
    for i in range(x.size):
        out[i] = g[i] if x[i] > 0 else 0
