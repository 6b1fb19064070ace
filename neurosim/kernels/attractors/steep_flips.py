"""Units of a dense associative memory, whose energy is steeper than quadratic, one after the other.

Overlaps with the patterns stand for the fields: a flip changes them at the cost of O(number of patterns). The
order is drawn anew for each sweep, as that of `neurosim.kernels.attractors.flips` is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.attractors.flips import Counts, Floats, States, decided, shuffle
from neurosim.kernels.core.jit import exact_kernel, inline
from neurosim.kernels.mathematics.simd_math import exp


@inline
def advantage(overlaps: Floats, pattern: Floats, state: int, order: int, scale: float) -> float:
    """How much more the sum of F(overlap) is with a unit up than down: F a power, or exp for order 0.

    It is a share of the sizes of all terms. These are taken in parts of the largest, lest they leave all
    floats; for powers `scale` brings overlaps to about 1 or less.
    """
    up, down, size = 0.0, 0.0, 0.0
    if order == 0:
        top = -np.inf
        for p in range(overlaps.size):
            top = max(top, overlaps[p] - state * pattern[p] + abs(pattern[p]))
        for p in range(overlaps.size):
            without = overlaps[p] - state * pattern[p]
            up += exp(without + pattern[p] - top)
            down += exp(without - pattern[p] - top)
        return (up - down) / (up + down)
    for p in range(overlaps.size):
        without = overlaps[p] - state * pattern[p]
        high, low = (without + pattern[p]) * scale, (without - pattern[p]) * scale
        raised_high, raised_low = high, low
        for _ in range(order - 1):
            raised_high *= high
            raised_low *= low
        up += raised_high
        down += raised_low
        size += abs(raised_high) + abs(raised_low)
    return (up - down) / size


@inline
def scale_of(overlaps: Floats) -> float:
    """What brings all overlaps to 1 or less, whichever unit flips."""
    largest = 0.0
    for p in range(overlaps.size):
        largest = max(largest, abs(overlaps[p]))
    return 1.0 / (largest + 2.0)


@exact_kernel
def flip_steep(
    states: States,
    overlaps: NDArray[np.float64],
    patterns: NDArray[np.float64],
    order: int,
    tie: float,
    most_sweeps: int,
    seed: int,
    sweeps: Counts,
    flips: Counts,
) -> None:
    """Recall from a dense associative memory, each unit taking the state of lower energy.

    Parameters
    ----------
    states : int8 array of shape (batch, n)
        -1 or 1; changed in place.
    overlaps : ndarray of shape (batch, m)
        ``states @ patterns``; changed in place.
    patterns : ndarray of shape (n, m)
    order : int
        Power of the overlaps; 0 for the exponential.
    tie : float
        Advantage, as a share of the energies, below which a unit stays as it is.
    most_sweeps, seed : int
    sweeps, flips : int64 arrays of shape (batch,)
        As for `neurosim.kernels.attractors.flips.flip_matrix`.
    """
    n = states.shape[1]
    turns = np.arange(n).astype(np.int32)
    for b in range(states.shape[0]):
        s, m = states[b], overlaps[b]
        flips[b], sweeps[b], scale = 0, -most_sweeps, scale_of(m)
        for sweep in range(most_sweeps):
            changed = 0
            for k in range(n):
                turns[k] = k
            shuffle(turns, seed, b, sweep)
            for k in range(n):
                j = turns[k]
                new = decided(s[j], advantage(m, patterns[j], s[j], order, scale), tie, 0.0, 0.0)
                if new != s[j]:
                    s[j] = new
                    for p in range(m.size):
                        m[p] += 2.0 * new * patterns[j, p]
                    scale = scale_of(m)
                    changed += 1
            flips[b] += changed
            if changed == 0:
                sweeps[b] = sweep + 1
                break
