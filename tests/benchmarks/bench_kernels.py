"""Print the time of one neuron-step of every built-in model, and the overhead of one window.

Run ``python tests/benchmarks/bench_kernels.py [MODEL ...]``. 4,000 neurons under inputs spread over a range
in which they fire. Times are those of the processor, so that what else it is busy with counts little, and the
shortest of seven runs; only the gain by a second thread is by the clock, and needs a machine at rest.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from neurosim import (
    LIF,
    Dense,
    Network,
    NeuronModel,
    Population,
    Projection,
    PSCFilter,
    SpikeMonitor,
    StateMonitor,
    neurons,
)

N, MANY = 4000, 40_000
LARGEST = {"pA": 800.0, "uA/cm2": 20.0, "mV/ms": 15.0, "Hz": 100.0}
"""Largest input, by its unit; 2 for others."""


def models() -> list[NeuronModel]:
    """The built-in models with states."""
    found = [getattr(neurons, name) for name in neurons.__all__]
    return [m for m in found if isinstance(m, NeuronModel) and m.system.states]


def population(model: NeuronModel, n: int = N, integrator: str | None = None) -> Population:
    """Neurons with inputs from none to the largest."""
    unit = model.system.units[model.input].name
    drive = np.linspace(0, LARGEST.get(unit, 2.0), n)
    return Population(n, model, integrator=integrator, **{model.input: drive})


def nanoseconds(
    cells: Population, dt: float, threads: int = 1, clock: Callable[[], float] = time.process_time
) -> float:
    """Time of a neuron-step, ns."""
    network = Network(cells, dt=dt, threads=threads, seed=0)
    network.run(100 * dt)
    steps = 2000 if cells.n == N else 200
    return 1e9 * _shortest_time(network, steps, clock) / (steps * cells.n)


def _shortest_time(network: Network, steps: int, clock: Callable[[], float] = time.process_time) -> float:
    times = []
    for _ in range(7):
        start = clock()
        network.run(steps * network.dt)
        times.append(clock() - start)
    return min(times)


def window_overhead(monitored: bool) -> float:
    """Time of a window of one step of ten recurrent neurons, us."""
    cells = Population(10, LIF, v_in=1.2, receptors={"exc": PSCFilter(5)})
    weights = Dense(np.random.default_rng(0).normal(size=(10, 10)))
    monitors = [SpikeMonitor(cells), StateMonitor(cells, "v")] if monitored else []
    network = Network(cells, Projection(cells, cells, weights, delay=0.1), monitors, threads=1, seed=0)
    network.run(1)
    return 1e6 * _shortest_time(network, 2000) / 2000


def main(*wanted: str) -> None:
    """Print a table."""
    print(f"{'model':24}{'default, ns':>34}{'rk4, ns':>10}{'2 threads, n = 40,000':>24}")
    for model in models():
        if wanted and model.name not in wanted:
            continue
        dt = 0.1 if model.reset else 0.01
        cells = population(model)
        own, rk4 = nanoseconds(cells, dt), nanoseconds(population(model, integrator="rk4"), dt)
        one, two = (
            nanoseconds(population(model, MANY), dt, threads, time.perf_counter) for threads in (1, 2)
        )
        print(f"{model.name:24}{cells.integrator:>24}{own:10.2f}{rk4:10.2f}{one / two:19.2f} times as fast")
    if wanted:
        return
    two_filters = {"exc": PSCFilter(5), "inh": PSCFilter(10)}
    cells = Population(N, LIF, v_in=np.linspace(0.5, 1.5, N), receptors=two_filters)
    print(f"{'LIF, two PSC filters':48}{nanoseconds(cells, 0.1):10.2f}")
    for name, monitored in (("ten LIF neurons", False), ("the same, two monitors", True)):
        print(f"{name:48}{window_overhead(monitored):10.1f} us per window of one step")


if __name__ == "__main__":
    main(*sys.argv[1:])
