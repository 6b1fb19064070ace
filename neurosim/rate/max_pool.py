"""The largest value of a window."""

from __future__ import annotations

import numpy as np

from neurosim.connectivity.image_axis import ImageAxis
from neurosim.rate.operations import Array, Operation
from neurosim.rate.pool import Pool
from neurosim.rate.variable import Variable, apply


class MaxPool(Pool):
    """Each output is the largest value of a window of one channel.

    Padding is smaller than any value. Of equal values the first in the window receives the gradient.
    Parameters and errors are those of `Pool`.
    """

    def forward(self, x: Variable) -> Variable:
        """Return the largest values, for `x` of shape (batch, channels, height, width) or (..., length)."""
        return apply(_Largest(self.axes(x.shape[1:])), x)


class _Largest(Operation):
    """Largest values under a window, which is one row high for sequences."""

    def __init__(self, axes: tuple[ImageAxis, ...]) -> None:
        self._shape = tuple(axis.n_out for axis in axes)
        self._rows, self._columns = axes if len(axes) == 2 else (ImageAxis(1, 1, 1, 1, 0, 0), *axes)

    @property
    def name(self) -> str:
        return "MaxPool"

    def forward(self, *inputs: Array) -> Array:
        from neurosim.kernels.pooling import largest_in_windows

        (x,) = inputs
        self._input_shape = x.shape
        images = x.reshape(-1, self._rows.size, self._columns.size)
        largest = np.empty((len(images), self._rows.n_out, self._columns.n_out), x.dtype)
        few = self._rows.taps * self._columns.taps <= 256
        self._winners = np.empty(largest.shape, np.uint8 if few else np.uint32)
        largest_in_windows(images, largest, self._winners, *self._window)
        return largest.reshape(*x.shape[:2], *self._shape)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        from neurosim.kernels.pooling import spread_to_winners

        images = np.zeros((len(self._winners), self._rows.size, self._columns.size), g.dtype)
        spread_to_winners(
            np.ascontiguousarray(g).reshape(self._winners.shape), self._winners, images, *self._window
        )
        return (images.reshape(self._input_shape),)

    def tangent(self, *tangents: Array | None) -> Array:
        from neurosim.kernels.pooling import take_from_winners

        t = np.ascontiguousarray(tangents[0])
        taken = np.empty(self._winners.shape, t.dtype)
        images = t.reshape(-1, self._rows.size, self._columns.size)
        take_from_winners(images, self._winners, taken, *self._window)
        return taken.reshape(*t.shape[:2], *self._shape)

    @property
    def _window(self) -> tuple[int, ...]:
        rows, columns = self._rows, self._columns
        return rows.taps, rows.stride, rows.before, columns.taps, columns.stride, columns.before
