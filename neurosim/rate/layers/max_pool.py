"""The largest value of a window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from neurosim.connectivity.image_axis import ImageAxis
from neurosim.rate.autodiff.operations import Array, Operation
from neurosim.rate.autodiff.variable import Variable, apply
from neurosim.rate.layers.layer import Shape
from neurosim.rate.layers.pool import Pool

_WORTH_SHARING = 50_000
"""Points of images that are worth a thread."""


class MaxPool(Pool):
    """Each output is the largest value of a window of one channel.

    Padding is smaller than any value. Of equal values the first in the window receives the gradient.
    Parameters and errors are those of `Pool`.
    """

    def forward(self, x: Variable) -> Variable:
        """Return the largest values, for `x` of shape (batch, channels, height, width) or (..., length)."""
        return apply(_Largest(self.axes(x.shape[1:])), x)

    def takes_four(self, shape: Shape) -> bool:
        """Whether, for samples of a shape, windows of 2x2 lie side by side and cover the image."""
        return len(shape) == 3 and _are_of_four(self.axes(shape))


class _Largest(Operation):
    """Largest values under a window, which is one row high for sequences."""

    def __init__(self, axes: tuple[ImageAxis, ...]) -> None:
        self._shape = tuple(axis.n_out for axis in axes)
        self._rows, self._columns = axes if len(axes) == 2 else (ImageAxis(1, 1, 1, 1, 0, 0), *axes)

    @property
    def name(self) -> str:
        return "MaxPool"

    def forward(self, *inputs: Array) -> Array:
        from neurosim.kernels.rate.pooling import largest_in_windows, largest_of_four

        (x,) = inputs
        self._input_shape = x.shape
        images = np.ascontiguousarray(x).reshape(-1, self._rows.size, self._columns.size)
        largest = np.empty((len(images), self._rows.n_out, self._columns.n_out), x.dtype)
        few = self._rows.taps * self._columns.taps <= 256
        self._winners = np.empty(largest.shape, np.uint8 if few else np.uint32)
        if self._is_of_four:
            self._share(largest_of_four, images, images, largest, self._winners)
        else:
            self._share(largest_in_windows, images, images, largest, self._winners, self._window)
        return largest.reshape(*x.shape[:2], *self._shape)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        from neurosim.kernels.rate.pooling import spread_to_four, spread_to_winners

        images = np.empty((len(self._winners), self._rows.size, self._columns.size), g.dtype)
        errors = np.ascontiguousarray(g).reshape(self._winners.shape)
        if self._is_of_four:
            self._share(spread_to_four, images, errors, self._winners, images)
        else:
            self._share(spread_to_winners, images, errors, self._winners, images, self._window)
        return (images.reshape(self._input_shape),)

    def _share(self, kernel: Callable[..., None], images: Array, *arguments: Any) -> None:
        from neurosim.kernels.core.crew import share, worth

        share(kernel, arguments, len(images), worth(len(images), images.size, _WORTH_SHARING))

    def tangent(self, *tangents: Array | None) -> Array:
        from neurosim.kernels.rate.pooling import take_from_winners

        t = np.ascontiguousarray(tangents[0])
        taken = np.empty(self._winners.shape, t.dtype)
        images = t.reshape(-1, self._rows.size, self._columns.size)
        take_from_winners(images, self._winners, taken, self._window)
        return taken.reshape(*t.shape[:2], *self._shape)

    @property
    def _is_of_four(self) -> bool:
        return _are_of_four((self._rows, self._columns))

    @property
    def _window(self) -> tuple[int, ...]:
        rows, columns = self._rows, self._columns
        return rows.taps, rows.stride, rows.before, columns.taps, columns.stride, columns.before


def _are_of_four(axes: tuple[ImageAxis, ...]) -> bool:
    """Whether windows of 2x2 lie side by side and cover the image."""
    return all((axis.taps, axis.stride, axis.before, axis.size % 2) == (2, 2, 0, 0) for axis in axes)
