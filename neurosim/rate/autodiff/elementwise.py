"""Functions applied element by element, and their partial derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.rate.autodiff.operations import Array, Operation, unbroadcast

Derivative = Callable[..., Any]

_LOG_2 = float(np.log(2.0))
_LOG_10 = float(np.log(10.0))


class Elementwise(Operation):
    """A function applied element by element to inputs that are broadcast against each other.

    Parameters
    ----------
    function : callable
        Takes the inputs, returns the value.
    *derivatives : callable
        One for each input: takes the value and then the inputs, returns the partial derivative.
    """

    def __init__(self, function: Callable[..., Any], *derivatives: Derivative) -> None:
        self._function = function
        self._derivatives = derivatives

    @property
    def name(self) -> str:
        """Name of the function."""
        return getattr(self._function, "__name__", type(self._function).__name__).lstrip("_")

    def forward(self, *inputs: Array) -> Array:
        """Apply the function."""
        self._inputs = inputs
        self._value = np.asarray(self._function(*inputs))
        return self._value

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Multiply `g` by each partial derivative."""
        return tuple(
            unbroadcast(_times(g, derivative(self._value, *self._inputs)), x.shape) if needed else None
            for derivative, x, needed in zip(self._derivatives, self._inputs, self.needed, strict=True)
        )

    def tangent(self, *tangents: Array | None) -> Array:
        """Multiply each tangent by its partial derivative, and add."""
        total = np.zeros_like(self._value)
        for derivative, t in zip(self._derivatives, tangents, strict=True):
            if t is not None:
                total = total + _times(t, derivative(self._value, *self._inputs))
        return total


def _times(g: Array, derivative: Any) -> Array:
    # Sums are the most frequent operation, and multiplying by their derivative would only copy.
    return g if isinstance(derivative, float) and derivative == 1.0 else np.asarray(g * derivative)


def _share(chosen: Array, tied: Array) -> Array:
    """Derivative of a choice between two: whole for the one chosen, half for each where they are equal."""
    return chosen + 0.5 * tied


DERIVATIVES: dict[np.ufunc, tuple[Derivative, ...]] = {
    np.positive: (lambda y, x: 1.0,),
    np.negative: (lambda y, x: -1.0,),
    np.add: (lambda y, a, b: 1.0, lambda y, a, b: 1.0),
    np.subtract: (lambda y, a, b: 1.0, lambda y, a, b: -1.0),
    np.multiply: (lambda y, a, b: b, lambda y, a, b: a),
    np.divide: (lambda y, a, b: 1.0 / b, lambda y, a, b: -y / b),
    # The selects keep 0**0 and 0**b from giving 0*inf.
    np.power: (
        lambda y, a, b: b * np.power(a, np.where(b == 0.0, 1.0, b - 1.0)),
        lambda y, a, b: y * np.log(np.where(a == 0.0, 1.0, a)),
    ),
    np.reciprocal: (lambda y, x: -y * y,),
    np.square: (lambda y, x: 2.0 * x,),
    np.sqrt: (lambda y, x: 0.5 / y,),
    np.exp: (lambda y, x: y,),
    np.exp2: (lambda y, x: _LOG_2 * y,),
    np.expm1: (lambda y, x: y + 1.0,),
    np.log: (lambda y, x: 1.0 / x,),
    np.log2: (lambda y, x: 1.0 / (_LOG_2 * x),),
    np.log10: (lambda y, x: 1.0 / (_LOG_10 * x),),
    np.log1p: (lambda y, x: 1.0 / (1.0 + x),),
    np.logaddexp: (lambda y, a, b: np.exp(a - y), lambda y, a, b: np.exp(b - y)),
    np.sin: (lambda y, x: np.cos(x),),
    np.cos: (lambda y, x: -np.sin(x),),
    np.tan: (lambda y, x: 1.0 + y * y,),
    np.arctan: (lambda y, x: 1.0 / (1.0 + x * x),),
    np.sinh: (lambda y, x: np.cosh(x),),
    np.cosh: (lambda y, x: np.sinh(x),),
    np.tanh: (lambda y, x: 1.0 - y * y,),
    np.absolute: (lambda y, x: np.sign(x),),
    np.maximum: (lambda y, a, b: _share(a > b, a == b), lambda y, a, b: _share(b > a, a == b)),
    np.minimum: (lambda y, a, b: _share(a < b, a == b), lambda y, a, b: _share(b < a, a == b)),
}
"""Partial derivatives of NumPy's functions, each as a function of the value y and the inputs."""


class Clip(Operation):
    """The input held between two bounds; the derivative is 1 from bound to bound, and 0 outside."""

    def __init__(self, low: float | None, high: float | None) -> None:
        self._low = -np.inf if low is None else low
        self._high = np.inf if high is None else high

    def forward(self, *inputs: Array) -> Array:
        """Return the bounded values."""
        (x,) = inputs
        self._inside = (x >= self._low) & (x <= self._high)
        return np.clip(x, self._low, self._high)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Hand `g` on where the input lay inside."""
        return (g * self._inside,)

    def tangent(self, *tangents: Array | None) -> Array:
        """Hand the tangent on where the input lay inside."""
        return np.asarray(tangents[0]) * self._inside


class Where(Operation):
    """Elements of the first input where a condition holds, of the second elsewhere."""

    def __init__(self, condition: NDArray[np.bool_]) -> None:
        self._condition = condition

    @property
    def name(self) -> str:
        """Name with the shape of the condition, which is no input."""
        return f"Where(condition of shape {self._condition.shape})"

    def forward(self, *inputs: Array) -> Array:
        """Choose."""
        self._shapes = [x.shape for x in inputs]
        taken, other = inputs
        return np.where(self._condition, taken, other)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Hand `g` to the elements that were chosen."""
        zero = np.zeros((), g.dtype)
        chosen = (self._condition, ~self._condition)
        return tuple(
            unbroadcast(np.where(taken, g, zero), shape) if needed else None
            for taken, shape, needed in zip(chosen, self._shapes, self.needed, strict=True)
        )

    def tangent(self, *tangents: Array | None) -> Array:
        """Choose between the tangents."""
        taken, other = (np.zeros((), np.float32) if t is None else t for t in tangents)
        return np.where(self._condition, taken, other)
