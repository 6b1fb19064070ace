"""Scaled dot-product attention: one update of a Hopfield network whose states are continuous."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import read_array
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.functions import where
from neurosim.rate.autodiff.softmax import softmax
from neurosim.rate.autodiff.variable import Operand, Variable, as_variable
from neurosim.rate.checks import checked_positive


def attention(
    queries: Operand,
    keys: Operand,
    values: Operand,
    *,
    beta: float | None = None,
    mask: ArrayLike | None = None,
) -> Variable:
    """Average of values, weighted by how alike query and key are: ``softmax(beta Q K^T) V``.

    With the stored patterns as keys and values and the state as query it is one update of the modern
    Hopfield network.

    Parameters
    ----------
    queries : Variable or array, shape (..., n_queries, d)
    keys : Variable or array, shape (..., n_keys, d)
    values : Variable or array, shape (..., n_keys, d_v)
    beta : float, optional
        Sharpness; ``1/sqrt(d)`` by default.
    mask : array of bool, optional
        True where a query may look at a key; broadcast against (..., n_queries, n_keys).

    Returns
    -------
    Variable, shape (..., n_queries, d_v)

    Raises
    ------
    ParameterError
        If the shapes do not fit, or `mask` does not consist of truth values or leaves a query without a key.

    References
    ----------
    Vaswani et al. (2017), arXiv:1706.03762, eq. 1; Ramsauer et al. (2020), arXiv:2008.02217, eqs. 3 and 10.
    """
    return attention_weights(queries, keys, beta=beta, mask=mask) @ as_variable(values)


def attention_weights(
    queries: Operand, keys: Operand, *, beta: float | None = None, mask: ArrayLike | None = None
) -> Variable:
    """Return the weight of each key for each query, shape (..., n_queries, n_keys), as for `attention`.

    Rows add up to 1.
    """
    q, k = as_variable(queries), as_variable(keys)
    if q.ndim < 2 or k.ndim < 2 or q.shape[-1] != k.shape[-1]:
        limit = "the shapes must be (..., n_queries, d) and (..., n_keys, d)"
        raise ParameterError("attention(queries, keys)", (q.shape, k.shape), limit)
    sharpness = q.shape[-1] ** -0.5 if beta is None else checked_positive("attention(beta)", beta)
    axes = (*range(k.ndim - 2), k.ndim - 1, k.ndim - 2)
    scores = (sharpness * q) @ k.transpose(axes)
    if mask is None:
        return softmax(scores)
    return softmax(where(checked_mask("attention(mask)", mask, scores.shape), scores, -np.inf))


def checked_mask(where: str, mask: Any, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return a mask of scores of this shape.

    Raises
    ------
    ParameterError
        If it does not consist of truth values, does not fit, or leaves a query without a key.
    """
    seen = read_array(where, mask)
    if seen.dtype != np.bool_:
        raise ParameterError(where, seen.dtype, "must be truth values", "True where a query may look.")
    try:
        fitted = np.broadcast_to(seen, shape)
    except ValueError:
        raise ParameterError(where, seen.shape, f"must fit scores of shape {shape}") from None
    blind = ~fitted.any(axis=-1)
    if blind.any():
        place = tuple(np.argwhere(blind)[0].tolist())
        raise ParameterError(where, place, "leaves the query at this place without a key")
    return seen
