"""Brings what Brian2 recorded to the monitors of a network."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.engines.brian2.language import package
from neurosim.engines.brian2.neurons import NeuronPart
from neurosim.engines.brian2.translation import Translation
from neurosim.engines.memory import check_recording
from neurosim.engines.run_record import RunRecord
from neurosim.network.network import Network
from neurosim.network.rate_monitor import RateMonitor
from neurosim.network.spike_monitor import SpikeMonitor
from neurosim.network.state_monitor import StateMonitor


class Monitors:
    """The monitors of a network that runs on Brian2.

    Parameters
    ----------
    network : Network

    Attributes
    ----------
    objects : list
        Monitors of Brian2.
    taken : dict of Group to int
        Spikes that belong to earlier runs.

    Raises
    ------
    ParameterError
        If an interval is off the grid.
    """

    def __init__(self, network: Network) -> None:
        self.network, self.record = network, RunRecord(network)
        self.watch = self.record.watch
        self.taken = dict.fromkeys(network.groups, 0)

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
                    record=self.record.numbers(monitor),
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

    def prepare(self, n_steps: int) -> None:
        """Refuse a run whose recordings the memory does not hold."""
        check_recording(self.network, self.watch.intervals, n_steps)

    def begin(self, n_steps: int) -> None:
        """Begin a run."""
        self.record.begin(n_steps)

    def collect(self, step: int, n_steps: int) -> None:
        """Hand on what Brian2 recorded in a run, and what is there at its end."""
        end = step + n_steps
        for group, recorded in self.spikes.items():
            times, units = (np.asarray(recorded.variables[name].get_value()) for name in ("t", "i"))
            new = slice(self.taken[group], times.size)
            self.taken[group] = times.size
            steps = np.rint(times[new] * 1000.0 / self.network.dt)
            self.record.note_spikes(group, steps, units[new], end)
        for part in self.synapses:
            if part.terminals is not None:
                pre = part.projection.pre
                part.terminals.advance(self.record.spikes[pre.group], step, n_steps, pre)
        for monitor in self.network.monitors:
            if isinstance(monitor, StateMonitor) and not monitor.closed:
                self._collect_states(monitor, end)
        self.record.end(end)
        if package().get_device().__class__.__name__ == "RuntimeDevice":
            for states in self.states.values():
                states.resize(0)

    def _collect_states(self, monitor: StateMonitor, end: int) -> None:
        part, flat = self.parts[monitor.group], self.record.numbers(monitor)
        if not isinstance(part, NeuronPart):
            return
        states, n_times = monitor.states, self.record.steps(monitor, end).size
        values, last = np.zeros((n_times, len(states), flat.size)), np.zeros((len(states), flat.size))
        for k, state in enumerate(states):
            recorded = self.states[monitor].variables[state].get_value()
            values[:, k] = np.asarray(recorded) / part.scale(state)
            last[k] = part.values[state].reshape(-1)[flat]
        self.record.note_states(monitor, part.constants, values, last, end)
