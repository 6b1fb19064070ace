"""The spikes of a Poisson population, drawn window by window."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.engines.group_state import GroupState, Place
from neurosim.errors import ParameterError
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
        self.population = population
        self.buffer: Any = np.zeros(self.size * place.window, np.int32)
        self.tasks = [self._draw]

    def prepare(self) -> None:
        """Take over the rates, which may have changed since the last run.

        Raises
        ------
        ParameterError
            If the rates do not fit the trials, or are too high for the time step.
        """
        rate = np.asarray(self.population.rate)
        where = f"{self.population.name}.rate"
        if rate.ndim == 2 and len(rate) != self.trials:
            limit = f"does not fit {self.trials} trials of {self.population.n} units"
            raise ParameterError(where, rate.shape, limit)
        if np.any(rate * self.dt > 1000.0):
            limit = f"must be at most {1000 / self.dt:g} Hz, one spike a step"
            raise ParameterError(where, float(rate.max()), limit, "Use a smaller Network.dt.")
        probability = -np.expm1(-rate * (self.dt / 1000.0))
        self.probability = np.broadcast_to(probability, self.shape).reshape(1, -1).copy()

    def _draw(self, step: int, n_steps: int) -> int:
        n: int = poisson_spikes(
            self.seed, self.stream, step, n_steps, 0, self.probability, self.buffer, self.offsets
        )
        self.spikes = self.buffer[:n]
        return n
