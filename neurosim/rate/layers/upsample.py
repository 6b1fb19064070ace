"""Images made larger."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError
from neurosim.machine import check_room
from neurosim.rate.autodiff.operations import Array, LinearOperation
from neurosim.rate.autodiff.variable import Variable, apply
from neurosim.rate.checks import checked_choice
from neurosim.rate.layers.layer import Layer
from neurosim.rate.layers.receptive_field import ReceptiveField
from neurosim.rate.layers.sides import Sides, checked_sides

METHODS = ("nearest", "bilinear")


class Upsample(Layer):
    """Images or sequences with several points in place of each.

    Parameters
    ----------
    factor : int or tuple of int, default 2
        How many, along each axis.
    method : {"nearest", "bilinear"}, default "nearest"
        Whether the new points repeat the old one, or lie on straight lines between the centres of old ones
        (and repeat them at the margin).

    Raises
    ------
    ParameterError
        If an argument cannot be used; and when applied, if samples are no images or sequences of channels.
    """

    def __init__(self, factor: Sides = 2, method: str = "nearest") -> None:
        checked_sides("Upsample.factor", factor, None)
        self.factor, self.method = factor, checked_choice("Upsample.method", method, METHODS)

    def forward(self, x: Variable) -> Variable:
        """Return the enlarged images, for `x` of shape (batch, channels, height, width) or (..., length)."""
        if x.ndim not in (3, 4):
            limit = "a sample must be (channels, height, width) or (channels, length)"
            raise ParameterError(f"{self.describe()}, input", x.shape[1:], limit)
        factors = checked_sides("Upsample.factor", self.factor, x.ndim - 2)
        needed = math.prod(factors) * x.value.nbytes
        check_room("Upsample.factor", self.factor, needed, "Use a smaller factor.")
        for axis, factor in enumerate(factors, 2):
            x = apply(_Enlarge(axis, interpolation(x.shape[axis], factor, self.method, x.dtype.name)), x)
        return x

    def seen(self, field: ReceptiveField) -> ReceptiveField | None:
        """Shorten the step of the field; points between two others see both."""
        factors = checked_sides("Upsample.factor", self.factor, len(field.size))
        reach = 1 if self.method == "bilinear" else 0
        size = tuple(n + reach * step for n, step in zip(field.size, field.step, strict=True))
        return ReceptiveField(size, tuple(s / f for s, f in zip(field.step, factors, strict=True)))

    def describe(self) -> str:
        """Name the factor and the method."""
        return f"Upsample({self.factor}, {self.method})"


@lru_cache(maxsize=64)
def interpolation(n: int, factor: int, method: str, dtype: str) -> NDArray[np.floating[Any]]:
    """Return the matrix (n*factor, n) that makes an axis longer; its rows add up to 1."""
    old, new = np.arange(n), np.arange(n * factor)
    if method == "nearest":
        places = (new // factor).astype(float)
    else:
        places = np.clip((new + 0.5) / factor - 0.5, 0, n - 1)
    distance = np.abs(places[:, np.newaxis] - old)
    matrix: Array = np.maximum(0.0, 1.0 - distance).astype(dtype)
    matrix.setflags(write=False)  # it is kept for all layers
    return matrix


class _Enlarge(LinearOperation):
    """Multiply an axis by a matrix."""

    def __init__(self, axis: int, matrix: Array) -> None:
        self._axis, self._matrix = axis, matrix

    @property
    def name(self) -> str:
        return "Upsample"

    def forward(self, *inputs: Array) -> Array:
        return self._times(inputs[0], self._matrix)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        return (self._times(g, self._matrix.T),)

    def _times(self, x: Array, matrix: Array) -> Array:
        last = self._axis == x.ndim - 1
        return np.asarray(x @ matrix.T if last else matrix @ x)
