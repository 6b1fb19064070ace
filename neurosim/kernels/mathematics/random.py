"""Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405).

A number depends only on (seed, stream, step, neuron), so threads, chunks and monitors cannot change it, and
nothing has to be stored to go on. The packing:

- key: the two halves of the 64-bit seed, low half first;
- counter: step (64 bits, low half first), neuron // 2, stream (32 bits, one for each random object);
- of the four words, the first two serve the even neuron of a pair, the last two the odd one.

Two quantities of one object (two noise terms, say) need two streams. Words are 32-bit numbers kept in uint64,
because the vector multiplication of 32 x 32 to 64 bits works on such lanes.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import inline, kernel
from neurosim.kernels.core.memory import bits_float
from neurosim.kernels.mathematics.simd_math import log, sin_cos_turns
from neurosim.kernels.spiking.spikes import append_fired, none_fired

MULTIPLIER_0 = np.uint64(0xD2511F53)
MULTIPLIER_1 = np.uint64(0xCD9E8D57)
WEYL_0 = np.uint64(0x9E3779B9)
WEYL_1 = np.uint64(0xBB67AE85)
WORD = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)

TWO_52_BITS = np.uint64(0x4330000000000000)  # of the float64 2**52

Words = tuple[np.uint64, np.uint64, np.uint64, np.uint64]


@inline
def philox(c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64) -> Words:
    """Return the four output words of Philox4x32-10 for a counter and a key, all of 32 bits."""
    for _ in range(10):
        product_0 = MULTIPLIER_0 * c0
        product_1 = MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (
            (product_1 >> HALF) ^ c1 ^ k0,
            product_1 & WORD,
            (product_0 >> HALF) ^ c3 ^ k1,
            product_0 & WORD,
        )
        k0 = (k0 + WEYL_0) & WORD
        k1 = (k1 + WEYL_1) & WORD
    return c0, c1, c2, c3


@inline
def unit_interval(high: np.uint64, low: np.uint64) -> float:
    """Return a float64 in [0, 1), a multiple of 2**-53, made from two words."""
    top = bits_float(np.int64((high >> np.uint64(5)) | TWO_52_BITS)) - 2.0**52
    bottom = bits_float(np.int64((low >> np.uint64(6)) | TWO_52_BITS)) - 2.0**52
    number: float = (top * 2.0**26 + bottom) * 2.0**-53
    return number


@inline
def uniform_pair(seed: int, stream: int, step: int, pair: int) -> tuple[float, float]:
    """Return the uniform numbers in [0, 1) of the neurons 2*pair and 2*pair + 1."""
    w0, w1, w2, w3 = philox(
        np.uint64(step) & WORD,
        np.uint64(step) >> HALF,
        np.uint64(pair),
        np.uint64(stream),
        np.uint64(seed) & WORD,
        np.uint64(seed) >> HALF,
    )
    return unit_interval(w0, w1), unit_interval(w2, w3)


@inline
def normal_pair(seed: int, stream: int, step: int, pair: int) -> tuple[float, float]:
    """Return the standard normal numbers of the neurons 2*pair and 2*pair + 1 (Box and Muller 1958)."""
    first, second = uniform_pair(seed, stream, step, pair)
    radius = math.sqrt(-2.0 * log(1.0 - first))  # 1 - first is never 0
    sine, cosine = sin_cos_turns(second)
    return radius * cosine, radius * sine


@inline
def uniform(seed: int, stream: int, step: int, neuron: int) -> float:
    """Return a uniform number in [0, 1), a multiple of 2**-53."""
    even, odd = uniform_pair(seed, stream, step, neuron >> 1)
    return odd if neuron & 1 else even


@inline
def normal(seed: int, stream: int, step: int, neuron: int) -> float:
    """Return a standard normal number; none lies beyond 8.6."""
    even, odd = normal_pair(seed, stream, step, neuron >> 1)
    return odd if neuron & 1 else even


@inline
def whole_pairs(lo: int, hi: int) -> tuple[int, int]:
    """Return the first pair that lies within the neurons from `lo` up to `hi`, and how many do."""
    first = (lo + 1) >> 1
    return first, (hi >> 1) - first


@kernel
def uniform_block(
    seed: int, stream: int, step0: int, n_steps: int, lo: int, hi: int, out: NDArray[np.float64]
) -> None:
    """Fill an array with the uniform numbers of the neurons from `lo` up to `hi` (exclusive).

    Parameters
    ----------
    seed : int
        0 <= seed < 2**64; pass a `numpy.uint64`, so that one compiled version serves all seeds.
    stream : int
        Number of the random object, 0 <= stream < 2**32.
    step0 : int
        First step.
    n_steps : int
    lo, hi : int
    out : ndarray, shape (n_steps, hi - lo)
    """
    first, n_pairs = whole_pairs(lo, hi)
    for row in range(n_steps):
        step = step0 + row
        pairs = out[row, 2 * first - lo :]
        for k in range(n_pairs):
            pairs[2 * k], pairs[2 * k + 1] = uniform_pair(seed, stream, step, first + k)
        if lo & 1 and lo < hi:
            out[row, 0] = uniform(seed, stream, step, lo)
        if hi & 1 and lo < hi:
            out[row, hi - lo - 1] = uniform(seed, stream, step, hi - 1)


@kernel
def normal_block(
    seed: int, stream: int, step0: int, n_steps: int, lo: int, hi: int, out: NDArray[np.float64]
) -> None:
    """Fill an array with standard normal numbers; the arguments are those of `uniform_block`."""
    first, n_pairs = whole_pairs(lo, hi)
    for row in range(n_steps):
        step = step0 + row
        pairs = out[row, 2 * first - lo :]
        for k in range(n_pairs):
            pairs[2 * k], pairs[2 * k + 1] = normal_pair(seed, stream, step, first + k)
        if lo & 1 and lo < hi:
            out[row, 0] = normal(seed, stream, step, lo)
        if hi & 1 and lo < hi:
            out[row, hi - lo - 1] = normal(seed, stream, step, hi - 1)


@kernel
def poisson_spikes(
    seed: int,
    stream: int,
    step0: int,
    n_steps: int,
    lo: int,
    probability: NDArray[np.float64],
    spikes: NDArray[np.int32],
    offsets: NDArray[np.int64],
) -> int:
    """Draw spikes, independent between neurons and steps, sorted by step and then by neuron.

    Neuron i spikes in a step if its uniform number of that step (as in `uniform_block`) is below its
    probability, which is rate * dt.

    Parameters
    ----------
    seed, stream, step0, n_steps : int
        As in `uniform_block`.
    lo : int
        Number of the first neuron.
    probability : ndarray, shape (1, n) or (n_steps, n)
        Of a spike in one step, for the neurons from `lo` up to lo + n; one row for all steps or one each.
    spikes : ndarray of int, shape (capacity,)
        Filled with neuron numbers, from `lo` on.
    offsets : ndarray of int, shape (n_steps + 1,)
        Filled: step t has ``spikes[offsets[t]:offsets[t + 1]]``.

    Returns
    -------
    int
        Number of spikes. If it exceeds the capacity, the spikes beyond are lost: call again with more room.
    """
    n = probability.shape[1]
    hi = lo + n
    first, n_pairs = whole_pairs(lo, hi)
    fired = none_fired(n)
    count = 0
    offsets[0] = 0
    for row in range(n_steps):
        step = step0 + row
        p = probability[row if probability.shape[0] > 1 else 0]
        pairs, p_pairs = fired[2 * first - lo :], p[2 * first - lo :]
        for k in range(n_pairs):
            even, odd = uniform_pair(seed, stream, step, first + k)
            pairs[2 * k] = even < p_pairs[2 * k]
            pairs[2 * k + 1] = odd < p_pairs[2 * k + 1]
        if lo & 1 and lo < hi:
            fired[0] = uniform(seed, stream, step, lo) < p[0]
        if hi & 1 and lo < hi:
            fired[n - 1] = uniform(seed, stream, step, hi - 1) < p[n - 1]
        count = append_fired(fired, lo, spikes, count)
        offsets[row + 1] = count
    return count
