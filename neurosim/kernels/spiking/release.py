"""Event-driven short-term plasticity: what each spike releases."""

from __future__ import annotations

import numpy as np
from numba import int64
from numpy.typing import NDArray

from neurosim.kernels.connections.delivery import Integers, locate
from neurosim.kernels.core.jit import exact_kernel, inline
from neurosim.kernels.mathematics.simd_math import exp


@inline
def decay(pause: float, tau: float) -> float:
    """What is left after a pause; nothing where tau is 0, however short the pause."""
    return exp(-pause / tau) if tau > 0.0 else 0.0


@exact_kernel
def release(
    parameters: NDArray[np.float64],
    x: NDArray[np.float64],
    u: NDArray[np.float64],
    last: NDArray[np.int64],
    step: int,
    dt: float,
    spikes: Integers,
    offsets: Integers,
    n_steps: int,
    pre_size: int,
    pre_start: int,
    amplitudes: NDArray[np.float64],
) -> None:
    """Take the terminals through the spikes of some steps.

    Parameters
    ----------
    parameters : ndarray of shape (3, n_pre)
        U, tau_rec and tau_facil.
    x, u : ndarrays of shape (trials, n_pre)
        Resources and their use as the last spike of each terminal left them; changed in place.
    last : int64 array of shape (trials, n_pre)
        Steps that were done when it did; changed in place.
    step : int
        First of the steps.
    dt : float
        ms.
    spikes, offsets, pre_size, pre_start
        See `neurosim.kernels.connections.delivery`.
    n_steps : int
        Number of the steps.
    amplitudes : ndarray of shape (n_spikes,)
        Filled with ``u*x`` for the spikes of units from `pre_start` on, n_pre of them.
    """
    n_pre = x.shape[1]
    trial = int64(0)
    for k in range(n_steps):
        now = step + k + 1  # a spike happens at the end of its step
        for s in range(offsets[k], offsets[k + 1]):
            trial, unit = locate(spikes[s], trial, pre_size, pre_start)
            if unit < 0 or unit >= n_pre:
                continue
            pause = (now - last[trial, unit]) * dt
            available = 1.0 - (1.0 - x[trial, unit]) * decay(pause, parameters[1, unit])
            use = u[trial, unit] * decay(pause, parameters[2, unit])
            use += parameters[0, unit] * (1.0 - use)
            amplitudes[s] = use * available
            x[trial, unit] = available - use * available
            u[trial, unit] = use
            last[trial, unit] = now
