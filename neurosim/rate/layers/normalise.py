"""Values brought to a mean and a variance that are learned, as operations of the expression graph."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

import numpy as np

from neurosim.rate.autodiff.operations import Array, Operation

Kernels = tuple[Callable[..., None], Callable[..., None]]
"""For the value, and for its gradients."""


class Normalise(Operation):
    """gain*(x - mean)/sqrt(variance + epsilon) + shift, with mean and biased variance over some axes.

    Parameters
    ----------
    epsilon : float

    Attributes
    ----------
    mean, variance : ndarray of float64, flat
        Of x.
    """

    def __init__(self, epsilon: float) -> None:
        self._epsilon = epsilon

    @abstractmethod
    def _layout(self, x: Array, gain: Array) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """Return the shape in which kernels see `x`, and those in which statistics and gain fit x."""

    @abstractmethod
    def _kernels(self) -> Kernels:
        """Return the kernels for the layout."""

    def forward(self, *inputs: Array) -> Array:
        """Return the normalised values."""
        x, gain, shift = inputs
        self._seen, self._fitting, self._gain_shape = self._layout(x, gain)
        self._x, self._gain = np.ascontiguousarray(x), gain
        self.mean, self.variance = np.empty((2, np.prod(self._fitting, dtype=int)))
        value = np.empty(x.shape, np.result_type(x, gain))
        statistics = self._epsilon, self.mean, self.variance
        self._kernels()[0](
            self._x.reshape(self._seen), gain.ravel(), shift.ravel(), *statistics, value.reshape(self._seen)
        )
        return value

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return the gradients for x, gain and shift."""
        by_x, by_parameters = np.empty_like(self._x), np.empty((2, self._gain.size))
        self._kernels()[1](
            self._x.reshape(self._seen),
            np.ascontiguousarray(g).reshape(self._seen),
            self._gain.ravel(),
            self._epsilon,
            self.mean,
            self.variance,
            by_x.reshape(self._seen),
            *by_parameters,
        )
        by_gain, by_shift = by_parameters.astype(self._gain.dtype, copy=False)
        return by_x, by_gain.reshape(self._gain.shape), by_shift.reshape(self._gain.shape)

    def tangent(self, *tangents: Array | None) -> Array:
        """Return the change by that of each input."""
        x_tangent, gain_tangent, shift_tangent = tangents
        inverse = 1.0 / np.sqrt(self.variance + self._epsilon).reshape(self._fitting)
        standard = (self._x - self.mean.reshape(self._fitting)) * inverse
        total = np.zeros_like(standard)
        if x_tangent is not None:
            axes = tuple(i for i, length in enumerate(self._fitting) if length == 1)
            along = standard * (x_tangent * standard).mean(axis=axes, keepdims=True)
            rest = x_tangent - x_tangent.mean(axis=axes, keepdims=True) - along
            total += self._gain.reshape(self._gain_shape) * rest * inverse
        if gain_tangent is not None:
            total += standard * gain_tangent.reshape(self._gain_shape)
        if shift_tangent is not None:
            total += shift_tangent.reshape(self._gain_shape)
        return np.asarray(total, self._x.dtype)


class NormaliseUnits(Normalise):
    """Each unit, or channel of an image, with its own mean and variance, gain and shift.

    The inputs are x of shape (n, n_units) or (n, n_units, ...), gain and shift of shape (n_units,).
    """

    def _layout(self, x: Array, gain: Array) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        fitting = (1, gain.size, *(1,) * (x.ndim - 2))
        return (x.shape if x.ndim == 2 else (*x.shape[:2], -1)), fitting, fitting

    def _kernels(self) -> Kernels:
        from neurosim.kernels.rate import normalisation as kernels

        if len(self._seen) == 2:
            return kernels.normalise_columns, kernels.columns_gradient
        return kernels.normalise_channels, kernels.channels_gradient


class NormaliseSamples(Normalise):
    """Each sample with its own mean and variance, each unit with its own gain and shift.

    The inputs are x of shape (..., *units), gain and shift of shape units.
    """

    def _layout(self, x: Array, gain: Array) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        fitting = (*x.shape[: x.ndim - gain.ndim], *(1,) * gain.ndim)
        return (-1, gain.size), fitting, gain.shape

    def _kernels(self) -> Kernels:
        from neurosim.kernels.rate import normalisation as kernels

        return kernels.normalise_rows, kernels.rows_gradient
