"""The synapses of a projection one by one, as Brian2 wants them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.connectivity import Sparse
from neurosim.engines.delay_steps import DelaySteps
from neurosim.errors import ParameterError
from neurosim.network.projection import Projection


class Wires:
    """Ends, weights and delays of each synapse of a projection.

    Parameters
    ----------
    projection : Projection
    dt : float
        ms.

    Attributes
    ----------
    pre, post : ndarray of int64, shape (n_synapses,)
        Units, counted from the start of the projection's sides.
    shortest : int
        Steps of the shortest delay.
    delays : ndarray of int64, shape (n_synapses,), or None
        Steps; None where they are all the same.
    """

    def __init__(self, projection: Projection, dt: float) -> None:
        self.projection = projection
        steps = DelaySteps.of(projection, dt)
        self.shortest = steps.shortest
        self.delays = None if steps.each is None else steps.each.astype(np.int64).ravel()
        connectivity = projection.connectivity
        self.fixed = isinstance(connectivity, Sparse) or steps.each is not None
        ends: tuple[NDArray[Any], ...]
        if isinstance(connectivity, Sparse):
            ends = (connectivity.pre, connectivity.post)
        elif self.fixed:
            pairs = np.indices((connectivity.n_pre, connectivity.n_post))
            ends = (pairs[0].ravel(), pairs[1].ravel())
        else:
            ends = self._present()[:2]
        self.pre, self.post = (np.asarray(end, np.int64) for end in ends)

    def _present(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Ends and weights of the synapses whose weight is not 0 now."""
        matrix = self.projection.connectivity.to_sparse()
        pre = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        return pre, np.asarray(matrix.indices, np.int64), np.asarray(matrix.data, np.float64)

    def weights(self) -> NDArray[np.float64]:
        """Weight of each synapse as it is now.

        Raises
        ------
        ParameterError
            If there is a synapse now where there was none.
        """
        connectivity, n_synapses = self.projection.connectivity, self.pre.size
        if self.fixed:
            return np.broadcast_to(np.asarray(connectivity.weights, np.float64).ravel(), n_synapses).copy()
        pre, post, present = self._present()
        n = connectivity.n_post
        place = np.searchsorted(self.pre * n + self.post, pre * n + post)
        inside = place < n_synapses
        if not inside.all() or np.any(self.pre[place] != pre) or np.any(self.post[place] != post):
            limit = "has synapses that were not there, or had the weight 0, in the first run"
            remedy = "Build the network anew, or give them a small weight from the beginning."
            raise ParameterError(f"{self.projection.name}.connectivity", connectivity, limit, remedy)
        weights = np.zeros(n_synapses)
        weights[place] = present
        return weights
