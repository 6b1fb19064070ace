"""The spikes of a Poisson population, drawn window by window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

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
    """

    def __init__(self, population: PoissonPopulation, trials: int, dt: float, seed: int, stream: int) -> None:
        self.population, self.trials, self.dt, self.seed, self.stream = population, trials, dt, seed, stream
        self.size = trials * population.n
        self.spikes = np.zeros(0, np.int32)
        self.offsets = np.zeros(1, np.int64)
        self.output: tuple[()] = ()

    def prepare(self, monitors: list[Any], window: int) -> None:
        """Take over the rates, which may have changed since the last run.

        Raises
        ------
        ParameterError
            If the rates do not fit the trials, or are too high for the time step.
        """
        rate = np.asarray(self.population.rate, dtype=np.float64)
        where = f"{self.population.name}.rate"
        if rate.ndim == 2 and len(rate) != self.trials:
            raise ParameterError(where, rate.shape, f"does not fit {self.trials} trials of {self.population.n} units")
        if np.any(rate * self.dt > 1000.0):
            raise ParameterError(where, float(rate.max()), f"must be at most {1000 / self.dt:g} Hz, one spike a step")
        probability = -np.expm1(-rate * (self.dt / 1000.0))
        self.probability = np.broadcast_to(probability, (self.trials, self.population.n)).ravel().copy()
        self.buffer = np.zeros(self.size * window, np.int32)

    def tasks(self, step: int, n_steps: int) -> list[Callable[[], int]]:
        """The drawing of a window's spikes, as one piece of work."""

        def draw() -> int:
            offsets = np.zeros(n_steps + 1, np.int64)
            n = poisson_spikes(self.seed, self.stream, step, n_steps, self.probability, self.buffer, offsets)
            self.spikes, self.offsets = self.buffer[:n], offsets
            return int(n)

        return [draw]

    def collect(self, step: int, n_steps: int) -> None:
        """Nothing to put in order: the spikes are sorted already."""

    def check_finite(self, step: int, n_steps: int) -> None:
        """Nothing to check: there is no state."""
