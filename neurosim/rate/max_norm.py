"""A bound on the weights into a unit."""

from __future__ import annotations

import numpy as np

from neurosim.rate.operations import Array


def limit_norm(weights: Array, limit: float) -> None:
    """Scale the weights into each unit to a Euclidean norm of at most `limit`.

    Parameters
    ----------
    weights : ndarray, C-contiguous, of shape (n_pre, n_post), or (c_out, ...) of a convolution
        Changed in place.
    limit : float
    """
    from neurosim.kernels.descent import limit_columns, limit_rows

    if weights.ndim == 2:
        limit_columns(weights, limit, np.empty(weights.shape[1], weights.dtype))
    else:
        limit_rows(weights.reshape(len(weights), -1), limit)
