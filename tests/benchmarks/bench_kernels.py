"""Print the time of one neuron-step of the built-in kernels, and the overhead of one window.

Run ``python tests/benchmarks/bench_kernels.py``. One thread; the median of seven runs.
"""

from __future__ import annotations

import statistics
import time

import numpy as np

from neurosim import (
    LIF,
    Dense,
    HodgkinHuxley,
    Network,
    Population,
    Projection,
    PSCFilter,
    SpikeMonitor,
    StateMonitor,
)

N = 4000


def nanoseconds(cells: Population, dt: float, steps: int) -> float:
    """Time of a neuron-step, ns."""
    network = Network(cells, dt=dt, threads=1, seed=0)
    network.run(100 * dt)
    return 1e9 * _median_time(network, steps) / (steps * cells.n)


def _median_time(network: Network, steps: int) -> float:
    times = []
    for _ in range(7):
        start = time.perf_counter()
        network.run(steps * network.dt)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def window_overhead(monitored: bool) -> float:
    """Time of a window of one step of ten recurrent neurons, us."""
    cells = Population(10, LIF, v_in=1.2, receptors={"exc": PSCFilter(5)})
    weights = Dense(np.random.default_rng(0).normal(size=(10, 10)))
    monitors = [SpikeMonitor(cells), StateMonitor(cells, "v")] if monitored else []
    network = Network(cells, Projection(cells, cells, weights, delay=0.1), monitors, threads=1, seed=0)
    network.run(1)
    return 1e6 * _median_time(network, 2000) / 2000


def main() -> None:
    """Print a table."""
    drive, current = np.linspace(0.5, 1.5, N), np.linspace(0, 20, N)
    two = {"exc": PSCFilter(5), "inh": PSCFilter(10)}
    rows = {
        "LIF": nanoseconds(Population(N, LIF, v_in=1.2), 0.1, 10_000),
        "LIF, input per neuron": nanoseconds(Population(N, LIF, v_in=drive), 0.1, 10_000),
        "LIF, two PSC filters": nanoseconds(Population(N, LIF, v_in=drive, receptors=two), 0.1, 5000),
    }
    for integrator in ("exponential_euler", "rk4"):
        cells = Population(N, HodgkinHuxley, I=current, integrator=integrator)
        rows[f"HodgkinHuxley, {integrator}"] = nanoseconds(cells, 0.025, 2000)
    for name, value in rows.items():
        print(f"{name:36}{value:8.2f} ns per neuron-step")
    for name, monitored in (("ten LIF neurons", False), ("the same, two monitors", True)):
        print(f"{name:36}{window_overhead(monitored):8.1f} us per window of one step")


if __name__ == "__main__":
    main()
