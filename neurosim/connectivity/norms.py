"""A bound on the weights into a unit."""

from __future__ import annotations

import numpy as np

from neurosim.connectivity.checks import Floats
from neurosim.connectivity.connectivity import Connectivity
from neurosim.connectivity.low_rank import LowRank
from neurosim.connectivity.sparse import Sparse


def limit_norms(connectivity: Connectivity, limit: float) -> bool:
    """Scale the weights into each unit to a Euclidean norm of at most `limit`, where W is no array itself.

    The norm is that of a column of W[pre, post]. A Sparse has its synapses scaled and a LowRank its right
    factor; a symmetric one, and one weight for all synapses, are scaled as a whole.

    Parameters
    ----------
    connectivity : Connectivity
        Its weights are changed in place.
    limit : float

    Returns
    -------
    bool
        Whether it was a Sparse or a LowRank; of any other nothing has changed.
    """
    if isinstance(connectivity, Sparse):
        _limit_sparse(connectivity, limit)
    elif isinstance(connectivity, LowRank):
        _limit_low_rank(connectivity, limit)
    else:
        return False
    return True


def _limit_sparse(connectivity: Sparse, limit: float) -> None:
    from neurosim.kernels.rate.descent import limit_targets

    weights = connectivity.weights
    if weights.ndim:
        factors = np.empty(connectivity.n_post, weights.dtype)
        limit_targets(weights, connectivity._targets, limit, factors)
    else:
        largest = np.asarray(np.abs(weights) * np.sqrt(connectivity.in_degrees().max(), dtype=weights.dtype))
        weights *= _factor(largest, limit)


def _limit_low_rank(connectivity: LowRank, limit: float) -> None:
    left, right = connectivity.left, connectivity.right
    norms = np.sqrt(np.maximum((right * (left.T @ left @ right)).sum(axis=0), 0.0))
    if connectivity.symmetric:
        connectivity.weights[...] *= np.sqrt(_factor(norms.max(), limit))
    else:
        right *= _factor(norms, limit)


def _factor(norms: Floats, limit: float) -> Floats:
    return np.asarray(limit / np.maximum(norms, limit), norms.dtype)
