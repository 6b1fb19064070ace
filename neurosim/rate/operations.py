"""Operations of the expression graph: each knows its value and its vector-Jacobian product.

An operation object stands for one application. `forward` takes and returns plain arrays and may keep what
`backward` needs; `backward` takes the gradient of a scalar with respect to the operation's value and returns
the gradient with respect to each input. Operations know nothing of variables or of the graph.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Axis = int | tuple[int, ...] | None
Derivative = Callable[..., Any]


class Operation(ABC):
    """One application of a differentiable function.

    Attributes
    ----------
    needed : tuple of bool
        For each input, whether its gradient will be used; for the others `backward` may return None.
    """

    needed: tuple[bool, ...] = ()

    @property
    def name(self) -> str:
        """What error messages call the operation."""
        return type(self).__name__

    @abstractmethod
    def forward(self, *inputs: Array) -> Array:
        """Return the value for the values of the inputs."""

    @abstractmethod
    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return the gradients for the inputs, given the gradient `g` for the value."""


def unbroadcast(g: Array, shape: tuple[int, ...]) -> Array:
    """Sum `g` over the axes along which an array of `shape` was broadcast.

    This is the adjoint of broadcasting: each element receives the gradients of all its copies.
    """
    if g.shape == shape:
        return g
    g = np.asarray(g.sum(axis=tuple(range(g.ndim - len(shape)))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and g.shape[i] != 1)
    return np.asarray(g.sum(axis=stretched, keepdims=True)) if stretched else g


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
        return getattr(self._function, "__name__", type(self._function).__name__)

    def forward(self, *inputs: Array) -> Array:
        """Apply the function."""
        self._inputs = inputs
        self._value = np.asarray(self._function(*inputs))
        return self._value

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Multiply `g` by each partial derivative."""
        return tuple(
            unbroadcast(np.asarray(g * derivative(self._value, *self._inputs)), x.shape) if needed else None
            for derivative, x, needed in zip(self._derivatives, self._inputs, self.needed, strict=True)
        )


def _share(chosen: Array, tied: Array) -> Array:
    """Derivative of a choice between two: whole for the one chosen, half for each where they are equal."""
    return chosen + 0.5 * tied


DERIVATIVES: dict[np.ufunc, tuple[Derivative, ...]] = {
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
    np.square: (lambda y, x: 2.0 * x,),
    np.sqrt: (lambda y, x: 0.5 / y,),
    np.exp: (lambda y, x: y,),
    np.expm1: (lambda y, x: y + 1.0,),
    np.log: (lambda y, x: 1.0 / x,),
    np.log1p: (lambda y, x: 1.0 / (1.0 + x),),
    np.sin: (lambda y, x: np.cos(x),),
    np.cos: (lambda y, x: -np.sin(x),),
    np.tanh: (lambda y, x: 1.0 - y * y,),
    np.absolute: (lambda y, x: np.sign(x),),
    np.maximum: (lambda y, a, b: _share(a > b, a == b), lambda y, a, b: _share(b > a, a == b)),
    np.minimum: (lambda y, a, b: _share(a < b, a == b), lambda y, a, b: _share(b < a, a == b)),
}
"""Partial derivatives of NumPy's functions, each as a function of the value y and the inputs."""


class MatMul(Operation):
    """Matrix product ``a @ b`` with NumPy's rules for vectors and stacks of matrices."""

    def forward(self, *inputs: Array) -> Array:
        """Return a @ b."""
        self._a, self._b = inputs
        return np.asarray(self._a @ self._b)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return g b^T and a^T g."""
        a = self._a[np.newaxis, :] if self._a.ndim == 1 else self._a
        b = self._b[:, np.newaxis] if self._b.ndim == 1 else self._b
        if self._b.ndim == 1:
            g = g[..., np.newaxis]
        if self._a.ndim == 1:
            g = g[..., np.newaxis, :]
        by_a = by_b = None
        if self.needed[0]:
            by_a = unbroadcast(g @ np.swapaxes(b, -1, -2), a.shape).reshape(self._a.shape)
        if self.needed[1]:
            by_b = unbroadcast(np.swapaxes(a, -1, -2) @ g, b.shape).reshape(self._b.shape)
        return by_a, by_b


class Sum(Operation):
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
        if self._axis is not None and not self._keepdims:
            g = np.expand_dims(g, self._axis)
        return (np.broadcast_to(g, self._shape),)


class Reshape(Operation):
    """The same elements in another shape."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._new_shape = shape

    def forward(self, *inputs: Array) -> Array:
        """Return the array in its new shape."""
        (x,) = inputs
        self._shape = x.shape
        return x.reshape(self._new_shape)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return `g` in the old shape."""
        return (g.reshape(self._shape),)


class Transpose(Operation):
    """The axes in another order; reversed by default."""

    def __init__(self, axes: tuple[int, ...] | None = None) -> None:
        self._axes = axes

    def forward(self, *inputs: Array) -> Array:
        """Return the array with its axes permuted."""
        return np.transpose(inputs[0], self._axes)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Put the axes back."""
        return (np.transpose(g, None if self._axes is None else np.argsort(self._axes)),)


class Index(Operation):
    """``x[key]`` for any NumPy index; an element taken twice receives both gradients."""

    def __init__(self, key: Any) -> None:
        self._key = key

    def forward(self, *inputs: Array) -> Array:
        """Return x[key]."""
        (x,) = inputs
        self._shape = x.shape
        return np.asarray(x[self._key])

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Add `g` to the places it was taken from."""
        full = np.zeros(self._shape, g.dtype)
        np.add.at(full, self._key, g)
        return (full,)


class Concatenate(Operation):
    """Arrays joined along an existing axis."""

    def __init__(self, axis: int = 0) -> None:
        self._axis = axis

    def forward(self, *inputs: Array) -> Array:
        """Return the joined array."""
        self._lengths = [x.shape[self._axis] for x in inputs]
        return np.concatenate(inputs, axis=self._axis)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Cut `g` into the parts again."""
        return tuple(np.split(g, np.cumsum(self._lengths)[:-1], axis=self._axis))
