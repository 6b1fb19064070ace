"""What an operation of the expression graph is.

An operation object stands for one application. `forward` takes and returns plain arrays and may keep what the
derivatives need. `backward` is its vector-Jacobian product: it takes the gradient of a scalar with respect to
the operation's value and returns the gradient with respect to each input. `tangent` is its Jacobian-vector
product. Operations know nothing of variables or of the graph.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.origin import Origin, describe_origin

Array = NDArray[Any]
Axis = int | tuple[int, ...] | None


class Operation(ABC):
    """One application of a differentiable function.

    A new one needs `forward` and `backward`; `tangent` only where it shall take part in `jvp`.

    Attributes
    ----------
    needed : tuple of bool
        For each input, whether its gradient will be used; for the others `backward` may return None.
    origin : Origin or None
        Line of the user's program that applied the operation, for messages; None if it is in no graph.
    versions : tuple of int
        Version of each input when the operation was applied.
    """

    needed: tuple[bool, ...] = ()
    origin: Origin | None = None
    versions: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """What error messages call the operation."""
        return type(self).__name__

    @abstractmethod
    def forward(self, *inputs: Array) -> Array:
        """Return the value for the values of the inputs."""

    @abstractmethod
    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return the gradients for the inputs, given the gradient `g` for the value; None stands for 0.

        Each is a new array, or `g` itself or a view of it: what is returned here may be changed later.
        """

    def tangent(self, *tangents: Array | None) -> Array:
        """Return how fast the value changes where each input changes at the rate given; None stands for 0.

        Raises
        ------
        ParameterError
            If the operation has only a backward derivative.
        """
        raise ParameterError(
            f"rate.{self.name}.tangent", self, "has no forward derivative", "Write the method tangent."
        )

    def describe(self) -> str:
        """Name the operation and, where it is known, the line that applied it."""
        return f"{self.name}, {describe_origin(self.origin)}" if self.origin else self.name


class LinearOperation(Operation):
    """A linear function of one input: its value changes as the input does."""

    def tangent(self, *tangents: Array | None) -> Array:
        """Apply the function to the tangent."""
        return self.forward(*(t for t in tangents if t is not None))


def unbroadcast(g: Array, shape: tuple[int, ...]) -> Array:
    """Sum `g` over the axes along which an array of `shape` was broadcast.

    This is the adjoint of broadcasting: each element receives the gradients of all its copies.
    """
    if g.shape == shape:
        return g
    g = np.asarray(g.sum(axis=tuple(range(g.ndim - len(shape)))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and g.shape[i] != 1)
    return np.asarray(g.sum(axis=stretched, keepdims=True)) if stretched else g
