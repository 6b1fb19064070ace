"""What the session asks of any group of units on Brian2."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError
from neurosim.network.group import Group
from neurosim.network.network import Network


class GroupPart:
    """A group on Brian2, all trials side by side.

    Parameters
    ----------
    source : Group
    network : Network

    Attributes
    ----------
    trials, size : int
        Number of trials, and of units of all trials.
    group : brian2.Group
        Unit u of trial k has the number ``k*n + u``.
    objects : list
        Everything that belongs into the Brian2 network.
    values : dict of str to ndarray, shape (n,), or (trials, n) with several trials
        States in coherent units, as the user sees them.
    early : bool
        Whether the units answer events in the step of arrival, so that these come before the threshold.
    """

    early = False
    group: Any

    def __init__(self, source: Group, network: Network) -> None:
        self.source, self.network = source, network
        self.trials = network.trials
        self.size = network.trials * source.n
        self.objects: list[Any] = []
        self.values: dict[str, NDArray[np.float64]] = {}

    def _spread(self, value: Any, name: str) -> NDArray[np.float64]:
        """A value of shape (), (n,) or (trials, n) for every unit of every trial: (n,), or (trials, n)."""
        shape = (self.trials, self.source.n)
        try:
            spread = np.broadcast_to(value, shape)
        except ValueError:
            limit = f"does not fit {self.trials} trials of {self.source.n} units"
            raise ParameterError(f"{self.source.name}.{name}", np.shape(value), limit) from None
        return spread if self.trials > 1 else spread[0]

    def prepare(self, n_steps: int | None) -> None:
        """Take over what may have changed since the last run, or raise before anything changes.

        Parameters
        ----------
        n_steps : int or None
            Of the coming run; None if the user will run the objects of Brian2 by hand.
        """

    def push(self) -> None:
        """Write what has changed to Brian2."""

    def pull(self) -> None:
        """Take over the states from Brian2."""

    def show(self, part: GroupPart) -> None:
        """Show the states of another translation of the same group."""

    def claim(self) -> None:
        """Let the group show the state."""

    def check_finite(self, step: int, n_steps: int) -> None:
        """Raise `NonFiniteError` if a state is infinite or NaN."""
