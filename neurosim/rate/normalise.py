"""Values brought to a mean and a variance that are learned, as an operation of the expression graph."""

from __future__ import annotations

import numpy as np

from neurosim.rate.operations import Array, Operation, unbroadcast


class Normalise(Operation):
    """gain*(x - mean)/sqrt(variance + epsilon) + shift, with mean and biased variance over some axes.

    The inputs are x, and gain and shift of one shape that broadcasts against it.

    Parameters
    ----------
    axes : tuple of int
        Over which to average.
    epsilon : float

    Attributes
    ----------
    mean, variance : ndarray
        Of x, with axes of length 1 in place of those that were averaged over.
    """

    def __init__(self, axes: tuple[int, ...], epsilon: float) -> None:
        self._axes = axes
        self._epsilon = epsilon

    def forward(self, *inputs: Array) -> Array:
        """Return the normalised values."""
        x, self._gain, shift = inputs
        self.mean = x.mean(axis=self._axes, keepdims=True)
        centred = x - self.mean
        self.variance = np.square(centred).mean(axis=self._axes, keepdims=True)
        self._inverse = 1.0 / np.sqrt(self.variance + x.dtype.type(self._epsilon))
        self._standard = np.multiply(centred, self._inverse, out=centred)
        value = self._standard * self._gain
        value += shift
        return np.asarray(value)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return the gradients for x, gain and shift."""
        products = g * self._standard
        by_gain, by_shift = unbroadcast(products, self._gain.shape), unbroadcast(g, self._gain.shape)
        if (1,) * (g.ndim - by_gain.ndim) + by_gain.shape != self._inverse.shape:
            # The gain varies along the axes that were averaged over.
            return self._along(g * self._gain), by_gain, by_shift
        share = g.dtype.type(by_gain.size / g.size)
        along = (share * by_gain).reshape(self._inverse.shape)
        by_x = np.multiply(self._standard, -along, out=products)
        by_x += g
        by_x -= (share * by_shift).reshape(self._inverse.shape)
        by_x *= self._inverse * self._gain
        return by_x, by_gain, by_shift

    def tangent(self, *tangents: Array | None) -> Array:
        """Return the change by that of each input."""
        x_tangent, gain_tangent, shift_tangent = tangents
        total = np.zeros_like(self._standard)
        if x_tangent is not None:
            total += self._gain * self._along(x_tangent)
        if gain_tangent is not None:
            total += self._standard * gain_tangent
        return total if shift_tangent is None else np.asarray(total + shift_tangent)

    def _along(self, t: Array) -> Array:
        """Take from `t` its mean and its part along the standardised values: the Jacobian is symmetric."""
        along = (t * self._standard).mean(axis=self._axes, keepdims=True)
        rest = t - t.mean(axis=self._axes, keepdims=True)
        rest -= self._standard * along
        rest *= self._inverse
        return np.asarray(rest)
