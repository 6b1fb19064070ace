"""A rectifier that learns how much it leaks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity.checks import checked_weights
from neurosim.rate.activations.activation import Activation
from neurosim.rate.autodiff.operations import Array, Operation, unbroadcast
from neurosim.rate.autodiff.variable import Variable, apply


class ParametricReLU(Activation):
    """y = x for x > 0, otherwise slope*x, with a slope that is learned; the derivative at 0 is the slope.

    Parameters
    ----------
    slope : float or array of shape (n_units,), default 0.25
        Where the slopes start: one for all units, or one for each. An array of float32 or float64 is kept.

    Attributes
    ----------
    slope : Variable

    Raises
    ------
    ParameterError
        If a slope is not a finite number; and when applied, if there is not one for each unit.

    References
    ----------
    He et al. 2015, arXiv:1502.01852, equation 1.
    """

    rectifying = True

    def __init__(self, slope: ArrayLike = 0.25) -> None:
        self.slope = Variable(checked_weights("ParametricReLU.slope", slope))

    def value(self, x: Array) -> Array:
        """Return x for a positive drive, otherwise slope*x."""
        return np.where(x > 0.0, x, self._slope_like(x) * x)

    def derivative(self, x: Array) -> Array:
        """Return 1 for a positive drive, otherwise the slope."""
        return np.where(x > 0.0, x.dtype.type(1.0), self._slope_like(x))

    def _slope_like(self, x: Array) -> Array:
        return self.slope.value.astype(x.dtype, copy=False)

    def forward(self, x: Variable) -> Variable:
        """Apply the activation to a variable."""
        return apply(_Leak(self), x, self.slope)

    def parameters(self) -> list[Variable]:
        """Return the slope."""
        return [self.slope]

    def fresh(self) -> ParametricReLU:
        """Return another one that starts with the slopes of this."""
        return ParametricReLU(self.slope.value.copy())

    def description(self) -> dict[str, Any]:
        """The slopes as they are now."""
        return {"slope": self.slope.value}

    def describe(self) -> str:
        """Name the number of slopes."""
        return f"ParametricReLU({self.slope.size} slope{'s' if self.slope.size > 1 else ''})"


class _Leak(Operation):
    """Apply the activation; its slope, the second input, gets the drive where that is negative."""

    def __init__(self, activation: ParametricReLU) -> None:
        self._activation = activation

    @property
    def name(self) -> str:
        return "ParametricReLU"

    def forward(self, *inputs: Array) -> Array:
        self._drive, slope = inputs
        self._slope_shape = slope.shape
        np.broadcast_to(slope, self._drive.shape)  # refuses slopes for other units
        return self._activation.value(self._drive)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        by_slope = unbroadcast(g * np.minimum(self._drive, 0.0), self._slope_shape)
        return g * self._activation.derivative(self._drive), by_slope

    def tangent(self, *tangents: Array | None) -> Array:
        x_tangent, slope_tangent = tangents
        along = 0.0 if x_tangent is None else x_tangent * self._activation.derivative(self._drive)
        return np.asarray(
            along + (0.0 if slope_tangent is None else slope_tangent * np.minimum(self._drive, 0.0))
        )
