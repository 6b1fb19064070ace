"""What every activation function is."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from neurosim.connectivity.checks import read_numbers
from neurosim.errors import ParameterError
from neurosim.rate.layer import Layer
from neurosim.rate.operations import Array, Operation
from neurosim.rate.variable import Variable, apply


class Activation(Layer):
    """A function of each unit's drive; as a layer it has no parameters.

    A new one needs `value` and `derivative`, both from an array to an array of its shape and dtype; a
    constant derivative may be a single number.

    Attributes
    ----------
    rectifying : bool
        Whether units are silent (or nearly so) for one half of their drives; He's initialisation then suits.
    """

    rectifying: bool = False

    @abstractmethod
    def value(self, x: Array) -> Array:
        """Return the activation for the drive `x`."""

    @abstractmethod
    def derivative(self, x: Array) -> Array:
        """Return the derivative of the activation by the drive at `x`."""

    def forward(self, x: Variable) -> Variable:
        """Apply the activation to a variable.

        Raises
        ------
        ParameterError
            If `value`, or in the way back `derivative`, gives anything but numbers in the drive's shape.
        """
        return apply(_Activate(self), x)

    def fresh(self) -> Activation:
        """Return an activation like this that shares nothing it learns: itself, where it learns nothing."""
        return self


class _Activate(Operation):
    """Apply an activation to drives."""

    def __init__(self, activation: Activation) -> None:
        self._activation = activation

    @property
    def name(self) -> str:
        return type(self._activation).__name__

    def forward(self, *inputs: Array) -> Array:
        (self._drive,) = inputs
        y = read_numbers(f"{self.name}.value(x)", self._activation.value(self._drive))
        self._check_shape("value", y)
        return y

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        return (self.tangent(g),)

    def tangent(self, *tangents: Array | None) -> Array:
        slope = read_numbers(f"{self.name}.derivative(x)", self._activation.derivative(self._drive))
        if slope.ndim:
            self._check_shape("derivative", slope)
        return np.asarray(tangents[0] * slope)

    def _check_shape(self, method: str, result: Array) -> None:
        if result.shape != self._drive.shape:
            raise ParameterError(
                f"{self.name}.{method}(x)",
                result.shape,
                f"the shape must be that of the drive, {self._drive.shape}",
            )
