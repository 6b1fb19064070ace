"""Brings what Brian2 recorded to the monitors of a network."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.engines.brian2.language import package
from neurosim.engines.brian2.neurons import NeuronPart
from neurosim.engines.brian2.translation import Translation
from neurosim.engines.memory import check_recording
from neurosim.engines.recorder import chosen
from neurosim.engines.watch import Watch
from neurosim.kernels.call import Movable
from neurosim.network.network import Network
from neurosim.network.rate_monitor import RateMonitor
from neurosim.network.spike_monitor import SpikeMonitor
from neurosim.network.state_monitor import StateMonitor


class SpikesOfRun:
    """The spikes of a group in one run, in the form of `GroupState`.

    Parameters
    ----------
    dt : float
        ms.
    """

    def __init__(self, dt: float) -> None:
        self.dt = dt
        self.spikes = Movable(np.zeros(0, np.int32))
        self.offsets: NDArray[np.int64] = np.zeros(1, np.int64)
        self.moments: NDArray[np.float64] | None = None
        self.taken = 0  # spikes that belong to earlier runs

    def take(self, monitor: Any, step: int, n_steps: int) -> None:
        """Take over what a SpikeMonitor of Brian2 has, sorted by step and unit."""
        times, units = (np.asarray(monitor.variables[name].get_value())[self.taken :] for name in ("t", "i"))
        self.taken += times.size
        steps = np.rint(times * 1000.0 / self.dt).astype(np.int64)
        order = np.lexsort((units, steps))
        self.spikes.array = units[order].astype(np.int32)
        self.offsets = np.searchsorted(steps[order], np.arange(step, step + n_steps + 1))

    def flush(self, step: int) -> None:
        """Hand over what is left: there is nothing."""


class Monitors:
    """The monitors of a network that runs on Brian2.

    Parameters
    ----------
    network : Network

    Attributes
    ----------
    objects : list
        Monitors of Brian2.

    Raises
    ------
    ParameterError
        If an interval is off the grid.
    """

    def __init__(self, network: Network) -> None:
        self.network, self.watch = network, Watch(network)
        self.delivered = {group: SpikesOfRun(network.dt) for group in network.groups}

    def watch_over(self, translation: Translation) -> None:
        """Make monitors of Brian2 for a translation of the network."""
        brian2, network = package(), self.network
        self.parts, self.synapses = translation.groups, translation.synapses
        self.states: dict[StateMonitor, Any] = {}
        heard = [m.group for m in network.monitors if isinstance(m, SpikeMonitor | RateMonitor)]
        heard += [p.pre.group for p in network.projections if p.stp is not None]
        self.spikes = {group: brian2.SpikeMonitor(self.parts[group].group) for group in heard}
        for monitor in network.monitors:
            part = translation.groups[monitor.group]
            if isinstance(monitor, StateMonitor) and monitor.states:
                every = self.watch.intervals[monitor]
                self.states[monitor] = brian2.StateMonitor(
                    part.group,
                    monitor.states,
                    record=self._recorded(monitor),
                    when="start",
                    **({"dt": every * network.dt * brian2.ms} if every > 1 else {}),
                )

    @property
    def objects(self) -> list[Any]:
        """Monitors of Brian2."""
        return [*self.spikes.values(), *self.states.values()]

    def named(self) -> dict[str, Any]:
        """Monitors of Brian2 by the name of what they stand for."""
        spikes = [m for m in self.network.monitors if m.group in self.spikes and isinstance(m, SpikeMonitor)]
        return {m.name: self.spikes[m.group] for m in spikes} | {m.name: s for m, s in self.states.items()}

    def _recorded(self, monitor: StateMonitor) -> NDArray[np.int64]:
        """Flat indices ``trial*n + neuron`` of the recorded neurons."""
        starts = np.arange(self.network.trials) * monitor.population.n
        numbers: NDArray[np.int64] = np.add.outer(starts, monitor.source.start + monitor.record).ravel()
        return numbers

    def prepare(self, n_steps: int) -> None:
        """Refuse a run whose recordings the memory does not hold."""
        check_recording(self.network, self.watch.intervals, n_steps)

    @property
    def taken(self) -> list[int]:
        """Spikes of each group that belong to earlier runs; can be set."""
        return [spikes.taken for spikes in self.delivered.values()]

    @taken.setter
    def taken(self, numbers: list[int]) -> None:
        for spikes, number in zip(self.delivered.values(), numbers, strict=True):
            spikes.taken = number

    def begin(self, n_steps: int) -> None:
        """Begin a run."""
        self.watch.begin(n_steps, [*self.delivered.values()], self.delivered.__getitem__)

    def collect(self, step: int, n_steps: int) -> None:
        """Hand on what Brian2 recorded in a run, and what is there at its end."""
        for group, recorded in self.spikes.items():
            self.delivered[group].take(recorded, step, n_steps)
        for part in self.synapses:
            if part.terminals is not None:
                pre = part.projection.pre
                part.terminals.advance(self.delivered[pre.group], step, n_steps, pre)
        now, end = step, step + n_steps
        while now < end:
            self.watch.before(now)
            now += self.watch.longest(now)
        for monitor in self.network.monitors:
            if isinstance(monitor, StateMonitor) and not monitor.closed:
                self._collect_states(monitor, step, end)
        try:
            for log in self.watch.logs.values():
                log.call()(step, 0, n_steps)
            self.watch.collect(step, n_steps)
            self.watch.after(end)
        finally:
            self.watch.finish(end)
        if package().get_device().__class__.__name__ == "RuntimeDevice":
            for states in self.states.values():
                states.resize(0)

    def _collect_states(self, monitor: StateMonitor, step: int, end: int) -> None:
        part, every = self.parts[monitor.group], self.watch.intervals[monitor]
        if not isinstance(part, NeuronPart):
            return
        flat = self._recorded(monitor)
        monitor.begin({name: chosen(value, flat) for name, value in part.constants.items()})
        first = -(-step // every) * every
        steps = np.arange(first, end, every)
        values = np.zeros((len(steps), len(monitor.states), flat.size))
        for k, state in enumerate(monitor.states):
            recorded = self.states[monitor].variables[state].get_value()
            values[:, k] = np.asarray(recorded) / part.scale(state)
        if monitor.when == "end":
            # What is there at the beginning of a run is not the end of a step in it.
            begun = 1 if first == step else 0
            steps, values = steps[begun:], values[begun:]
            if end % every == 0 and end > step:
                last = [part.values[s].reshape(-1)[flat] for s in monitor.states]
                steps = np.append(steps, end)
                values = np.concatenate([values, np.reshape(last, (1, len(last), flat.size))])
        if len(steps):
            monitor.append(steps, values)
