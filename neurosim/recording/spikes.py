"""Recorded spikes."""

from __future__ import annotations

import numpy as np

from neurosim.errors import ParameterError
from neurosim.recording.columns import Layout
from neurosim.recording.recording import Recording


class SpikeRecording(Recording):
    """Spikes of a number of neurons.

    Parameters
    ----------
    name : str
    n : int
        Number of neurons.
    precise : bool, default False
        Whether spikes have times of their own inside their steps.
    dt, trials
        As for `Recording`.

    Attributes
    ----------
    i : ndarray of int64, shape (n_spikes,)
        Neuron, counted from the start of what was watched.
    t : ndarray of float64, shape (n_spikes,)
        Time of the step in which the spike happened, or of the spike itself if it is precise, ms; sorted.
    trial : ndarray of int64, shape (n_spikes,)
        Trial in which it happened.
    count : ndarray of int64, shape (n,) or (trials, n)
        Spikes of each neuron.
    """

    KIND = "spikes"
    FIELDS = ("n", "precise")

    def __init__(self, *, name: str, n: int, precise: bool = False, dt: float = 0.0, trials: int = 1) -> None:
        self.n, self.precise = n, precise
        super().__init__(name=name, dt=dt, trials=trials)

    def layout(self, trials: int) -> Layout:
        """Step, flat index ``trial*n + neuron``, and, if precise, time in the step (ms) of each spike."""
        moment: Layout = {"_moment": ("<f8", ())} if self.precise else {}
        return {"_step": ("<i8", ()), "_unit": ("<i4", ()), **moment}

    @property
    def t(self) -> np.ndarray:
        """Times, ms."""
        return super().t + self.columns.read("_moment") if self.precise else super().t

    def _units(self) -> np.ndarray:
        return self.columns.read("_unit")

    @property
    def i(self) -> np.ndarray:
        """Neuron of each spike."""
        return self._units() % np.int64(self.n)

    @property
    def trial(self) -> np.ndarray:
        """Trial of each spike."""
        return self._units() // np.int64(self.n)

    @property
    def count(self) -> np.ndarray:
        """Spikes of each neuron, (n,) or (trials, n)."""
        counts = np.bincount(self._units(), minlength=self.trials * self.n)
        return counts if self.trials == 1 else counts.reshape(self.trials, self.n)

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
        if not isinstance(trial, int | np.integer) or not 0 <= trial < self.trials:
            limit = f"must be a trial from 0 to {self.trials - 1}"
            raise ParameterError(f"{self.name}.spike_trains.trial", trial, limit)
        units, times = self._units(), self.t
        first = trial * self.n
        mine = (units >= first) & (units < first + self.n)
        order = np.argsort(units[mine], kind="stable")
        unit = units[mine][order] - first
        return np.split(times[mine][order], np.searchsorted(unit, np.arange(1, self.n)))

    def __len__(self) -> int:
        return self.columns.n_rows

    def __repr__(self) -> str:
        return f"SpikeRecording({self.name!r}, {len(self)} spikes, {self.duration:g} ms)"
