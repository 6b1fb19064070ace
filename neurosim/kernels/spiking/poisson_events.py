"""Poisson numbers of events, drawn straight into the inputs of neurons."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import kernel
from neurosim.kernels.mathematics.random import uniform_block

SMALLEST = 1e-17
"""A probability that adds nothing to 1."""

LANES = 64
"""Neurons that are dealt with at once; always as many, so that all are rounded alike."""


@kernel
def poisson_quantiles(
    u: NDArray[np.float64], law: NDArray[np.float64], scratch: NDArray[np.float64], count: NDArray[np.float64]
) -> None:
    """Find the least k with P(N <= k) > u, by walking from the mode, for several neurons in step.

    Parameters
    ----------
    u : ndarray, shape (LANES,)
        In [0, 1).
    law : ndarray, shape (4, LANES)
        Mean, mode, P(N < mode) and P(N = mode).
    scratch : ndarray, shape (2, LANES)
    count : ndarray, shape (LANES,)
        Filled with k.
    """
    mean, mode, below, at_mode = law[0], law[1], law[2], law[3]
    p, cumulated = scratch[0], scratch[1]
    steps, walking = 0.0, 0.0
    for i in range(LANES):
        count[i], p[i], cumulated[i] = mode[i], at_mode[i], below[i]
        walking += 1.0 if u[i] < below[i] else 0.0
    while walking > 0.0:
        walking = 0.0
        for i in range(LANES):
            k = mode[i] - steps
            goes = 1.0 if (u[i] < cumulated[i]) & (k > 0.0) else 0.0
            count[i] -= goes
            walking += goes
            p[i] *= k / max(mean[i], SMALLEST)
            cumulated[i] -= p[i]
        steps += 1.0
    steps, walking = 0.0, 0.0
    for i in range(LANES):
        p[i], cumulated[i] = at_mode[i], below[i] + at_mode[i]
        walking += 1.0 if u[i] >= cumulated[i] else 0.0
    while walking > 0.0:
        walking = 0.0
        steps += 1.0
        for i in range(LANES):
            goes = 1.0 if (u[i] >= cumulated[i]) & (p[i] > SMALLEST) else 0.0
            count[i] += goes
            walking += goes
            p[i] *= mean[i] / (mode[i] + steps)
            cumulated[i] += p[i]


@kernel
def poisson_counts(
    u: NDArray[np.float64], cumulated: NDArray[np.float64], count: NDArray[np.float64]
) -> None:
    """Find the least k with P(N <= k) > u by comparing with all of them, for several neurons of one law.

    Parameters
    ----------
    u : ndarray, shape (LANES,)
        In [0, 1).
    cumulated : ndarray
        P(N <= k), up to 1.
    count : ndarray, shape (LANES,)
        Filled with k.
    """
    for i in range(LANES):
        count[i] = 0.0
    for k in range(cumulated.size):
        bound = cumulated[k]
        for i in range(LANES):
            count[i] += 1.0 if u[i] >= bound else 0.0


@kernel
def poisson_events(
    seed: int,
    stream: int,
    step0: int,
    n_steps: int,
    lo: int,
    hi: int,
    law: NDArray[np.float64],
    cumulated: NDArray[np.float64],
    weight: NDArray[np.float64],
    ring: NDArray[np.float64],
    first_row: int,
    post_size: int,
    post_start: int,
) -> None:
    """Add a Poisson number of events, times a weight, to the inputs of some neurons in each step.

    Parameters
    ----------
    seed, stream, step0, n_steps : int
        As in `uniform_block`.
    lo, hi : int
        Neurons, counted within the part that receives, trial after trial: ``trial*n + neuron``.
    law : ndarray, shape (4, trials*n)
        Mean, mode, probability below the mode and at it, for each neuron.
    cumulated : ndarray
        Where all neurons have the same law, with a small mean, as in `poisson_counts`; else empty.
    weight : ndarray, shape (n,)
        Of one event.
    ring, first_row, post_size, post_start
        As in `delivery`.
    """
    n = weight.size
    n_blocks = (hi - lo + LANES - 1) // LANES
    laws = np.zeros((n_blocks, 4, LANES))
    for j in range(lo, hi):
        laws[(j - lo) // LANES, :, (j - lo) % LANES] = law[:, j]
    uniform, count = np.zeros((1, n_blocks * LANES)), np.zeros(n_blocks * LANES)
    scratch = np.zeros((2, LANES))
    for k in range(n_steps):
        uniform_block(seed, stream, step0 + k, 1, lo, hi, uniform)
        for block in range(n_blocks):
            lanes = slice(block * LANES, (block + 1) * LANES)
            if cumulated.size > 0:
                poisson_counts(uniform[0, lanes], cumulated, count[lanes])
            else:
                poisson_quantiles(uniform[0, lanes], laws[block], scratch, count[lanes])
        row = ring[(first_row + k) % ring.shape[0]]
        for trial in range(lo // n, (hi + n - 1) // n):
            target = row[trial * post_size + post_start :]
            for j in range(max(lo, trial * n), min(hi, (trial + 1) * n)):
                target[j - trial * n] += count[j - lo] * weight[j - trial * n]
