"""Parrots at work."""

from __future__ import annotations

import numpy as np

from neurosim.engines.event_state import EventState
from neurosim.engines.group_state import Place
from neurosim.engines.split import Split
from neurosim.errors import NonFiniteError
from neurosim.kernels.core.call import Call
from neurosim.kernels.spiking.event_units import repeated_spikes
from neurosim.network.parrot import Parrot


class ParrotState(EventState):
    """Parrots at work.

    Parameters
    ----------
    group : Parrot
    place : Place
    """

    answers = True

    def __init__(self, group: Parrot, place: Place) -> None:
        super().__init__(group, place)
        self.name = group.name
        self.countless = False

    def advances(self, split: Split) -> list[list[Call]]:
        """The calls by which inputs arrive."""
        return [self.received(0, self.size)]

    def answer(self, step: int, n_steps: int) -> None:
        """Repeat the events of a window, with as much room for the spikes as they take."""
        (events,) = self.events
        row = step % len(events)
        n = repeated_spikes(row, n_steps, events, self.spikes.array, self.offsets)
        if n > self.spikes.array.size:
            self.spikes.array = np.zeros(n, np.int32)
            n = repeated_spikes(row, n_steps, events, self.spikes.array, self.offsets)
        self.countless = n < 0
        if self.countless:
            self.offsets[:] = 0

    def check_finite(self, step: int, n_steps: int) -> None:
        """Raise `NonFiniteError` if the spikes of a window cannot be counted."""
        if self.countless:
            raise NonFiniteError(
                f"{self.name}: what arrives between {step * self.dt:g} and {(step + n_steps) * self.dt:g} ms "
                "is not a number, or more than 2147483647 spikes. What was recorded so far is kept. "
                "Look for a weight that is too large or not a number."
            )
