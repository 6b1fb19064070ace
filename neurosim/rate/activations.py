"""Activation functions, and the registry that finds one by its name."""

from __future__ import annotations

from abc import abstractmethod
from difflib import get_close_matches

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


class Identity(Activation):
    """y = x."""

    def value(self, x: Array) -> Array:
        """Return x."""
        return x

    def derivative(self, x: Array) -> Array:
        """Return 1."""
        return np.ones_like(x)


class ReLU(Activation):
    """y = max(x, 0); the derivative at 0 is 0."""

    rectifying = True

    def value(self, x: Array) -> Array:
        """Return max(x, 0)."""
        return np.asarray(np.maximum(x, 0.0))

    def derivative(self, x: Array) -> Array:
        """Return 1 for a positive drive, otherwise 0."""
        return np.asarray(x > 0.0, x.dtype)


class Logistic(Activation):
    """y = 1/(1 + exp(-x))."""

    def value(self, x: Array) -> Array:
        """Return 1/(1 + exp(-x)), to full relative accuracy for any x."""
        return np.asarray(np.exp(-softplus(-x)))

    def derivative(self, x: Array) -> Array:
        """Return y (1 - y)."""
        return np.asarray(np.exp(-softplus(-x) - softplus(x)))


class Tanh(Activation):
    """y = tanh(x)."""

    def value(self, x: Array) -> Array:
        """Return tanh(x)."""
        return np.asarray(np.tanh(x))

    def derivative(self, x: Array) -> Array:
        """Return 1 - y^2."""
        return np.asarray(1.0 - np.square(np.tanh(x)))


class Softplus(Activation):
    """y = log(1 + exp(x)), the smooth rectifier."""

    rectifying = True

    def value(self, x: Array) -> Array:
        """Return log(1 + exp(x))."""
        return softplus(x)

    def derivative(self, x: Array) -> Array:
        """Return the logistic function."""
        return np.asarray(np.exp(-softplus(-x)))


def softplus(x: Array) -> Array:
    """Return log(1 + exp(x)) without overflow, in the dtype of `x`."""
    return np.asarray(np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x))))


ACTIVATIONS: dict[str, Activation] = {
    "identity": Identity(),
    "relu": ReLU(),
    "logistic": Logistic(),
    "tanh": Tanh(),
    "softplus": Softplus(),
}
"""Activations by name; a package that adds one registers it here."""


def find_activation(activation: str | Activation, where: str = "activation") -> Activation:
    """Return the activation of that name, or the object itself if it is one.

    Parameters
    ----------
    activation : str or Activation
        A name in `ACTIVATIONS`, or an object.
    where : str
        What to call the argument in an error.

    Raises
    ------
    ParameterError
        If there is no such activation; the message suggests names.
    """
    if isinstance(activation, Activation):
        return activation
    if isinstance(activation, str) and activation in ACTIVATIONS:
        return ACTIVATIONS[activation]
    close = get_close_matches(activation, ACTIVATIONS, n=1) if isinstance(activation, str) else []
    raise ParameterError(
        where,
        activation,
        f"must be an Activation or one of {', '.join(ACTIVATIONS)}",
        f"Did you mean {close[0]!r}?" if close else "",
    )
