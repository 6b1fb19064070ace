"""What the machine can do at most: figures to hold the times of the benchmark networks against.

Run ``python tests/benchmarks/roofline.py``. One thread; the best of several rounds, in processor time.
"""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.aligned import aligned_zeros
from neurosim.kernels.core.jit import exact_kernel, kernel
from neurosim.kernels.mathematics.simd_math import exp

ROUNDS = 7
CACHE_SIZES = {"L1": 2**15, "L2": 2**19, "L3": 2**23, "memory": 2**28}
"""Bytes that fit into each, on most machines."""

EVENTS = 2**20


@kernel
def triad(a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64], repeats: int) -> None:
    """Read two arrays and write a third: what the advance of a linear neuron does to its states."""
    for r in range(repeats):
        for i in range(a.size):
            a[i] = b[i] + (0.5 + r) * c[i]


@exact_kernel
def gather_add(targets: NDArray[np.int32], table: NDArray[np.float64]) -> None:
    """Add one weight at places all over a table: the delivery of spikes."""
    for s in range(targets.size):
        table[np.uint32(targets[s])] += 0.125


@kernel
def exponentials(x: NDArray[np.float64], y: NDArray[np.float64], repeats: int) -> None:
    """Exponentials of numbers that are in the nearest cache: the gates of Hodgkin and Huxley."""
    for r in range(repeats):
        for i in range(x.size):
            y[i] = exp(x[i] + r)


def best(function: Callable[..., Any], *arguments: Any) -> float:
    """Seconds of the quickest of several calls."""
    function(*arguments)
    found = []
    for _ in range(ROUNDS):
        begun = thread_time()
        function(*arguments)
        found.append(thread_time() - begun)
    return min(found)


def roofline() -> dict[str, float]:
    """GB/s of a triad and ns of an event in each cache, and ns of an exponential; arrays begin at lines."""
    figures: dict[str, float] = {}
    rng = np.random.default_rng(0)
    for name, size in CACHE_SIZES.items():
        n = size // 24
        arrays = tuple(aligned_zeros(n) for _ in range(3))
        repeats = max(1, 2**22 // n)
        figures[f"triad in {name}, GB/s"] = 24e-9 * n * repeats / best(triad, *arrays, repeats)
        # Rows of synapses are sorted by target.
        rows = rng.integers(0, size // 8, (EVENTS // 1024, 1024)).astype(np.int32)
        targets = np.sort(rows, axis=1).ravel()
        figures[f"event in {name}, ns"] = 1e9 * best(gather_add, targets, np.zeros(size // 8)) / EVENTS
    x = np.linspace(-20.0, 5.0, 1024)
    figures["exponential, ns"] = 1e9 * best(exponentials, x, np.zeros(1024), 1000) / 1024_000
    return figures


if __name__ == "__main__":
    for figure, value in roofline().items():
        print(f"{figure:24} {value:8.2f}")
