"""Record weights while they change."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError
from neurosim.network.monitor import Monitor
from neurosim.network.projection import Projection
from neurosim.recording import WeightRecording
from neurosim.units import convert


class WeightMonitor(WeightRecording, Monitor):
    """Records weights of a projection at the beginning of a step, every so many steps.

    Parameters
    ----------
    projection : Projection
    synapses : True or sequence of int, default True
        Places in the flat array of weights: of ``connectivity.weights.ravel()``.
    dt : float, str or quantity, default 10
        Interval, ms, a multiple of the network's time step.
    name : str, optional
    file : path, optional
        Stream the weights to this file instead of keeping them in memory; see `SpikeMonitor`.
    overwrite : bool, default False
        Whether a file that exists may be replaced.

    Attributes
    ----------
    t : ndarray, shape (n_times,)
        ms.
    weights : ndarray, shape (n_times, n_recorded)

    Raises
    ------
    ParameterError
        If `projection` is none or a synapse does not exist: where a rule wires the projection, this shows
        when the network is made. When the network runs, if the interval is off the grid.
    OutputError
        If the file cannot be made.
    """

    interval: float

    def __init__(
        self,
        projection: Projection,
        synapses: Any = True,
        *,
        dt: Any = 10.0,
        name: str | None = None,
        file: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
    ) -> None:
        if not isinstance(projection, Projection):
            raise ParameterError("WeightMonitor.projection", projection, "must be a Projection")
        self.projection = projection
        name = name or f"weights of {projection.name}"
        self._wanted = None if synapses is True else _checked_places(f"{name}.synapses", synapses)
        super().__init__(name=name, synapses=[], unit=projection.weight_unit or "")
        if projection.wired:
            self.settle()
        interval = convert(dt, "ms", f"{name}.dt")
        if not isinstance(interval, float) or interval <= 0:
            raise ParameterError(f"{name}.dt", dt, "must be one positive time")
        self.interval = interval
        self._attach(projection.post.group, file, overwrite)

    def settle(self) -> None:
        """Find the synapses to record, once they exist; `Network` does so for what a rule wires.

        Raises
        ------
        ParameterError
            If there is no such synapse.
        """
        n_synapses = self._flat().size
        places = np.arange(n_synapses) if self._wanted is None else self._wanted
        if places.min(initial=0) < 0 or places.max(initial=-1) >= n_synapses:
            limit = f"must be places from 0 to {n_synapses - 1}"
            raise ParameterError(f"{self.name}.synapses", places, limit)
        self.synapses = places

    def description(self) -> dict[str, Any]:
        """Arguments that make a monitor like this, but for what was recorded."""
        synapses = True if self._wanted is None else self.synapses
        own = {"projection": self.projection, "synapses": synapses, "dt": self.interval}
        return super().description() | own

    def _flat(self) -> np.ndarray:
        return np.asarray(self.projection.connectivity.weights).reshape(-1)

    def record(self, step: int) -> None:
        """Take over the weights as they are at the beginning of a step."""
        rows = {"_step": np.array([step]), "weight": self._flat()[self.synapses][None]}
        self.columns.append(rows)

    def __repr__(self) -> str:
        recorded = self.synapses if self.projection.wired else self._wanted
        count = "all" if recorded is None else recorded.size
        return f"WeightMonitor({self.projection.name}, {count} synapses)"


def _checked_places(where: str, synapses: Any) -> NDArray[np.int64]:
    places = np.atleast_1d(np.asarray(synapses))
    if places.ndim != 1 or places.dtype.kind not in "iu" or not places.size:
        raise ParameterError(where, synapses, "must be True or a list of places")
    return places.astype(np.int64)
