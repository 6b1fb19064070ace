"""Delays as whole numbers of steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError
from neurosim.network.population import Population
from neurosim.network.projection import Projection


@dataclass(frozen=True)
class DelaySteps:
    """Delays of a projection.

    Attributes
    ----------
    shortest, longest : int
    each : ndarray of int16 or int32, or None
        Of every synapse, where they differ.
    """

    shortest: int
    longest: int
    each: NDArray[np.signedinteger] | None = None

    @classmethod
    def of(cls, projection: Projection, dt: float) -> DelaySteps:
        """Delays of a projection, rounded to the nearest step of `dt` ms.

        Raises
        ------
        ParameterError
            If one is too long to be counted, or they differ though no spikes are to arrive.
        """
        steps = np.rint(np.asarray(projection.delay) / dt)
        shortest, longest = steps.min(initial=np.inf), steps.max(initial=0.0)
        if longest >= 2**31:
            limit = f"must be less than {2**31} time steps"
            raise ParameterError(f"{projection.name}.delay", float(longest * dt), limit)
        if not steps.size:
            return cls(1, 1)  # without synapses any delay will do
        if shortest == longest:
            return cls(int(longest), int(longest))
        if reason := _one_for_all(projection):
            limit = f"differs between synapses, and {reason}"
            raise ParameterError(f"{projection.name}.delay", projection.delay, limit, "Use one for all.")
        return cls(int(shortest), int(longest), steps.astype(np.int16 if longest < 2**15 else np.int32))

    def later(self, steps: int) -> DelaySteps:
        """The same delays, each longer by a number of steps."""
        each = None if self.each is None else self.each.astype(np.int32) + steps
        return DelaySteps(self.shortest + steps, self.longest + steps, each)

    def parts(self) -> list[DelaySteps]:
        """Without delay and with one: the two reach a population by different ways."""
        if self.each is None or self.shortest > 0:
            return [self]
        none = self.each == 0
        later = self.each[~none]
        skip = self.each.dtype.type(-1)
        return [
            DelaySteps(0, 0, np.where(none, self.each, skip)),
            DelaySteps(int(later.min()), self.longest, np.where(none, skip, self.each)),
        ]


def _one_for_all(projection: Projection) -> str:
    """Why all synapses must have the same delay; empty if they need not."""
    source = projection.pre.group
    if projection.signal is not None:
        return f"receptor {projection.receptor!r} takes a continuous signal"
    if isinstance(source, Population) and source.model.rate_signal is not None:
        return f"{source.name} passes on rates, not spikes"
    return ""
