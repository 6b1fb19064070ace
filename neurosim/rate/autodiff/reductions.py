"""Sums, means, variances and extremes over axes."""

from __future__ import annotations

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array, Axis, LinearOperation, Operation


def _restore_axes(reduced: Array, axis: Axis, keepdims: bool) -> Array:
    """Give back to a reduced array the axes it was reduced over, each of length 1."""
    return reduced if axis is None or keepdims else np.expand_dims(reduced, axis)


class Sum(LinearOperation):
    """Sum over one axis, several, or all."""

    def __init__(self, axis: Axis = None, keepdims: bool = False) -> None:
        self._axis = axis
        self._keepdims = keepdims

    def forward(self, *inputs: Array) -> Array:
        """Return the sum."""
        (x,) = inputs
        self._shape = x.shape
        return np.asarray(x.sum(axis=self._axis, keepdims=self._keepdims))

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Hand `g` to every summand."""
        return (np.broadcast_to(_restore_axes(g, self._axis, self._keepdims), self._shape),)


class Mean(Sum):
    """Mean over one axis, several, or all."""

    def forward(self, *inputs: Array) -> Array:
        """Return the mean."""
        total = super().forward(*inputs)
        if inputs[0].size == 0:
            raise ParameterError("rate.Mean", self._shape, "an empty array has no mean")
        self._share = total.size / inputs[0].size
        return np.asarray(total * self._share)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Hand its share of `g` to every element."""
        return super().backward(np.asarray(g * self._share))


class Variance(Operation):
    """Mean squared distance from the mean, over one axis, several, or all.

    `ddof` is taken from the number of elements before dividing: 1 gives the unbiased estimate.
    """

    def __init__(self, axis: Axis = None, ddof: int = 0, keepdims: bool = False) -> None:
        self._axis = axis
        self._ddof = ddof
        self._keepdims = keepdims

    def forward(self, *inputs: Array) -> Array:
        """Return the variance."""
        (x,) = inputs
        deviation = x - x.mean(axis=self._axis, keepdims=True) if x.size else x
        squares = np.asarray(np.square(deviation).sum(axis=self._axis, keepdims=self._keepdims))
        n = x.size // max(squares.size, 1)
        if n <= self._ddof:
            limit = f"needs more than {self._ddof} elements along the axes"
            raise ParameterError("rate.Variance", x.shape, limit)
        self._slope = deviation * (2.0 / (n - self._ddof))
        return squares / (n - self._ddof)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return 2 (x - mean) g/(n - ddof)."""
        return (_restore_axes(g, self._axis, self._keepdims) * self._slope,)

    def tangent(self, *tangents: Array | None) -> Array:
        """Return the sum of 2 (x - mean)/(n - ddof) times the tangent."""
        return np.asarray(
            (self._slope * np.asarray(tangents[0])).sum(axis=self._axis, keepdims=self._keepdims)
        )


class Maximum(Operation):
    """Largest element over one axis, several, or all; equal ones share the gradient evenly."""

    def __init__(self, axis: Axis = None, keepdims: bool = False) -> None:
        self._axis = axis
        self._keepdims = keepdims

    def forward(self, *inputs: Array) -> Array:
        """Return the largest elements."""
        (x,) = inputs
        if x.size == 0:
            raise ParameterError(f"rate.{self.name}", x.shape, "an empty array has no extreme")
        largest = self._find(x)
        winners = x == largest
        self._share = winners / winners.sum(axis=self._axis, keepdims=True, dtype=x.dtype)
        return largest if self._keepdims else np.squeeze(largest, self._axis)

    def _find(self, x: Array) -> Array:
        return np.asarray(x.max(axis=self._axis, keepdims=True))

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Hand `g` to the winners."""
        return (_restore_axes(g, self._axis, self._keepdims) * self._share,)

    def tangent(self, *tangents: Array | None) -> Array:
        """Return the mean tangent of the winners."""
        return np.asarray(
            (self._share * np.asarray(tangents[0])).sum(axis=self._axis, keepdims=self._keepdims)
        )


class Minimum(Maximum):
    """Smallest element over one axis, several, or all; equal ones share the gradient evenly."""

    def _find(self, x: Array) -> Array:
        return np.asarray(x.min(axis=self._axis, keepdims=True))
