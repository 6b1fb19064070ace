"""The spikes of a Poisson population, drawn window by window."""

from __future__ import annotations

import numpy as np

from neurosim.engines.group_state import GroupState, Place
from neurosim.engines.rate_window import RateWindow
from neurosim.engines.split import Split
from neurosim.kernels.core.call import Call, Movable, Now, bind
from neurosim.kernels.mathematics.random import poisson_spikes
from neurosim.network.poisson import PoissonPopulation


class PoissonState(GroupState):
    """A Poisson population at work.

    Parameters
    ----------
    population : PoissonPopulation
    place : Place
    """

    def __init__(self, population: PoissonPopulation, place: Place) -> None:
        super().__init__(population, place)
        self.probability = RateWindow(population, place, lambda expected: -np.expm1(-expected))
        self.spikes = Movable(np.zeros(self.size * place.window, np.int32))

    @classmethod
    def memory(cls, group: PoissonPopulation, place: Place) -> int:
        """Bytes of probabilities and the spikes of a window."""
        return super().memory(group, place) + RateWindow.memory(group, place)

    def prepare(self, n_steps: int) -> None:
        """Take over the rates, which may have changed since the last run; see `RateWindow.prepare`."""
        if self.probability.prepare(n_steps):
            self.enters, self.version = self.probability.varies, object()

    def enter(self, step: int, n_steps: int) -> None:
        """Find the probabilities of a window; see `RateWindow.enter`."""
        self.probability.enter(step, n_steps)

    def advances(self, split: Split) -> list[list[Call]]:
        """The call that draws the spikes of a window."""
        key = (self.seed, self.stream, Now("step"), Now("last"), 0)
        return [[bind(poisson_spikes, *key, self.probability.rows, self.spikes, self.offsets)]]
