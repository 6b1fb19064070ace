"""Takes the states that monitors want out of a running population."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.network.state_monitor import StateMonitor
from neurosim.network.stimuli.table import Course

NEVER = 2**62
"""An interval, in steps, that no run reaches."""

BUFFER = 2**16
"""Numbers that are collected before the monitors get them; windows may be shorter."""

MOST_ROWS = 4096


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
    neuron, state : ndarray of uint64, shape (n_probes,)
        Flat index ``trial*n + neuron``, rising, and row of the state.
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
        # Numba would look for negative numbers, which count from the end, at every access.
        self.neuron = (probes // n_states).astype(np.uint64)
        self.state = (probes % n_states).astype(np.uint64)
        self.columns = [_place(np.searchsorted(probes, k)) for k in keys]
        self.shapes = [k.shape for k in keys]
        self._most = window // self.every + 1  # rows of a window
        room = max(self._most, min(BUFFER // max(1, probes.size), MOST_ROWS)) if monitors else 1
        self._buffer = np.zeros((room, probes.size))
        self._traced = np.zeros(1, np.int64)
        self._begun = self._fill = 0

    @property
    def given(self) -> dict[str, Any]:
        """What the kernel is given: it writes the record of step k to row ``k/every - _traced[0]``."""
        return {
            "_trace": self._buffer, "_traced": self._traced, "_every": self.every, "_probe_state": self.state,
            "_probe_neuron": self.neuron,
        }  # fmt: skip

    @property
    def _first(self) -> int:
        """Step of the first row."""
        return int(self._traced[0]) * self.every

    def begin(self, step: int, constants: dict[str, Any]) -> None:
        """Begin a run, and tell the monitors the values, of shape () or (trials, n), that hold in it."""
        self._begun = step
        self._traced[0] = _next(step, self.every) // self.every
        for monitor, flat in zip(self.monitors, self.recorded, strict=True):
            monitor.begin({name: chosen(value, flat) for name, value in constants.items()})

    def longest(self, step: int) -> int:
        """Steps from `step` on for which there is room."""
        return self._first + len(self._buffer) * self.every - step

    def collect(self, step: int, n_steps: int) -> None:
        """Take note of the records of a stretch, and hand on what there is before the room is used up."""
        self._fill += (_next(step + n_steps, self.every) - _next(step, self.every)) // self.every
        if len(self._buffer) - self._fill < self._most:
            self.flush(step + n_steps)

    def flush(self, step: int) -> None:
        """Hand on to the monitors what was recorded before a step."""
        steps = self._first + self.every * np.arange(self._fill)
        wanted = zip(self.monitors, self.intervals, self.columns, self.shapes, strict=True)
        for monitor, interval, columns, shape in wanted:
            # What is there at the beginning of a run is not the end of a step in it.
            start = self._first if monitor.when == "start" else max(self._first, self._begun + 1)
            rows = slice((_next(start, interval) - self._first) // self.every, self._fill)
            stride = interval // self.every
            if not monitor.closed and rows.start < rows.stop:
                records = self._buffer[rows][::stride, columns]
                monitor.append(steps[rows][::stride], records.reshape(len(records), *shape))
                monitor.reach(step)
        self._traced[0] = _next(step, self.every) // self.every
        self._fill = 0

    def finish(self, step: int, states: NDArray[np.float64]) -> None:
        """Hand on what there is at the end of a run, where `states`, (n_states, at least trials*n), hold."""
        self.flush(step)
        wanted = zip(self.monitors, self.intervals, self.columns, self.shapes, strict=True)
        for monitor, interval, columns, shape in wanted:
            if monitor.when == "end" and step > self._begun and step % interval == 0 and not monitor.closed:
                monitor.append(np.array([step]), states[self.state, self.neuron][columns].reshape(1, *shape))


def chosen(value: Any, flat: np.ndarray) -> Any:
    """A value, one for all or of shape (trials, n) or a course, for some neurons."""
    if isinstance(value, Course):
        return value.select(flat)
    return value.reshape(-1)[flat] if np.ndim(value) else value


def _place(columns: np.ndarray) -> np.ndarray | slice:
    """Columns one after the other as a slice, which takes them without a copy."""
    first = int(columns.flat[0]) if columns.size else 0
    in_a_row = np.array_equal(columns.ravel(), np.arange(first, first + columns.size))
    return slice(first, first + columns.size) if in_a_row else columns


def _next(step: int, interval: int) -> int:
    """The first multiple of `interval` from `step` on."""
    return -(-step // interval) * interval
