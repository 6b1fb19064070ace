"""Dale's law: the synapses of a neuron all excite, or all inhibit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.connectivity.connectivity import Connectivity
from neurosim.connectivity.dense import Dense
from neurosim.connectivity.sparse import Sparse


def mixed_units(connectivity: Connectivity) -> NDArray[np.int64]:
    """Presynaptic units that have both positive and negative weights, against Dale's law."""
    matrix = connectivity.to_sparse().tocsr()
    n_pre = connectivity.n_pre
    rows = np.repeat(np.arange(n_pre), np.diff(matrix.indptr))
    positive = np.bincount(rows[matrix.data > 0], minlength=n_pre) > 0
    negative = np.bincount(rows[matrix.data < 0], minlength=n_pre) > 0
    return np.flatnonzero(positive & negative)


def split_by_sign(connectivity: Connectivity) -> tuple[Dense | Sparse, Dense | Sparse]:
    """The positive and the negative part of W, whose sum it is: synapses that excite, and that inhibit.

    With a copy of each unit for either part, the network keeps Dale's law and computes the same.

    Parameters
    ----------
    connectivity : Connectivity
        Of a `Dense` the parts are `Dense` too; of any other they are `Sparse`, from W as a matrix.

    Returns
    -------
    tuple of two Connectivity
        New ones; neither has a weight of the other sign.
    """
    if isinstance(connectivity, Dense):
        weights = connectivity.weights
        return Dense(np.maximum(weights, 0.0)), Dense(np.minimum(weights, 0.0))
    whole = connectivity if isinstance(connectivity, Sparse) else Sparse.from_matrix(connectivity.to_sparse())
    weights = np.broadcast_to(whole.weights, (whole.n_synapses,))
    return _chosen(whole, weights, weights > 0), _chosen(whole, weights, weights < 0)


def _chosen(whole: Sparse, weights: NDArray[Any], synapses: NDArray[np.bool_]) -> Sparse:
    delays = whole.delays
    pre, post = np.repeat(np.arange(whole.n_pre), whole.out_degrees()), whole.to_sparse().indices
    return Sparse(
        pre[synapses],
        post[synapses],
        weights[synapses],
        n_pre=whole.n_pre,
        n_post=whole.n_post,
        delays=delays if delays is None or not delays.ndim else delays[synapses],
    )
