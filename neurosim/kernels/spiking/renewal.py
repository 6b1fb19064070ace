"""Renewal processes: spikes with independent intervals, counter-based.

The intervals of a unit are gamma variates, drawn one by one: number j of a unit depends only on the seed,
the stream, j and the unit. One is made from a normal and a uniform number, which are refused one time in
twenty or less (Marsaglia & Tsang 2000, doi:10.1145/358407.358414). Attempt a of draw j uses two counters
of `random`, whose steps are ``(2*a << 40) + j`` and ``(2*a + 1 << 40) + j``.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import inline, kernel
from neurosim.kernels.mathematics.random import normal_pair, uniform_pair
from neurosim.kernels.mathematics.simd_math import log
from neurosim.kernels.spiking.spikes import append_fired, none_fired

ATTEMPT = 1 << 40


@inline
def gamma_and_uniform(seed: int, stream: int, number: int, unit: int, shape: float) -> tuple[float, float]:
    """Return a gamma variate of any shape above 0 and scale 1, and a uniform number in [0, 1)."""
    d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    counter = number
    while True:
        x, _ = normal_pair(seed, stream, counter, unit)
        accepted, other = uniform_pair(seed, stream, counter + ATTEMPT, unit)
        root = 1.0 + c * x
        v = root * root * root
        if root > 0.0 and log(1.0 - accepted) < 0.5 * x * x + d - d * v + d * log(v):
            return d * v if shape >= 1.0 else d * v * (1.0 - other) ** (1.0 / shape), other
        counter += 2 * ATTEMPT


@kernel
def first_intervals(seed: int, stream: int, shape: NDArray[np.float64], left: NDArray[np.float64]) -> None:
    """Draw the time to the first spike of processes that have been running forever, in mean intervals.

    The interval around time 0 is a long one, as longer ones are met more often: its density is that of the
    intervals times their length, a gamma density of shape + 1. Time 0 lies anywhere in it.

    Parameters
    ----------
    seed, stream : int
    shape : ndarray, shape (size,)
    left : ndarray, shape (size,)
        Filled.
    """
    for unit in range(shape.size):
        interval, part = gamma_and_uniform(seed, stream, 0, unit, shape[unit] + 1.0)
        left[unit] = part * interval / shape[unit]


@kernel
def renewal_spikes(
    seed: int,
    stream: int,
    n_steps: int,
    expected: NDArray[np.float64],
    shape: NDArray[np.float64],
    left: NDArray[np.float64],
    number: NDArray[np.int64],
    spikes: NDArray[np.int32],
    offsets: NDArray[np.int64],
) -> int:
    """Advance gamma renewal processes; a unit fires in a step if at least one of its events lies in it.

    Parameters
    ----------
    seed, stream, n_steps : int
    expected : ndarray, shape (1, size) or (at least n_steps, size)
        Rate times time step: for every step, or for each.
    shape : ndarray, shape (size,)
    left : ndarray, shape (size,)
        Time to the next event, in mean intervals; changed.
    number : ndarray of int, shape (size,)
        Intervals drawn so far; changed.
    spikes : ndarray of int, shape (at least n_steps*size,)
        Filled with units.
    offsets : ndarray of int, shape (at least n_steps + 1,)
        Filled: step k has ``spikes[offsets[k]:offsets[k + 1]]``.

    Returns
    -------
    int
        Number of spikes.
    """
    size = left.size
    fired = none_fired(size)
    count = 0
    offsets[0] = 0
    for k in range(n_steps):
        row = expected[k if expected.shape[0] > 1 else 0]
        for i in range(size):
            left[i] -= row[i]
            fired[i] = left[i] < 0.0
        first = count
        count = append_fired(fired, 0, spikes, count)
        for s in range(first, count):
            i = spikes[s]
            while left[i] < 0.0:
                number[i] += 1
                interval, _ = gamma_and_uniform(seed, stream, number[i], i, shape[i])
                left[i] += interval / shape[i]
        offsets[k + 1] = count
    return count
