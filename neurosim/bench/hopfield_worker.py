"""The process that stores and recalls with neurosim: ``python -m neurosim.bench.hopfield_worker``."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np
from threadpoolctl import threadpool_limits

from neurosim.bench.peers.serving import Reply, Task, peak_memory, serve
from neurosim.models.hopfield import Hopfield
from neurosim.models.hopfield.experiments import capacity, corrupt, random_patterns

FEW = {"n": 200, "patterns": 10, "probes": 2}
"""Sizes of the run that loads the kernels."""


def prepare(task: Task) -> Callable[[], Reply]:
    """Load the kernels, and return the measurement."""
    threadpool_limits(task["threads"], user_api="blas")
    once = curve if task["kind"] == "capacity" else recall
    seed = 0

    def measure() -> Reply:
        nonlocal seed
        seed += 1  # other patterns each time
        return once(task, seed)

    once(task | FEW, seed)
    return measure


def recall(task: Task, seed: int) -> Reply:
    """Store random patterns and recall the first of them, damaged."""
    rng = np.random.default_rng(seed)
    patterns = random_patterns(task["patterns"], task["n"], rng)
    wanted = patterns[np.arange(task["probes"]) % len(patterns)]
    probes = corrupt(wanted, task["flipped"], rng)
    memory = Hopfield(update=task["update"], connectivity=task["connectivity"], random_state=seed)
    begun = perf_counter()
    memory.fit(patterns)
    stored = perf_counter()
    found = memory.recall(probes, sweeps=task["sweeps"], threads=task["threads"])
    done = perf_counter()
    both = task["timed"] == "both"
    return {
        "seconds": done - (begun if both else stored),
        "build_seconds": None if both else stored - begun,
        "overlap": float(np.mean(found.states == wanted) * 2 - 1),
        "peak_mb": peak_memory(),
    }


def curve(task: Task, seed: int) -> Reply:
    """Overlaps at ten loads."""
    begun = perf_counter()
    found = capacity(task["n"], probes=task["probes"], seed=seed, threads=task["threads"])
    seconds = perf_counter() - begun
    return {"seconds": seconds, "overlap": float(found.mean[:5].mean()), "peak_mb": peak_memory()}


if __name__ == "__main__":
    serve(prepare)
