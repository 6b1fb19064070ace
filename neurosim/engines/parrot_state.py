"""Parrots at work."""

from __future__ import annotations

import numpy as np

from neurosim.engines.event_state import EventState
from neurosim.engines.group_state import Place
from neurosim.errors import NonFiniteError
from neurosim.kernels.event_units import repeated_spikes
from neurosim.network.parrot import Parrot


class ParrotState(EventState):
    """Parrots at work.

    Parameters
    ----------
    group : Parrot
    place : Place
    """

    def __init__(self, group: Parrot, place: Place) -> None:
        super().__init__(group, place)
        self.name = group.name
        self.tasks = [self._answer]

    def _answer(self, step: int, n_steps: int) -> None:
        self.receive(0, self.size, step, n_steps)
        (events,) = self.events
        row = step % len(events)
        n = repeated_spikes(row, n_steps, events, self.buffer, self.offsets)
        if n > self.buffer.size:
            self.buffer = np.zeros(n, np.int32)
            n = repeated_spikes(row, n_steps, events, self.buffer, self.offsets)
        self.spikes = self.buffer[: max(n, 0)]
        self.countless = n < 0

    def check_finite(self, step: int, n_steps: int) -> None:
        """Raise `NonFiniteError` if the spikes of a window cannot be counted."""
        if self.countless:
            raise NonFiniteError(
                f"{self.name}: what arrives between {step * self.dt:g} and {(step + n_steps) * self.dt:g} ms "
                "is not a number, or more than 2147483647 spikes. What was recorded so far is kept. "
                "Look for a weight that is too large or not a number."
            )
