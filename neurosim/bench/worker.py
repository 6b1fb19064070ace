"""The process that measures neurosim itself: ``python -m neurosim.bench.worker``; see `serving`."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from neurosim.bench.case import NETWORKS
from neurosim.bench.peers.serving import Reply, Task, serve
from neurosim.models import find_model

FEW = 100
"""Neurons, in the run that loads the kernels."""


def prepare(task: Task) -> Callable[[], Reply]:
    """Load the kernels, unless a whole script is timed, and return the measurement."""
    build = find_model(NETWORKS[task["kind"]]).build
    options = {"dt": task["dt"], "threads": task["threads"]}
    seed = 0

    def measure() -> Reply:
        nonlocal seed
        seed += 1  # another network each time
        begun = perf_counter()
        model = build(task["n"], seed=seed, **options)
        model.network.run(0.0)
        built = perf_counter()
        model.network.run(task["duration"])
        done = perf_counter()
        rate = 1000.0 * len(model.spikes) / (task["n"] * task["duration"])
        synapses = sum(p.connectivity.n_synapses for p in model.network.projections)
        return {
            "seconds": done - built,
            "build_seconds": built - begun,
            "rate_hz": rate,
            "synapses": synapses,
        }

    if not task["start"]:
        build(FEW, **options).network.run(20.0)
    return measure


if __name__ == "__main__":
    serve(prepare)
