"""The process that simulates with neurosim: ``python -m neurosim.bench.spiking_worker``; see `serving`."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from neurosim import neurons
from neurosim.bench.peers.serving import Reply, Task, serve
from neurosim.bench.spiking import KERNELS, WIRED
from neurosim.bench.spiking import NETWORKS as MODELS
from neurosim.connectivity import FixedProbability
from neurosim.models import find_model
from neurosim.network import Network, Population, SpikeMonitor

FEW = 100
"""Neurons, in the run that loads the kernels."""


def prepare(task: Task) -> Callable[[], Reply]:
    """Load the kernels, unless a whole script is timed, and return the measurement."""
    once = wire if task["kind"] == "wiring" else simulate
    seed = 0

    def measure() -> Reply:
        nonlocal seed
        seed += 1  # another network each time
        return once(task, seed)

    if not task["start"]:
        once(task | {"n": FEW, "duration": 20.0}, seed)
    return measure


def wire(task: Task, seed: int) -> Reply:
    """Wire, and nothing else."""
    n, rule = task["n"], FixedProbability(WIRED, weight=0.1)
    begun = perf_counter()
    synapses = rule.build(n, n, seed=seed)
    seconds = perf_counter() - begun
    return {"seconds": seconds, "build_seconds": None, "rate_hz": None, "synapses": synapses.n_synapses}


def simulate(task: Task, seed: int) -> Reply:
    """Build and run; what comes before the first step counts as building."""
    n, duration = task["n"], task["duration"]
    options = {"seed": seed, "dt": task["dt"], "threads": task["threads"]}
    begun = perf_counter()
    if task["kind"] in KERNELS:
        model, drive, (low, high) = KERNELS[task["kind"]]
        inputs: dict[str, Any] = {drive: np.linspace(low, high, n)}
        cells = Population(n, getattr(neurons, model), **inputs)
        spikes = SpikeMonitor(cells)
        network = Network(cells, spikes, **options)
    else:
        built = find_model(MODELS[task["kind"]]).build(n, **options)
        network, spikes = built.network, built.spikes
    network.run(0.0)
    ready = perf_counter()
    network.run(duration)
    done = perf_counter()
    return {
        "seconds": done - ready,
        "build_seconds": ready - begun,
        "rate_hz": 1000.0 * len(spikes) / (n * duration),
        "synapses": sum(p.connectivity.n_synapses for p in network.projections),
    }


if __name__ == "__main__":
    serve(prepare)
