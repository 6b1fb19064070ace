"""Calls that take turns in every step of a window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.call import call_task
from neurosim.kernels.core.jit import bound_kernel


@bound_kernel
def step_by_step(calls: NDArray[np.int64], step: int, first: int, last: int) -> int:
    """Make calls for one step after the other.

    Parameters
    ----------
    calls : int64 array of shape (n_calls, 2)
        Address of the task and of its table, for each call.
    step, first, last : int
        See `neurosim.kernels.core.jit.Task`.

    Returns
    -------
    int
        Status: 0, unless a call has another.
    """
    status = 0
    for k in range(first, last):
        for c in range(calls.shape[0]):
            status |= call_task(calls[c, 0], calls[c, 1], step, k, k + 1)
    return status
