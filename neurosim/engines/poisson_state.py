"""The spikes of a Poisson population, drawn window by window."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError
from neurosim.kernels.random import poisson_spikes
from neurosim.network.poisson import PoissonPopulation


class PoissonState:
    """A Poisson population at work.

    Parameters
    ----------
    population : PoissonPopulation
    trials : int
    dt : float
        ms.
    seed : int
    stream : int
        Number of the population in the network, so that populations draw different numbers.
    window : int
        Longest window, in steps.

    Attributes
    ----------
    spikes, offsets, output
        As for `PopulationState`; a Poisson population has no `output`.
    """

    def __init__(
        self, population: PoissonPopulation, trials: int, dt: float, seed: int, stream: int, window: int
    ) -> None:
        self.population, self.trials, self.dt = population, trials, dt
        # One type for all seeds, so that one compiled version serves them.
        self.seed: Any = np.uint64(seed)
        self.stream = stream
        self.size = trials * population.n
        self.buffer: Any = np.zeros(self.size * window, np.int32)
        self.spikes, self.offsets = self.buffer[:0], np.zeros(window + 1, np.int64)
        self.output: NDArray[np.float64] = np.zeros((0, self.size))
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
        self.probability = (
            np.broadcast_to(probability, (self.trials, self.population.n)).reshape(1, -1).copy()
        )

    def _draw(self, step: int, n_steps: int) -> int:
        n: int = poisson_spikes(
            self.seed, self.stream, step, n_steps, 0, self.probability, self.buffer, self.offsets
        )
        self.spikes = self.buffer[:n]
        return n

    def collect(self, step: int, n_steps: int) -> None:
        """Nothing to put in order: the spikes are sorted already."""

    def check_finite(self, step: int, n_steps: int) -> None:
        """Nothing to check: there is no state."""
