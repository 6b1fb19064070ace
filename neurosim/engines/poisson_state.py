"""The spikes of a Poisson population, drawn window by window."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.engines.group_state import GroupState, Place
from neurosim.engines.rate_window import RateWindow
from neurosim.kernels.random import poisson_spikes
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
        self.buffer: Any = np.zeros(self.size * place.window, np.int32)
        self.tasks = [self._draw]

    @classmethod
    def memory(cls, group: PoissonPopulation, place: Place) -> int:
        """Bytes of probabilities and the spikes of a window."""
        return super().memory(group, place) + RateWindow.memory(group, place)

    def prepare(self, n_steps: int) -> None:
        """Take over the rates, which may have changed since the last run; see `RateWindow.prepare`."""
        self.probability.prepare(n_steps)

    def enter(self, step: int, n_steps: int) -> None:
        """Find the probabilities of a window; see `RateWindow.enter`."""
        self.probability.enter(step, n_steps)

    def _draw(self, step: int, n_steps: int) -> None:
        rows = self.probability.rows
        n = poisson_spikes(self.seed, self.stream, step, n_steps, 0, rows, self.buffer, self.offsets)
        self.spikes = self.buffer[:n]
