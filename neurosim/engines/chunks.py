"""The parts of a population that are advanced one after the other, and who fired in each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain, pairwise

import numpy as np
from numpy.typing import NDArray


class Chunks:
    """Ranges of units, and the spikes of a window in each.

    Parameters
    ----------
    cuts : sequence of int
        Rising, from 0: where the share of each thread begins, and the last one ends.
    most : int
        Units of a chunk.
    size : int
        Units of all trials; what lies beyond is padding.
    probes : ndarray of uint64
        Units that are recorded, sorted.
    window : int
        Steps in which units may fire; 0 if they never do.
    precise : bool
        Whether the moment of each spike is known.

    Attributes
    ----------
    shares : list of int
        Number of the first chunk of each share, and of all chunks.
    ranges : list of (int, int, int, int)
        First unit of each and the one after the last, and the same of its probes.
    longest : int
        Units of the largest chunk.
    counts : ndarray of int64, shape (n_chunks, window)
        Spikes in each step.
    spikes : ndarray of int32, shape (n_chunks, capacity)
        Units that fired, by step.
    moments : ndarray of the shape of `spikes`, or (n_chunks, 0)
    """

    def __init__(
        self,
        cuts: Sequence[int],
        most: int,
        size: int,
        probes: NDArray[np.uint64],
        window: int,
        *,
        precise: bool,
    ) -> None:
        firsts = [[*range(lo, hi, most)] for lo, hi in pairwise(cuts)]
        self.shares = [0, *accumulate(len(each) for each in firsts)]
        bounds = [*chain.from_iterable(firsts), cuts[-1]]
        begins = np.searchsorted(probes, [*bounds[:-1], size]).tolist()
        self.ranges = [(*part, *own) for part, own in zip(pairwise(bounds), pairwise(begins), strict=True)]
        self.longest = max(hi - lo for lo, hi in pairwise(bounds))
        capacity = min(self.longest, size) * window
        self.counts = np.zeros((len(self.ranges), window), np.int64)
        self.spikes = np.zeros((len(self.ranges), capacity), np.int32)
        self.moments = np.zeros((len(self.ranges), capacity if precise else 0))

    def __len__(self) -> int:
        return len(self.ranges)
