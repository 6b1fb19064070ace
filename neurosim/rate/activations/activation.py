"""What every activation function is."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from neurosim.connectivity.checks import read_numbers
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array, Operation
from neurosim.rate.autodiff.variable import Variable, apply
from neurosim.rate.layers.layer import Layer


class Activation(Layer):
    """A function of each unit's drive; as a layer it has no parameters.

    A new one needs `value` and `derivative`, both from an array to an array of its shape and dtype; a
    constant derivative may be a single number. Where the product of a gradient with the derivative can be
    had at once, it may replace `backward`.

    Attributes
    ----------
    rectifying : bool
        Whether units are silent (or nearly so) for one half of their drives; He's initialisation then suits.
    """

    stepwise = True

    rectifying: bool = False

    @abstractmethod
    def value(self, x: Array) -> Array:
        """Return the activation for the drive `x`."""

    @abstractmethod
    def derivative(self, x: Array) -> Array:
        """Return the derivative of the activation by the drive at `x`."""

    def backward(self, x: Array, g: Array) -> Array:
        """Return the derivative at `x` times the gradient `g`, an array of the same shape."""
        slope = read_numbers(f"{type(self).__name__}.derivative(x)", self.derivative(x))
        if slope.ndim:
            check_shape(f"{type(self).__name__}.derivative(x)", slope, x)
        return np.asarray(g * slope)

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
        check_shape(f"{self.name}.value(x)", y, self._drive)
        return y

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        return (self.tangent(g),)

    def tangent(self, *tangents: Array | None) -> Array:
        return self._activation.backward(self._drive, np.asarray(tangents[0]))


def check_shape(where: str, result: Array, drive: Array) -> None:
    """Raise a ParameterError unless the result has the shape of the drive."""
    if result.shape != drive.shape:
        limit = f"the shape must be that of the drive, {drive.shape}"
        raise ParameterError(where, result.shape, limit)
