"""Time per number of the vectorising functions and the random numbers, on one thread.

python tests/benchmarks/bench_simd.py
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable

import numba
import numpy as np

from neurosim.kernels.core.jit import FAST
from neurosim.kernels.mathematics import random, simd_math

N = 4000
NAMES = ("exp", "exprel", "inverse_exprel", "dexprel", "expm1", "log", "log1p", "tanh", "sigmoid")


def nanoseconds(call: Callable[[], object], count: int, repeats: int = 200) -> float:
    """Return the shortest time per number; the first call, which compiles, is not counted."""
    call()
    best = math.inf
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return 1e9 * best / count


def time_function(name: str, function: Callable[[float], float]) -> None:
    @numba.njit(nogil=True, fastmath=set(FAST), error_model="numpy")
    def loop(x: np.ndarray, y: np.ndarray) -> None:
        for i in range(x.size):
            y[i] = function(x[i])

    x = np.random.default_rng(0).uniform(0.01, 5.0, N)
    y = np.empty(N)
    per_number = nanoseconds(lambda: loop(x, y), N)
    (assembly,) = loop.inspect_asm().values()
    widths = [bits for bits, name in ((512, "zmm"), (256, "ymm")) if len(re.findall(name, assembly)) > 20]
    print(f"{name:16s} {per_number:6.2f} ns   vectors of {widths[0] if widths else 'at most 128'} bits")


def main() -> None:
    """Print the table."""
    for name in NAMES:
        time_function(name, getattr(simd_math, name))
    time_function("math.exp (libm)", numba.njit(lambda x: math.exp(x)))
    seed, steps = np.uint64(1), 100
    out = np.empty((steps, N))
    for block in (random.uniform_block, random.normal_block):
        per_number = nanoseconds(lambda block=block: block(seed, 0, 0, steps, 0, N, out), out.size, 20)
        print(f"{block.__name__:16s} {per_number:6.2f} ns")
    probability, spikes, offsets = (
        np.full((1, N), 0.005),
        np.empty(N, np.int64),
        np.empty(steps + 1, np.int64),
    )
    per_number = nanoseconds(
        lambda: random.poisson_spikes(seed, 0, 0, steps, 0, probability, spikes, offsets), out.size, 20
    )
    print(f"{'poisson_spikes':16s} {per_number:6.2f} ns   a neuron and step, {offsets[-1]} spikes")


if __name__ == "__main__":
    main()
