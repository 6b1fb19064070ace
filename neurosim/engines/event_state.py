"""What units have in common that answer the events of a step in that step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.engines.group_state import GroupState, Place
from neurosim.engines.ring import in_flight, put_in_flight
from neurosim.errors import ParameterError
from neurosim.kernels.core.call import Movable
from neurosim.network.mcculloch_pitts import McCullochPitts
from neurosim.network.parrot import Parrot


class EventState(GroupState):
    """Events on their way to units that answer them at once.

    Parameters
    ----------
    group : McCullochPitts or Parrot
    place : Place

    Attributes
    ----------
    events : ndarray, shape (n_receptors, n_rows, size)
        Step k has the row ``k % n_rows``.
    Raises
    ------
    ParameterError
        If a projection without delay ends here.
    """

    def __init__(self, group: McCullochPitts | Parrot, place: Place) -> None:
        super().__init__(group, place)
        if 0 in place.delays:
            ends = [p for p in place.network.projections if p.post.group is group]
            projection = min(ends, key=lambda p: np.min(p.delay))
            limit = f"is less than a time step; a {type(group).__name__} answers in the step of arrival"
            remedy = f"Use at least {self.dt:g} ms."
            raise ParameterError(f"{projection.name}.delay", projection.delay, limit, remedy)
        self.receptors = group.receptors
        self.events = np.zeros((len(group.receptors), place.n_rows, self.size))
        self.spikes = Movable(np.zeros(self.size * place.window, np.int32))

    @classmethod
    def memory(cls, group: McCullochPitts | Parrot, place: Place) -> int:
        """Bytes of the events in flight and the spikes of a window."""
        events = 8 * len(group.receptors) * place.n_rows * group.n * place.network.trials
        return super().memory(group, place) + events

    def inbox(self, receptor: str, delay: int) -> NDArray[np.float64]:
        """Ring of the events that arrive at a receptor, shape (n_rows, size), a row for each step."""
        ring: NDArray[np.float64] = self.events[self.receptors.index(receptor)]
        return ring

    def snapshot(self, step: int) -> dict[str, Any]:
        """Events in flight; see `GroupState.snapshot`."""
        return {"events": in_flight(self.events, step)}

    def restore(self, saved: Mapping[str, Any], step: int) -> None:
        """Take over what `snapshot` found."""
        put_in_flight(self.events, step, saved["events"])
