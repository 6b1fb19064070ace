"""A ring with short cuts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurosim.connectivity.rules.checks import checked_count, checked_probability
from neurosim.connectivity.rules.rule import Rows, Rule, Task
from neurosim.errors import ParameterError


@dataclass(frozen=True, eq=False, repr=False)
class SmallWorld(Rule):
    """A ring of units joined to their nearest neighbours, some synapses moved elsewhere.

    With few moved, any two units are a few steps apart, while neighbours of a unit are still joined to each
    other. Each unit keeps its number of outgoing synapses; there are no autapses and no multapses. Watts &
    Strogatz (1998, doi:10.1038/30918), with directed synapses.

    Parameters
    ----------
    neighbours : int
        Synapses of each unit: half of them on either side, so an even number, less than that of units.
    rewiring : float
        Probability that a synapse is moved to a unit drawn from those not reached yet.
    weight, delay
        See `Rule`.

    Raises
    ------
    ParameterError
        If the number is odd or the probability none; when building, if the two sides differ in size or are
        too small.
    """

    neighbours: int
    rewiring: float

    def __post_init__(self) -> None:
        if checked_count("SmallWorld.neighbours", self.neighbours) % 2:
            raise ParameterError("SmallWorld.neighbours", self.neighbours, "must be even")
        checked_probability("SmallWorld.rewiring", self.rewiring)

    def _count(self, task: Task) -> float:
        return task.n_pre * self.neighbours

    def _wire(self, task: Task) -> Rows:
        from neurosim.kernels.connections.wiring import rewired_ring

        if task.n_pre != task.n_post:
            sizes = (task.n_pre, task.n_post)
            raise ParameterError("SmallWorld(n_pre, n_post)", sizes, "the two must be equal")
        n, neighbours = task.n_pre, int(self.neighbours)
        if neighbours >= n:
            limit = f"must be less than the number of units, {n}"
            raise ParameterError("SmallWorld.neighbours", neighbours, limit)
        columns = np.empty(n * neighbours, np.int32)
        rewired_ring(task.kernel_seed, n, neighbours, float(self.rewiring), columns)
        columns.reshape(n, neighbours).sort(axis=1)
        return Rows(np.arange(n + 1) * neighbours, columns)
