"""Rosenblatt's rule: weights change where the answer is wrong, sample after sample."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.attractors.flips import shuffle
from neurosim.kernels.core.jit import bound_kernel, kernel

Floats = NDArray[np.float64]
Signs = NDArray[np.int8]
Counts = NDArray[np.int64]


@bound_kernel
def drive(weights: Floats, sample: Floats) -> float:
    """Weighted sum of the inputs."""
    total = 0.0
    for j in range(weights.size):
        total += weights[j] * sample[j]
    return total


@bound_kernel
def count_mistakes(weights: Floats, samples: Floats, signs: Signs) -> int:
    """On how many samples the drive is 0 or of the wrong sign."""
    count = 0
    for i in range(samples.shape[0]):
        count += not signs[i] * drive(weights, samples[i]) > 0.0
    return count


@kernel
def correct_mistakes(
    samples: Floats,
    signs: Signs,
    shuffled: bool,
    seed: int,
    epoch: int,
    weights: Floats,
    in_a_row: Counts,
    pocket: Floats,
    mistakes: Counts,
    corrections: Counts,
) -> None:
    """Let units that still make mistakes go through the samples once.

    Of the weights on the way, those with the longest row of right answers are tried on all samples. They go
    into the pocket if they answer fewer wrongly than those that are there.

    Parameters
    ----------
    samples : ndarray, shape (n_samples, n)
    signs : int8 array, shape (n_units, n_samples)
        Wanted sign of each drive, -1 or 1.
    shuffled : bool
        Whether the samples come in an order of (seed, unit, epoch).
    seed, epoch : int
    weights : ndarray, shape (n_units, n)
        Changed in place.
    in_a_row : int64 array, shape (n_units,)
        Right answers since the last correction; changed in place.
    pocket : ndarray, shape (n_units, n)
    mistakes : int64 array, shape (n_units,)
        Samples that the weights in the pocket answer wrongly; a unit without any has nothing to do.
    corrections : int64 array, shape (n_units,)
        Added to.
    """
    n_samples = samples.shape[0]
    order = np.arange(n_samples).astype(np.int32)
    tried = np.empty(samples.shape[1])
    for unit in range(weights.shape[0]):
        if mistakes[unit] == 0:
            continue
        w, wanted, row, longest = weights[unit], signs[unit], in_a_row[unit], -1
        if shuffled:
            for k in range(n_samples):
                order[k] = k
            shuffle(order, seed, unit, epoch)
        for k in range(n_samples):
            i = order[k]
            if wanted[i] * drive(w, samples[i]) > 0.0:
                row += 1
                continue
            if row > longest:
                longest = row
                tried[:] = w
            row = 0
            for j in range(w.size):
                w[j] += wanted[i] * samples[i, j]
            corrections[unit] += 1
        if row > longest:
            tried[:] = w
        in_a_row[unit] = row
        wrong = count_mistakes(tried, samples, wanted)
        if wrong < mistakes[unit]:
            mistakes[unit] = wrong
            pocket[unit] = tried
