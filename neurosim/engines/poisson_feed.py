"""A Poisson input at work."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError
from neurosim.kernels.core.call import Call, Movable, Now, bind
from neurosim.kernels.spiking.poisson_events import poisson_events
from neurosim.network.network import Network
from neurosim.network.poisson_input import MOST, PoissonInput

SMALL_MEAN = 20.0
"""Events a step and neuron up to which one table for all neurons is quicker than a walk for each."""

LARGEST_TABLE = 100
"""Numbers of events; for a mean of 20 more than 80 are less likely than 1e-20."""


class PoissonFeed:
    """Draws the events of a Poisson input into the ring of its population, ahead of the steps of a window.

    Parameters
    ----------
    source : PoissonInput
    network : Network
    stream : int
        Number of its random numbers.
    ring : ndarray, shape (n_rows, at least trials*n)
        Events that arrive, with a row for each step of a window at least.
    """

    def __init__(
        self, source: PoissonInput, network: Network, stream: int, ring: NDArray[np.float64]
    ) -> None:
        self.source, self.network, self.ring = source, network, ring
        # One type for all seeds, so that one compiled version serves them.
        seed: Any = np.uint64(network.seed)
        self.key: tuple[Any, int] = (seed, stream)
        self.law = np.zeros((4, network.trials * source.post.n))
        self.cumulated = Movable(np.zeros(0))
        self.weight = np.zeros(source.post.n)

    def prepare(self) -> None:
        """Take over rates and weights, which may have changed since the last run.

        Raises
        ------
        ParameterError
            If the rates do not fit the trials, or are too high for the time step.
        """
        from scipy.special import gammaln, pdtr, xlogy

        source, trials = self.source, self.network.trials
        expected = expected_events(source, self.network)
        mean = np.broadcast_to(expected, (trials, source.post.n)).ravel()
        mode = np.floor(mean)
        below = np.where(mode > 0, pdtr(np.maximum(mode - 1, 0), mean), 0.0)
        at_mode = np.exp(xlogy(mode, mean) - mean - gammaln(mode + 1))
        number = np.arange(LARGEST_TABLE)
        table = pdtr(number, mean[0]) if expected.ndim == 0 and mean[0] <= SMALL_MEAN else np.zeros(0)
        self.cumulated.array = np.ascontiguousarray(table[: np.searchsorted(table, 1.0)])
        self.law[:] = mean, mode, below, at_mode
        self.weight[:] = source.weight

    def deliveries(self, lo: int, hi: int) -> list[Call]:
        """Calls that draw the events of the population's units from `lo` up to `hi`, flat indices."""
        post = self.source.post
        ranks = self._rank(lo), self._rank(hi)
        if ranks[0] == ranks[1]:
            return []
        law = (self.law, self.cumulated, self.weight, self.ring, Now("step"), post.group.n, post.start)
        return [bind(poisson_events, *self.key, Now("step"), Now("last"), *ranks, *law)]

    def _rank(self, flat: int) -> int:
        """Units that receive among those before a flat index."""
        post = self.source.post
        trial, unit = divmod(flat, post.group.n)
        rank: int = trial * post.n + min(max(unit - post.start, 0), post.n)
        return rank


def expected_events(source: PoissonInput, network: Network) -> NDArray[np.float64]:
    """Events in a step for one neuron: (), (n,) or (trials, n).

    Raises
    ------
    ParameterError
        If the rates do not fit the trials, or are too high for the time step.
    """
    rate, where = np.asarray(source.rate), f"{source.name}.rate"
    if rate.ndim == 2 and len(rate) != network.trials:
        limit = f"does not fit {network.trials} trials of {source.post.n} neurons"
        raise ParameterError(where, rate.shape, limit)
    expected: NDArray[np.float64] = source.n * rate * (network.dt / 1000.0)
    if np.any(expected > MOST):
        limit = f"makes {expected.max():g} events a step for one neuron; at most {MOST:g} are possible"
        raise ParameterError(where, float(rate.max()), limit, "Use fewer sources and a larger weight.")
    return expected
