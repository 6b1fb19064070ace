"""Entropy of discrete distributions, and how far one is from another."""

from __future__ import annotations

from difflib import get_close_matches

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import ParameterError

_NATS = {"bits": float(np.log(2.0)), "nats": 1.0}
_TOLERANCE = 1e-6

Floats = NDArray[np.float64]


def entropy(p: ArrayLike, unit: str = "bits") -> Floats:
    """Return the entropy of distributions: sum of -p log(p).

    Parameters
    ----------
    p : array of shape (..., n)
        Probabilities of n outcomes along the last axis; an outcome of probability 0 adds nothing.
    unit : {"bits", "nats"}, default "bits"
        Logarithm to base 2, or natural.

    Returns
    -------
    ndarray of shape (...)

    Raises
    ------
    ParameterError
        If probabilities are negative or do not add up to 1, or there is no such unit.

    References
    ----------
    Shannon 1948, doi:10.1002/j.1538-7305.1948.tb01338.x, section 6.

    Examples
    --------
    >>> float(entropy([0.5, 0.25, 0.25]))
    1.5
    """
    from scipy.special import entr

    scale = _nats_in("entropy", unit)
    return np.asarray(entr(_probabilities("entropy(p)", p)).sum(axis=-1) / scale)


def cross_entropy(p: ArrayLike, q: ArrayLike, unit: str = "bits") -> Floats:
    """Return the cross-entropy of distributions: sum of -p log(q), the cost of coding p as if it were q.

    Parameters
    ----------
    p, q : array of shape (..., n)
        True and assumed probabilities of the same n outcomes; the other axes are broadcast.
    unit : {"bits", "nats"}, default "bits"

    Returns
    -------
    ndarray of shape (...)
        Infinite where something that happens is assumed impossible.

    Raises
    ------
    ParameterError
        If probabilities are negative or do not add up to 1, shapes do not meet, or there is no such unit.
    """
    scale = _nats_in("cross_entropy", unit)
    true, assumed = _both("cross_entropy", p, q)
    possible = true > 0.0
    with np.errstate(divide="ignore"):
        cost = np.where(possible, -true * np.log(np.where(possible, assumed, 1.0)), 0.0)
    return np.asarray(cost.sum(axis=-1) / scale)


def kl_divergence(p: ArrayLike, q: ArrayLike, unit: str = "bits") -> Floats:
    """Return the Kullback-Leibler divergence of q from p: sum of p log(p/q), at least 0.

    Parameters
    ----------
    p, q : array of shape (..., n)
        True and assumed probabilities of the same n outcomes; the other axes are broadcast.
    unit : {"bits", "nats"}, default "bits"

    Returns
    -------
    ndarray of shape (...)
        Infinite where something that happens is assumed impossible.

    Raises
    ------
    ParameterError
        If probabilities are negative or do not add up to 1, shapes do not meet, or there is no such unit.

    References
    ----------
    Kullback & Leibler 1951, doi:10.1214/aoms/1177729694.
    """
    from scipy.special import kl_div

    # SciPy's terms p log(p/q) - p + q are each at least 0, so that nothing cancels between them.
    scale = _nats_in("kl_divergence", unit)
    return np.asarray(kl_div(*_both("kl_divergence", p, q)).sum(axis=-1) / scale)


def _both(where: str, p: ArrayLike, q: ArrayLike) -> tuple[Floats, Floats]:
    true, assumed = _probabilities(f"{where}(p)", p), _probabilities(f"{where}(q)", q)
    shapes = (true.shape, assumed.shape)
    meet = true.shape[-1] == assumed.shape[-1]
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        meet = False
    if not meet:
        raise ParameterError(f"{where}(p, q)", shapes, "these shapes do not go together")
    return true, assumed


def _probabilities(where: str, given: ArrayLike) -> Floats:
    try:
        p = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ParameterError(where, given, "must be real numbers in rows of one length") from error
    if p.ndim == 0 or p.shape[-1] == 0:
        raise ParameterError(where, p.shape, "needs at least one outcome along the last axis")
    if not (p >= 0.0).all():
        raise ParameterError(where, float(p[~(p >= 0.0)][0]), "probabilities must be at least 0")
    totals = p.sum(axis=-1)
    wrong = ~(np.abs(totals - 1.0) <= _TOLERANCE)
    if wrong.any():
        remedy = "Divide counts by their sum."
        raise ParameterError(where, float(totals[wrong].flat[0]), "probabilities must add up to 1", remedy)
    return p


def _nats_in(where: str, unit: str) -> float:
    if unit in _NATS:
        return _NATS[unit]
    close = get_close_matches(str(unit), _NATS, n=1)
    remedy = f"Did you mean {close[0]!r}?" if close else ""
    raise ParameterError(f"{where}(unit)", unit, f"must be one of {', '.join(_NATS)}", remedy)
