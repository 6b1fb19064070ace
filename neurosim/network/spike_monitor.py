"""Record spikes."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.network.group import as_slice


class SpikeMonitor:
    """Records every spike of a population, or of a slice of one.

    Parameters
    ----------
    source : Population, another source of spikes, or slice of one
    name : str, optional

    Attributes
    ----------
    i : ndarray of int64, shape (n_spikes,)
        Neuron, counted from the start of `source`.
    t : ndarray of float64, shape (n_spikes,)
        Time of the step in which the spike happened, ms; sorted.
    trial : ndarray of int64, shape (n_spikes,)
        Trial in which it happened.
    count : ndarray of int64, shape (n,) or (trials, n)
        Spikes of each neuron.

    Raises
    ------
    ParameterError
        If `source` is neither a population nor a slice of one.
    """

    def __init__(self, source: Any, *, name: str | None = None) -> None:
        self.source = as_slice(source, "SpikeMonitor.source")
        self.name = name or f"spikes of {self.source.name}"
        self.network: Any = None
        self.clear(dt=0.0, trials=1)
        self.source.group.attached.add(self)

    def clear(self, dt: float, trials: int) -> None:
        """Forget what was recorded, and set the time step (ms) and the number of trials."""
        self.dt, self.trials = dt, trials
        self._steps: list[np.ndarray] = [np.zeros(0, np.int64)]
        self._flat: list[np.ndarray] = [np.zeros(0, np.int64)]

    def append(self, spikes: np.ndarray, steps: np.ndarray) -> None:
        """Take over the spikes of a window: flat indices ``trial*n + unit`` of the population, and steps."""
        source = self.source
        flat = spikes.astype(np.int64)
        if source.n < source.group.n:
            trial, unit = np.divmod(flat, source.group.n)
            mine = (unit >= source.start) & (unit < source.stop)
            flat, steps = (trial * source.n + unit - source.start)[mine], steps[mine]
        self._steps.append(steps)
        self._flat.append(flat)

    def _joined(self) -> tuple[np.ndarray, np.ndarray]:
        if len(self._steps) > 1:
            self._steps, self._flat = [np.concatenate(self._steps)], [np.concatenate(self._flat)]
        return self._steps[0], self._flat[0]

    @property
    def t(self) -> np.ndarray:
        """Spike times, ms."""
        return self._joined()[0] * self.dt

    @property
    def i(self) -> np.ndarray:
        """Neuron of each spike."""
        return self._joined()[1] % self.source.n

    @property
    def trial(self) -> np.ndarray:
        """Trial of each spike."""
        return self._joined()[1] // self.source.n

    @property
    def count(self) -> np.ndarray:
        """Spikes of each neuron, (n,) or (trials, n)."""
        counts = np.bincount(self._joined()[1], minlength=self.trials * self.source.n)
        return counts if self.trials == 1 else counts.reshape(self.trials, self.source.n)

    def spike_trains(self, trial: int = 0) -> list[np.ndarray]:
        """Spike times of each neuron in one trial.

        Parameters
        ----------
        trial : int, default 0

        Returns
        -------
        list of n ndarrays
            Times, ms, sorted.

        Raises
        ------
        ParameterError
            If there is no such trial.
        """
        if not 0 <= trial < self.trials:
            limit = f"must be a trial from 0 to {self.trials - 1}"
            raise ParameterError(f"{self.name}.spike_trains.trial", trial, limit)
        steps, flat = self._joined()
        mine = flat // self.source.n == trial
        unit = flat[mine] % self.source.n
        order = np.argsort(unit, kind="stable")
        times = steps[mine][order] * self.dt
        return np.split(times, np.searchsorted(unit[order], np.arange(1, self.source.n)))

    def __len__(self) -> int:
        return int(self._joined()[0].size)

    def __repr__(self) -> str:
        return f"SpikeMonitor({self.source.name}, {len(self)} spikes)"
