"""Recorded weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neurosim.recording.columns import Layout
from neurosim.recording.recording import Recording


class WeightRecording(Recording):
    """Weights of some synapses of a projection over time.

    Parameters
    ----------
    name : str
    synapses : array_like of int, shape (n_recorded,)
        Places in the flat array of weights.
    unit : str, default ""
        Unit of the weights, where it is known.
    dt, trials
        As for `Recording`.

    Attributes
    ----------
    t : ndarray, shape (n_times,)
        ms.
    weights : ndarray, shape (n_times, n_recorded)
        In the unit that the weights have in their projection; it cannot be written to.
    """

    KIND = "weights"
    FIELDS = ("synapses", "unit")

    def __init__(
        self,
        *,
        name: str,
        synapses: Sequence[int] | np.ndarray,
        unit: str = "",
        dt: float = 0.0,
        trials: int = 1,
    ) -> None:
        self.unit = unit
        self.synapses = np.asarray(synapses, dtype=np.int64)
        super().__init__(name=name, dt=dt, trials=trials)

    def layout(self, trials: int) -> Layout:
        """Step, and the weights."""
        return {"_step": ("<i8", ()), "weight": ("<f8", (self.synapses.size,))}

    @property
    def weights(self) -> np.ndarray:
        """Weights, (n_times, n_recorded)."""
        return self.columns.read("weight")

    def series(self) -> dict[str, tuple[np.ndarray, str]]:
        """The weights and their unit."""
        return {"weight": (self.weights, self.unit)}

    def places(self) -> tuple[str, np.ndarray]:
        """The synapses recorded."""
        return "synapse", self.synapses

    def __repr__(self) -> str:
        return f"WeightRecording({self.name!r}, {self.synapses.size} synapses, {self.columns.n_rows} times)"
