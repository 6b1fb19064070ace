"""Takes the states that monitors want out of a running population."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from neurosim.network.state_monitor import StateMonitor

NEVER = 2**62
"""An interval, in steps, that no run reaches."""


class Recorder:
    """Probes of a population: pairs of a state and a neuron, each recorded once however many monitors want
    it.

    Parameters
    ----------
    monitors : sequence of StateMonitor
        Monitors of this population.
    intervals : sequence of int
        Steps between the records of each monitor.
    trials : int
    window : int
        Longest window, in steps.

    Attributes
    ----------
    every : int
        Steps between records: the greatest common divisor of the intervals.
    neuron, state : ndarray of int64, shape (n_probes,)
        Flat index ``trial*n + neuron``, rising, and row of the state.
    trace : ndarray, shape (n_records, n_probes)
        Filled by the kernel in each window.
    """

    def __init__(
        self, monitors: Sequence[StateMonitor], intervals: Sequence[int], trials: int, window: int
    ) -> None:
        self.monitors, self.intervals = monitors, intervals
        self.every = math.gcd(*intervals) if intervals else NEVER
        self.recorded: list[np.ndarray] = []
        keys: list[np.ndarray] = []
        for monitor in monitors:
            n, states = monitor.population.n, monitor.population.system.states
            flat = np.add.outer(np.arange(trials) * n, monitor.source.start + monitor.record).ravel()
            rows = np.array([states.index(s) for s in monitor.states], dtype=np.int64)
            self.recorded.append(flat)
            keys.append(flat * max(1, len(states)) + rows[:, None])
        n_states = max(1, len(monitors[0].population.system.states)) if monitors else 1
        probes = np.unique(np.concatenate([np.zeros(0, np.int64), *(k.ravel() for k in keys)]))
        self.neuron, self.state = probes // n_states, probes % n_states
        self.columns = [np.searchsorted(probes, k) for k in keys]
        self.trace = np.zeros((window // self.every + 1, probes.size))

    def begin(self, constants: dict[str, Any]) -> None:
        """Tell the monitors the values, of shape () or (trials, n), that hold from now on."""
        for monitor, flat in zip(self.monitors, self.recorded, strict=True):
            monitor.begin({k: v.reshape(-1)[flat] if np.ndim(v) else v for k, v in constants.items()})

    def collect(self, step: int, n_steps: int) -> None:
        """Hand the records of a window to the monitors."""
        first = _next(step, self.every)
        for monitor, interval, columns in zip(self.monitors, self.intervals, self.columns, strict=True):
            start = _next(step, interval)
            if start < step + n_steps:
                rows = slice((start - first) // self.every, -(-(step + n_steps - first) // self.every))
                monitor.append(start, interval, self.trace[rows][:: interval // self.every, columns])


def _next(step: int, interval: int) -> int:
    """The first multiple of `interval` from `step` on."""
    return -(-step // interval) * interval
