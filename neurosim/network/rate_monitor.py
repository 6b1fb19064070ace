"""Record the firing rate of a population."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.network.group import as_slice
from neurosim.network.monitor import Monitor
from neurosim.network.population import Population
from neurosim.recording import RateRecording
from neurosim.units import convert


class RateMonitor(RateRecording, Monitor):
    """Counts the spikes of a population, or of a slice of one, in bins; no spike is kept.

    Parameters
    ----------
    source : Population, PoissonPopulation or slice
    bin : float, str or quantity, default 1
        Width of a bin, ms, a multiple of the network's time step.
    name : str, optional
    file : path, optional
        Stream the counts to this file instead of keeping them in memory; see `SpikeMonitor`.
    overwrite : bool, default False
        Whether a file that exists may be replaced.

    Attributes
    ----------
    t : ndarray, shape (n_bins,)
        Middle of each bin, ms. There are only bins that are over.
    count : ndarray of int64, shape (n_bins,) or (n_bins, trials)
        Spikes of all neurons in each bin.
    rate : ndarray, shape (n_bins,) or (n_bins, trials)
        Spikes of a neuron and second, Hz; `smoothed` weights it with a kernel.

    Raises
    ------
    ParameterError
        If `source` is neither a population nor a slice of one, or has no spikes, or the width is not
        positive; when the network runs, if the width is off the grid.
    OutputError
        If the file cannot be made.
    """

    INTERVAL = "bin"
    interval: float

    def __init__(
        self,
        source: Any,
        bin: Any = 1.0,
        *,
        name: str | None = None,
        file: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
    ) -> None:
        self.source = as_slice(source, "RateMonitor.source")
        super().__init__(name=name or f"rate of {self.source.name}", n=self.source.n, bin_steps=1)
        group = self.source.group
        if isinstance(group, Population) and group.model.threshold is None:
            raise ParameterError(
                "RateMonitor.source", source, f"{group.model.name} does not spike", "Use a StateMonitor."
            )
        width = convert(bin, "ms", f"{self.name}.bin")
        if not isinstance(width, float) or width <= 0:
            raise ParameterError(f"{self.name}.bin", bin, "must be one positive time")
        self.interval = width
        self._open = np.zeros((0, 1), np.int64)  # spikes in the bins that are not over, (n_bins, trials)
        self._attach(group, file, overwrite)

    def description(self) -> dict[str, Any]:
        """Arguments that make a monitor like this, but for what was recorded."""
        return super().description() | {"source": self.source, "bin": self.interval}

    def clear(self, dt: float, trials: int) -> None:
        """Forget what was recorded, and set the time step (ms) and the number of trials."""
        self.bin_steps = round(self.interval / dt)
        super().clear(dt, trials)
        self._open = np.zeros((0, trials), np.int64)

    def append(self, spikes: np.ndarray, steps: np.ndarray, moments: np.ndarray | None = None) -> None:
        """Take over the spikes of some windows; see `SpikeMonitor.append`."""
        units, mine = self.source.chosen(spikes)
        bins = steps[mine] // self.bin_steps - self.columns.n_rows
        n_open = max(len(self._open), int(bins[-1]) + 1 if len(bins) else 0)
        flat = np.bincount(bins * self.trials + units // self.n, minlength=n_open * self.trials)
        counts = flat.reshape(-1, self.trials)
        counts[: len(self._open)] += self._open
        self._open = counts

    def reach(self, step: int) -> None:
        """Note that everything before a step is recorded; the bins that are over by then are kept."""
        first, over = self.columns.n_rows, step // self.bin_steps
        if over > first:
            counts = np.zeros((over - first, self.trials), np.int64)
            done, self._open = self._open[: over - first], self._open[over - first :]
            counts[: len(done)] = done
            steps = np.arange(first, over) * self.bin_steps
            self.columns.append({"_step": steps, "count": counts[:, 0] if self.trials == 1 else counts})
        super().reach(step)

    def snapshot(self) -> dict[str, Any]:
        """What was recorded, and what is in the bins that are not over."""
        return super().snapshot() | {"open": self._open}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over what `snapshot` found."""
        super().restore(saved)
        self._open = saved["open"]

    def __repr__(self) -> str:
        return f"RateMonitor({self.source.name}, {self.columns.n_rows} bins of {self.interval:g} ms)"
