"""McCulloch-Pitts units at work."""

from __future__ import annotations

import numpy as np

from neurosim.engines.event_state import EventState
from neurosim.engines.group_state import Place
from neurosim.errors import ParameterError
from neurosim.kernels.event_units import threshold_spikes
from neurosim.network.mcculloch_pitts import McCullochPitts


class McCullochPittsState(EventState):
    """McCulloch-Pitts units at work.

    Parameters
    ----------
    group : McCullochPitts
    place : Place
    """

    def __init__(self, group: McCullochPitts, place: Place) -> None:
        super().__init__(group, place)
        self.group = group
        self.tasks = [self._answer]

    def prepare(self, n_steps: int) -> None:
        """Take over the thresholds, which may have changed since the last run.

        Raises
        ------
        ParameterError
            If they do not fit the trials.
        """
        threshold = np.asarray(self.group.threshold)
        if threshold.ndim == 2 and len(threshold) != self.trials:
            limit = f"does not fit {self.trials} trials of {self.group.n} units"
            raise ParameterError(f"{self.group.name}.threshold", threshold.shape, limit)
        self.threshold = np.broadcast_to(threshold, self.shape).ravel()

    def _answer(self, step: int, n_steps: int) -> None:
        self.receive(0, self.size, step, n_steps)
        exc, inh = self.events
        row = step % len(exc)
        n = threshold_spikes(
            row, n_steps, exc, inh, self.threshold, self.group.veto, self.buffer, self.offsets
        )
        self.spikes = self.buffer[:n]
