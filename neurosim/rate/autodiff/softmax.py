"""Softmax, its logarithm, and the logarithm of a sum of exponentials, none of which overflows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from neurosim.rate.autodiff.operations import Array, Operation
from neurosim.rate.autodiff.variable import Variable, apply, as_variable


def softmax(x: Variable | ArrayLike, axis: int = -1) -> Variable:
    """Turn an axis into probabilities: exp(x)/sum(exp(x)).

    Parameters
    ----------
    x : Variable or array
        Logits; -inf gives a probability of 0.
    axis : int, default -1
        Along which the probabilities add up to 1.

    Returns
    -------
    Variable of the same shape

    Raises
    ------
    ParameterError
        If there is no such axis, or it is empty.
    """
    return apply(Softmax(axis), as_variable(x))


def log_softmax(x: Variable | ArrayLike, axis: int = -1) -> Variable:
    """Return log(softmax(x)) to full accuracy, where the probability itself underflows too.

    Parameters, return and errors are those of `softmax`.
    """
    return apply(LogSoftmax(axis), as_variable(x))


def logsumexp(x: Variable | ArrayLike, axis: int = -1, keepdims: bool = False) -> Variable:
    """Return log(sum(exp(x))) over an axis, the smooth maximum.

    Parameters
    ----------
    x : Variable or array
    axis : int, default -1
        Over which to sum.
    keepdims : bool, default False
        Keep the axis, with a length of 1.

    Returns
    -------
    Variable

    Raises
    ------
    ParameterError
        If there is no such axis, or it is empty.
    """
    return apply(LogSumExp(axis, keepdims), as_variable(x))


class Softmax(Operation):
    """exp(x)/sum(exp(x)) along an axis."""

    def __init__(self, axis: int) -> None:
        self._axis = axis

    def forward(self, *inputs: Array) -> Array:
        """Return the probabilities."""
        (x,) = inputs
        raised = np.exp(x - x.max(axis=self._axis, keepdims=True))
        self._p = np.asarray(raised / raised.sum(axis=self._axis, keepdims=True))
        return self._p

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return p (g - sum(g p))."""
        return (self.tangent(g),)

    def tangent(self, *tangents: Array | None) -> Array:
        """Do as `backward` does: the Jacobian is symmetric."""
        t = np.asarray(tangents[0])
        return np.asarray(self._p * (t - (t * self._p).sum(axis=self._axis, keepdims=True)))


class LogSoftmax(Operation):
    """x - log(sum(exp(x))) along an axis."""

    def __init__(self, axis: int) -> None:
        self._axis = axis

    def forward(self, *inputs: Array) -> Array:
        """Return the log probabilities."""
        (x,) = inputs
        shifted = x - x.max(axis=self._axis, keepdims=True)
        raised = np.exp(shifted)
        total = raised.sum(axis=self._axis, keepdims=True)
        self._p = np.asarray(raised / total)
        return np.asarray(shifted - np.log(total))

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return g - p sum(g)."""
        return (g - self._p * g.sum(axis=self._axis, keepdims=True),)

    def tangent(self, *tangents: Array | None) -> Array:
        """Return the tangent less its mean under p."""
        t = np.asarray(tangents[0])
        return np.asarray(t - (self._p * t).sum(axis=self._axis, keepdims=True))


class LogSumExp(Operation):
    """log(sum(exp(x))) over an axis."""

    def __init__(self, axis: int, keepdims: bool) -> None:
        self._axis = axis
        self._keepdims = keepdims

    def forward(self, *inputs: Array) -> Array:
        """Return the logarithm of the sum."""
        (x,) = inputs
        largest = x.max(axis=self._axis, keepdims=True)
        largest = np.where(np.isfinite(largest), largest, x.dtype.type(0.0))  # inf - inf would be no number
        raised = np.exp(x - largest)
        total = raised.sum(axis=self._axis, keepdims=True)
        with np.errstate(divide="ignore"):
            value = largest + np.log(total)
        # Where everything is -inf no probability is defined, and none is needed: the gradient is 0.
        self._p = raised / np.where(total == 0.0, x.dtype.type(1.0), total)
        return np.asarray(value if self._keepdims else np.squeeze(value, self._axis))

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return g softmax(x)."""
        return ((g if self._keepdims else np.expand_dims(g, self._axis)) * self._p,)

    def tangent(self, *tangents: Array | None) -> Array:
        """Return the mean of the tangent under softmax(x)."""
        return np.asarray((self._p * tangents[0]).sum(axis=self._axis, keepdims=self._keepdims))
