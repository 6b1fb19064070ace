"""McCulloch-Pitts units at work."""

from __future__ import annotations

import numpy as np

from neurosim.engines.event_state import EventState
from neurosim.engines.group_state import Place
from neurosim.engines.split import Split
from neurosim.errors import ParameterError
from neurosim.kernels.core.call import Call, Now, bind
from neurosim.kernels.spiking.event_units import threshold_spikes
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
        self.threshold = np.zeros(self.size)

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
        self.threshold.reshape(self.shape)[...] = threshold

    def advances(self, split: Split) -> list[list[Call]]:
        """The calls that let the units answer the events of a window."""
        units = (*self.events, self.threshold, self.group.veto)
        answer = bind(threshold_spikes, Now("step"), Now("last"), *units, self.spikes, self.offsets)
        return [[*self.received(0, self.size), answer]]
