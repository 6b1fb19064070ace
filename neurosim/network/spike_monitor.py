"""Record spikes."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from neurosim.network.group import as_slice
from neurosim.network.monitor import Monitor
from neurosim.recording import SpikeRecording


class SpikeMonitor(SpikeRecording, Monitor):
    """Records every spike of a population, or of a slice of one.

    Parameters
    ----------
    source : Population, another source of spikes, or slice of one
    name : str, optional
    file : path, optional
        Stream the spikes to this file instead of keeping them in memory; `read_recording` reads it, also
        after a crash. It is made when the network first runs.
    overwrite : bool, default False
        Whether a file that exists may be replaced.

    Attributes
    ----------
    i : ndarray of int64, shape (n_spikes,)
        Neuron, counted from the start of `source`.
    t : ndarray of float64, shape (n_spikes,)
        Time of the step in which the spike happened, or, of a population with precise spikes, of the spike
        itself, ms; sorted.
    trial : ndarray of int64, shape (n_spikes,)
        Trial in which it happened.
    count : ndarray of int64, shape (n,) or (trials, n)
        Spikes of each neuron; `spike_trains` gives their times neuron by neuron.

    Raises
    ------
    ParameterError
        If `source` is neither a population nor a slice of one.
    OutputError
        If the file cannot be made.
    """

    def __init__(
        self,
        source: Any,
        *,
        name: str | None = None,
        file: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
    ) -> None:
        self.source = as_slice(source, "SpikeMonitor.source")
        precise = self.source.group.precise_spikes
        super().__init__(name=name or f"spikes of {self.source.name}", n=self.source.n, precise=precise)
        self._attach(self.source.group, file, overwrite)

    def description(self) -> dict[str, Any]:
        """Arguments that make a monitor like this, but for what was recorded."""
        return super().description() | {"source": self.source}

    def append(self, spikes: np.ndarray, steps: np.ndarray, moments: np.ndarray | None = None) -> None:
        """Take over the spikes of a window.

        Parameters
        ----------
        spikes : ndarray of int, shape (n_spikes,)
            Flat indices ``trial*n + unit`` of the population.
        steps : ndarray of int64, shape (n_spikes,)
            Sorted.
        moments : ndarray, shape (n_spikes,), optional
            Time of each spike after the beginning of its step, ms, where spikes are precise.
        """
        units, mine = self.source.chosen(spikes)
        rows = {"_step": steps[mine], "_unit": units}
        if moments is not None:
            rows["_moment"] = moments[mine]
            order = np.lexsort((rows["_moment"], rows["_step"]))
            rows = {name: column[order] for name, column in rows.items()}
        self.columns.append(rows)

    def __repr__(self) -> str:
        return f"SpikeMonitor({self.source.name}, {len(self)} spikes)"
