"""A neuron's firing rate as the activation of a rate unit."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.activations.activation import Activation
from neurosim.rate.autodiff.operations import Array


@runtime_checkable
class RateModel(Protocol):
    """Anything with a steady firing rate: a neuron model, or a curve fitted to one."""

    def rate(self, x: Array) -> Array:
        """Return the firing rate (Hz) for the drive `x`, in its shape."""

    def rate_derivative(self, x: Array) -> Array:
        """Return the derivative of the rate by the drive (Hz per unit of drive)."""


class TuningCurve(Activation):
    """The tuning curve of a neuron model: y = rate(offset + gain*x)/scale.

    A network trained with it can drive neurons of that model with the same weights.

    Parameters
    ----------
    model : RateModel
        Object with ``rate(x)`` and ``rate_derivative(x)``, from arrays to arrays in Hz.
    scale : float, default 100.0
        Firing rate (Hz) that counts as an activation of 1.
    gain : float, default 1.0
        Change of the model's drive for one unit of x, in the unit of the model's drive.
    offset : float, default 0.0
        Drive at x = 0: a bias current shared by all units, in the unit of the model's drive.

    Raises
    ------
    ParameterError
        If the model has no rate, or a number is not finite, or `scale` or `gain` is not positive.
    """

    rectifying = True

    def __init__(
        self, model: RateModel, scale: float = 100.0, gain: float = 1.0, offset: float = 0.0
    ) -> None:
        if not isinstance(model, RateModel):
            raise ParameterError(
                "TuningCurve.model", model, "must have methods rate(x) and rate_derivative(x)"
            )
        for name, number in (("scale", scale), ("gain", gain)):
            if not 0.0 < number < np.inf:
                raise ParameterError(f"TuningCurve.{name}", number, "must be positive and finite")
        if not np.isfinite(offset):
            raise ParameterError("TuningCurve.offset", offset, "must be finite")
        self.model = model
        self.scale = float(scale)
        self.gain = float(gain)
        self.offset = float(offset)

    def value(self, x: Array) -> Array:
        """Return the scaled firing rate."""
        return np.asarray(self.model.rate(self.offset + self.gain * x) / self.scale, x.dtype)

    def derivative(self, x: Array) -> Array:
        """Return the derivative of the scaled firing rate by `x`."""
        slope = self.model.rate_derivative(self.offset + self.gain * x)
        return np.asarray(slope * (self.gain / self.scale), x.dtype)

    def describe(self) -> str:
        """Name the model and the numbers."""
        return (
            f"TuningCurve({type(self.model).__name__}, scale={self.scale:g} Hz, "
            f"gain={self.gain:g}, offset={self.offset:g})"
        )
