"""The native engine: the one time loop.

Populations do not influence each other within the smallest delay, so each advances a whole window of that length
in one kernel call per chunk of neurons; then the spikes are delivered. Between windows Python sees Ctrl-C, shows
progress and checks that the state is finite.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np

#from neurosim.engines.poisson_state import PoissonState
from neurosim.engines.population_state import PopulationState, kernel_spec
from neurosim.kernels.advance import kernel_source
from neurosim.network.network import Network
from neurosim.network.poisson import PoissonPopulation
from neurosim.network.population import Population
from neurosim.network.projection import Projection
from neurosim.network.spike_monitor import SpikeMonitor
from neurosim.network.state_monitor import StateMonitor
from neurosim.neurons.model import NeuronModel

LONGEST_WINDOW = 128
"""Steps; bounds the memory of a window where no projection does."""

WINDOW_VOLUME = 8_000_000
"""Largest number of neuron-steps in a window, for the same reason."""

WORTH_A_THREAD = 200_000
"""Neuron-steps in a window below which a second thread costs more than it brings."""


class Session:
    """A network at work: its arrays, and the loop over time.

    Parameters
    ----------
    network : Network
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.delays = [max(0, round(p.delay / network.dt)) for p in network.projections]
        rows = max([1, *self.delays])
        self.states: list[PopulationState ] = []
        for stream, group in enumerate(network.groups):
            if isinstance(group, Population):
                self.states.append(PopulationState(group, network.trials, network.dt, rows))
            elif isinstance(group, PoissonPopulation):
                self.states.append(PoissonState(group, network.trials, network.dt, network.seed, stream))
        for monitor in network.monitors:
            monitor.clear(network.dt, network.trials)
        self.threads = network.threads or len(os.sched_getaffinity(0))

    def _state_of(self, group: Any) -> Any:
        return self.states[next(i for i, g in enumerate(self.network.groups) if g is group)]

    @property
    def window(self) -> int:
        """Steps that populations can go without hearing of each other."""
        largest = max((s.size for s in self.states), default=1)
        bound = max(1, min(LONGEST_WINDOW, WINDOW_VOLUME // largest))
        return max(1, min([bound, *self.delays]))

    def run(self, n_steps: int, *, progress: bool) -> None:
        """Advance by a number of steps; see `Network.run`."""
        network, window = self.network, self.window
        for state in self.states:
            mine = [m for m in network.monitors if isinstance(m, StateMonitor) and m.population is state.population]
            state.prepare(mine, window)
        routes = [
            (projection, self._state_of(projection.pre.group), self._state_of(projection.post.group), delay)
            for projection, delay in zip(network.projections, self.delays, strict=True)
        ]
        watched = [(m, self._state_of(m.source.group)) for m in network.monitors if isinstance(m, SpikeMonitor)]
        with _interruptible() as interrupted, _Bar(n_steps, network.dt, progress) as bar, self._pool(window) as pool:
            end = network.step + n_steps
            while network.step < end:
                step, length = network.step, min(window, end - network.step)
                pool([task for state in self.states for task in state.tasks(step, length)])
                for state in self.states:
                    state.collect(step, length)
                for monitor, source in watched:
                    monitor.append(source.spikes, source.offsets, step)
                for projection, source, target, delay in routes:
                    self._deliver(projection, source, target, delay, step, length)
                network.step += length
                for state in self.states:
                    state.check_finite(step, length)
                bar.update(length)
                if interrupted():
                    raise KeyboardInterrupt(f"stopped at {network.t:g} ms; run() goes on from there")

    def _deliver(self, projection: Projection, source: Any, target: PopulationState, delay: int, step: int, length: int) -> None:
        pre, post, connectivity = projection.pre, projection.post, projection.connectivity
        ring = target.events[target.receptors[projection.receptor]]
        if delay == 0:
            ring = np.zeros((1, target.size))
        if source.spikes.size:
            connectivity.deliver_window(
                source.spikes,
                source.offsets,
                ring,
                (step + delay) % ring.shape[0],
                pre_size=pre.group.n,
                pre_start=pre.start,
                post_size=post.group.n,
                post_start=post.start,
            )
        for k in range(min(length, len(source.output))):
            rates = source.output[k].reshape(-1, pre.group.n)[:, pre.start : pre.stop]
            # A rate is the number of spikes expected per ms, so a step delivers rate*dt of them.
            rows = ring[(step + delay + k) % ring.shape[0]].reshape(-1, post.group.n)
            rows[:, post.start : post.stop] += connectivity.forward(rates) * self.network.dt
        if delay == 0:
            target.arrive_now(projection.receptor, ring[0])

    @contextmanager
    def _pool(self, window: int) -> Iterator[Callable[[list[Callable[[], Any]]], None]]:
        """Something that carries out tasks, on threads where that pays."""
        work = sum(s.size for s in self.states) * window
        if self.threads == 1 or work < WORTH_A_THREAD:
            yield lambda tasks: [task() for task in tasks] and None
            return
        with ThreadPoolExecutor(self.threads) as executor:

            def share(tasks: list[Callable[[], Any]]) -> None:
                parts = [tasks[t :: self.threads] for t in range(self.threads)]
                for future in [executor.submit(lambda part=part: [task() for task in part]) for part in parts]:
                    future.result()

            yield share


def kernel_text(model: NeuronModel, integrator: str | None = None) -> str:
    """Source of the kernel that a population of this model, without receptors, runs on."""
    return kernel_source(kernel_spec(Population(1, model, integrator=integrator)))


class _Bar:
    """Progress in ms on standard error, or nothing."""

    def __init__(self, n_steps: int, dt: float, shown: bool) -> None:
        self.bar: Any = None
        self.dt = dt
        if shown:
            from tqdm import tqdm

            form = "{desc}: {percentage:3.0f}%|{bar}| {n:.0f}/{total:.0f} ms [{elapsed}<{remaining}]"
            self.bar = tqdm(total=n_steps * dt, desc="simulating", bar_format=form, leave=False)

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.bar is not None:
            self.bar.close()

    def update(self, n_steps: int) -> None:
        if self.bar is not None:
            self.bar.update(n_steps * self.dt)


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Hold Ctrl-C back to the end of a window, so that no array is left half done."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    seen: list[int] = []
    previous = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    try:
        yield lambda: bool(seen)
    finally:
        signal.signal(signal.SIGINT, previous)


