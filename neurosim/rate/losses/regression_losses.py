"""Losses of predicted numbers: each the mean over all elements of a function of the error."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from neurosim.rate.autodiff.elementwise import Derivative, Elementwise
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable, apply
from neurosim.rate.checks import checked_positive
from neurosim.rate.losses.targets import as_targets


def mean_squared_error(prediction: Variable | ArrayLike, target: Variable | ArrayLike) -> Variable:
    """Mean over all elements of (prediction - target)^2.

    Parameters
    ----------
    prediction : Variable
    target : array or Variable of the same shape

    Returns
    -------
    Variable of shape ()

    Raises
    ------
    ParameterError
        If the shapes differ: they are not broadcast, which would hide a mistake. Or if they are empty.
    """
    return _mean_error("mean_squared_error", prediction, target, np.square, lambda e: 2.0 * e)


def mean_absolute_error(prediction: Variable | ArrayLike, target: Variable | ArrayLike) -> Variable:
    """Mean over all elements of abs(prediction - target); its derivative at 0 is 0.

    Parameters, return and errors are those of `mean_squared_error`.
    """
    return _mean_error("mean_absolute_error", prediction, target, np.abs, np.sign)


def huber(prediction: Variable | ArrayLike, target: Variable | ArrayLike, delta: float = 1.0) -> Variable:
    """Mean over all elements of e^2/2 up to an error e of delta, and delta (abs(e) - delta/2) beyond.

    Quadratic for small errors and linear for large ones, so that outliers do not rule.

    Parameters
    ----------
    prediction : Variable
    target : array or Variable of the same shape
    delta : float, default 1.0
        Where the line begins, in units of the target.

    Returns
    -------
    Variable of shape ()

    Raises
    ------
    ParameterError
        If the shapes differ or are empty, or `delta` is not positive and finite.

    References
    ----------
    Huber 1964, doi:10.1214/aoms/1177703732.
    """
    limit = checked_positive("huber(delta)", delta)

    def value(e: Array) -> Array:
        near = np.minimum(np.abs(e), limit)
        return np.asarray(near * (np.abs(e) - 0.5 * near))

    return _mean_error("huber", prediction, target, value, lambda e: np.clip(e, -limit, limit))


def _mean_error(
    name: str,
    prediction: Variable | ArrayLike,
    target: Variable | ArrayLike,
    value: Derivative,
    slope: Derivative,
) -> Variable:
    """Return the mean over all elements of a function of the error, given the function and its derivative."""

    def function(x: Array, t: Array) -> Array:
        return np.asarray(value(x - t))

    function.__name__ = name
    by_both = (lambda y, x, t: slope(x - t), lambda y, x, t: -slope(x - t))
    return apply(Elementwise(function, *by_both), *as_targets(name, prediction, target)).mean()
