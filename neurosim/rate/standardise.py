"""Values brought to mean 0 and variance 1, as an operation of the expression graph."""

from __future__ import annotations

import numpy as np

from neurosim.rate.operations import Array, Operation


class Standardise(Operation):
    """(x - mean)/sqrt(variance + epsilon), with mean and biased variance over some axes.

    Attributes
    ----------
    mean, variance : ndarray
        Of the input, with axes of length 1 in place of those that were averaged over.
    """

    def __init__(self, axes: tuple[int, ...], epsilon: float) -> None:
        self._axes = axes
        self._epsilon = epsilon

    def forward(self, *inputs: Array) -> Array:
        """Return the standardised values."""
        (x,) = inputs
        self.mean = x.mean(axis=self._axes, keepdims=True)
        centred = x - self.mean
        self.variance = np.square(centred).mean(axis=self._axes, keepdims=True)
        self._inverse = 1.0 / np.sqrt(self.variance + x.dtype.type(self._epsilon))
        self._value = np.multiply(centred, self._inverse, out=centred)
        return np.asarray(self._value)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Do as `tangent` does: the Jacobian is symmetric."""
        return (self.tangent(g),)

    def tangent(self, *tangents: Array | None) -> Array:
        """Return the tangent less its mean and its part along the value, scaled like the input."""
        t = np.asarray(tangents[0])
        along = (t * self._value).mean(axis=self._axes, keepdims=True)
        rest = t - t.mean(axis=self._axes, keepdims=True)
        rest -= self._value * along
        rest *= self._inverse
        return np.asarray(rest)
