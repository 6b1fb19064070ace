"""A bound on the weights into a unit, whatever they are the weights of."""

from __future__ import annotations

import numpy as np

from neurosim.connectivity.norms import limit_norms
from neurosim.rate.autodiff.shared_weights import connectivity_of
from neurosim.rate.autodiff.variable import Variable


def limit_norm(parameter: Variable, limit: float) -> None:
    """Scale the weights into each unit to a Euclidean norm of at most `limit`, in place.

    These are columns of a matrix, kernels (first axis) of a convolution, and synapses or factors of a
    connectivity that stores no matrix. What has one axis otherwise is left alone.
    """
    from neurosim.kernels.rate.descent import limit_columns, limit_rows

    weights, connectivity = parameter.value, connectivity_of(parameter)
    if connectivity is not None and limit_norms(connectivity, limit):
        return
    if weights.ndim == 2:
        limit_columns(weights, limit, np.empty(weights.shape[1], weights.dtype))
    elif weights.ndim > 2:
        limit_rows(weights.reshape(len(weights), -1), limit)
