"""Means over a window that slides over each channel of an image."""

from __future__ import annotations

from functools import reduce
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike

from neurosim.connectivity.checks import Floats
from neurosim.connectivity.image_axis import ImageAxis, warn_of_left_out
from neurosim.connectivity.image_operator import ImageOperator, Pair, checked_image_shape, checked_pair
from neurosim.errors import ParameterError


class AveragePool2d(ImageOperator):
    """Each output is the mean of a window of one channel.

    The one weight that all synapses share is ``1/(size[0]*size[1])``; like every weight it can be changed.

    Parameters
    ----------
    input_shape : (channels, height, width)
        Of the presynaptic image; its units are numbered in C order.
    size : int or (int, int)
        Height and width of the window.
    stride : int or (int, int), optional
        Steps of the window; its size by default, so that windows do not overlap. Rows and columns at the end
        that fill no window are left out, and a warning says how many.
    padding : int or (int, int), default 0
        Points of value 0 on every side, which count in the mean.
    dtype : dtype, default float64
        Of the weight: float32 or float64.

    Raises
    ------
    ParameterError
        If a size is not positive, or the window is larger than the padded image.

    Warns
    -----
    UserWarning
        If the stride leaves out rows or columns, at the end of the image or between windows: it says how
        many. Along an axis where the window is a single point a stride picks points, and leaves out none.
    """

    def __init__(
        self,
        input_shape: tuple[int, int, int],
        size: Pair,
        stride: Pair | None = None,
        padding: Pair = 0,
        *,
        dtype: DTypeLike = np.float64,
    ) -> None:
        channels, height, width = checked_image_shape("AveragePool2d.input_shape", input_shape)
        window = checked_pair("AveragePool2d.size", size, 1)
        strides = window if stride is None else checked_pair("AveragePool2d.stride", stride, 1)
        margins = checked_pair("AveragePool2d.padding", padding, 0)
        if np.dtype(dtype) not in (np.float32, np.float64):
            raise ParameterError("AveragePool2d.dtype", dtype, "must be float32 or float64")
        rows, columns = (
            ImageAxis(n, k, s, 1, p, p)
            for n, k, s, p in zip((height, width), window, strides, margins, strict=True)
        )
        if rows.n_out < 1 or columns.n_out < 1:
            limit = f"is larger than the image of {(height, width)} with padding {margins}"
            raise ParameterError("AveragePool2d.size", size, limit)
        weight = np.array(1.0 / (window[0] * window[1]), dtype)
        super().__init__((channels, height, width), channels, rows, columns, weight)
        warn_of_left_out(type(self).__name__, self.axes)

    def description(self) -> dict[str, Any]:
        """Arguments that make an operator like this, and its weight."""
        axes = (self._rows, self._columns)
        return {
            "input_shape": self.input_shape,
            "size": tuple(axis.taps for axis in axes),
            "stride": tuple(axis.stride for axis in axes),
            "padding": tuple(axis.before for axis in axes),
            "weights": self._weights,
        }

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make an operator from what `description` returned."""
        weights = description.pop("weights")
        pool = cls(**description, dtype=weights.dtype)
        pool.weights = weights
        return pool

    @property
    def _shared(self) -> Floats:
        return np.broadcast_to(self._weights, (self._source[0], 1, 1, self._rows.taps, self._columns.taps))

    def _forward(self, x: Floats) -> Floats:
        return self._weights * self._summed(x)

    def _backward(self, g: Floats) -> Floats:
        errors = self._weights * g.reshape(-1, *self._target)
        channels, height, width = self._source
        (top, bottom), (left, right) = self._margins
        spread = np.zeros((len(errors), channels, self._target[1], left + width + right), errors.dtype)
        for taps in self._taken(self._columns):
            spread[..., taps] += errors
        out = np.zeros((len(errors), channels, top + height + bottom, width), errors.dtype)
        for taps in self._taken(self._rows):
            out[:, :, taps] += spread[..., left : left + width]
        return out[:, :, top : top + height].reshape(*g.shape[:-1], self.n_pre)

    def _weight_gradient(self, x: Floats, g: Floats) -> Floats:
        return np.asarray(np.vdot(self._summed(x), g))

    def _summed(self, x: Floats) -> Floats:
        """Sum of the window at each place, first over its rows, then over its columns."""
        images = np.pad(x.reshape(-1, *self._source), ((0, 0), (0, 0), *self._margins))
        columns = reduce(np.add, (images[:, :, taps] for taps in self._taken(self._rows)))
        total = reduce(np.add, (columns[..., taps] for taps in self._taken(self._columns)))
        return np.asarray(total).reshape(*x.shape[:-1], self.n_post)

    @property
    def _margins(self) -> tuple[tuple[int, int], tuple[int, int]]:
        rows, columns = self._rows, self._columns
        return (rows.before, rows.after), (columns.before, columns.after)

    @staticmethod
    def _taken(axis: ImageAxis) -> list[slice]:
        """For each tap, the points of the padded axis that it meets in turn."""
        span = (axis.n_out - 1) * axis.stride + 1
        return [slice(k, k + span, axis.stride) for k in range(axis.taps)]

    def __repr__(self) -> str:
        (c, h, w), (_, out_h, out_w) = self._source, self._target
        kh, kw = self._rows.taps, self._columns.taps
        return (
            f"AveragePool2d({c}x{h}x{w} → {c}x{out_h}x{out_w}, windows {kh}x{kw}, "
            f"{self.n_synapses} synapses, {self._weights.dtype})"
        )
