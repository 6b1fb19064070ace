"""The memory of neurodynex3, the exercises of Gerstner et al. (2014), "Neuronal Dynamics"; see `serving`."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np
from neurodynex3.hopfield_network.network import HopfieldNetwork
from serving import Reply, Task, peak_memory, serve


def prepare(task: Task) -> Callable[[], Reply]:
    """Nothing needs to be loaded."""
    seed = 0

    def measure() -> Reply:
        nonlocal seed
        seed += 1
        return recall(task, seed)

    return measure


def recall(task: Task, seed: int) -> Reply:
    """Store random patterns and take the first of them, damaged, through synchronous steps."""
    rng = np.random.default_rng(seed)
    patterns = rng.choice([-1, 1], (task["patterns"], task["n"]))
    probe = patterns[0].copy()
    probe[rng.permutation(task["n"])[: round(task["flipped"] * task["n"])]] *= -1
    network = HopfieldNetwork(task["n"])
    begun = perf_counter()
    network.store_patterns([*patterns])
    network.set_state_from_pattern(probe)
    network.run(task["sweeps"])
    seconds = perf_counter() - begun
    overlap = float(np.mean(network.state * patterns[0]))
    return {"seconds": seconds, "overlap": overlap, "peak_mb": peak_memory()}


if __name__ == "__main__":
    serve(prepare)
