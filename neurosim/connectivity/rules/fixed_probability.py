"""Each pair joined with the same probability."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from neurosim.connectivity.rules.checks import checked_flag, checked_probability
from neurosim.connectivity.rules.rule import Rows, Rule, Task


@dataclass(frozen=True, eq=False, repr=False)
class FixedProbability(Rule):
    """Each pair of units is joined with the same probability, independently of all others.

    Degrees are then binomial; no pair is joined twice.

    Parameters
    ----------
    probability : float
        From 0 to 1.
    autapses : bool, default True
        Whether a neuron may be joined to itself.
    weight, delay
        See `Rule`.

    Raises
    ------
    ParameterError
        If the probability is not one.

    Examples
    --------
    >>> FixedProbability(0.5, weight=0.2).build(4, 3, seed=1)
    Sparse(4 → 3, 8 synapses, float64)
    """

    probability: float
    autapses: bool = True

    def __post_init__(self) -> None:
        checked_probability("FixedProbability.probability", self.probability)
        checked_flag("FixedProbability.autapses", self.autapses)

    def _count(self, task: Task) -> float:
        return task.n_pre * task.n_post * float(self.probability)

    def _wire(self, task: Task) -> Rows:
        from neurosim.kernels.connections.wiring import bernoulli_rows

        shift = task.n_post if self.autapses or task.shift is None else task.shift
        starts, p = np.zeros(task.n_pre + 1, np.int64), float(self.probability)
        if p == 0:
            return Rows(starts, np.zeros(0, np.int32))
        mean = task.n_pre * task.n_post * p
        # Six standard deviations suffice in all but one in a thousand million cases.
        columns = np.empty(math.ceil(mean + 6 * math.sqrt(mean * (1 - p)) + 6), np.int32)
        count = bernoulli_rows(task.kernel_seed, task.n_post, shift, p, starts, columns)
        if count > columns.size:
            columns = np.empty(count, np.int32)
            bernoulli_rows(task.kernel_seed, task.n_post, shift, p, starts, columns)
        columns.resize(count, refcheck=False)
        return Rows(starts, columns)
