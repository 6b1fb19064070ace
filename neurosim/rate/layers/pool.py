"""What layers with a window that slides over each channel have in common."""

from __future__ import annotations

from typing import Never

import numpy as np

from neurosim.connectivity.image_axis import ImageAxis, warn_of_left_out
from neurosim.errors import ParameterError
from neurosim.keywords import refuse_keywords
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.layers.layer import Layer, Shape
from neurosim.rate.layers.receptive_field import ReceptiveField
from neurosim.rate.layers.sides import Sides, checked_sides


class Pool(Layer):
    """A window that slides over each channel of an image or of a sequence.

    Parameters
    ----------
    size : int or tuple of int
        Sides of the window.
    stride : int or tuple of int, optional
        Steps of the window; its size by default, so that windows do not overlap.
    padding : int or tuple of int, default 0
        Points on every side of the image, at most half the size.

    Raises
    ------
    ParameterError
        If a number cannot be used; and when built or applied, if samples are no images or sequences of
        channels, or the window is larger than the padded image.

    Warns
    -----
    UserWarning
        When built, if the stride leaves out points, at the end of the image or between windows; it says how
        many. Along an axis where the window is a single point a stride picks points, and leaves out none.
    """

    def __init__(
        self, size: Sides, stride: Sides | None = None, padding: Sides = 0, **unknown: Never
    ) -> None:
        refuse_keywords(type(self), unknown)
        name = type(self).__name__
        self.size, self.stride, self.padding = size, stride, padding
        sizes = checked_sides(f"{name}.size", size, None)
        if stride is not None:
            checked_sides(f"{name}.stride", stride, None)
        margins = checked_sides(f"{name}.padding", padding, None, 0)
        if 2 * max(margins) > min(sizes):
            raise ParameterError(f"{name}.padding", padding, f"must be at most half the size, {size}")

    def axes(self, shape: Shape) -> tuple[ImageAxis, ...]:
        """Return the window along each axis of a sample.

        Parameters
        ----------
        shape : tuple of int
            Of a sample: (channels, height, width) or (channels, length).
        """
        name = type(self).__name__
        if len(shape) not in (2, 3):
            limit = "a sample must be (channels, height, width) or (channels, length)"
            raise ParameterError(f"{self.describe()}, input", shape, limit)
        n = len(shape) - 1
        sizes = checked_sides(f"{name}.size", self.size, n)
        strides = sizes if self.stride is None else checked_sides(f"{name}.stride", self.stride, n)
        margins = checked_sides(f"{name}.padding", self.padding, n, 0)
        axes = tuple(
            ImageAxis(length, taps, stride, 1, margin, margin)
            for length, taps, stride, margin in zip(shape[1:], sizes, strides, margins, strict=True)
        )
        if any(axis.n_out < 1 for axis in axes):
            limit = f"the window is larger than the image with padding {self.padding}"
            raise ParameterError(f"{self.describe()}, input", shape, limit)
        return axes

    def seen(self, field: ReceptiveField) -> ReceptiveField | None:
        """Widen the field by the window."""
        n = len(field.size)
        return field.behind(self.axes((1, *checked_sides("size", self.size, n))))

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        warn_of_left_out(type(self).__name__, self.axes(sample.shape[1:]), stacklevel=6)

    def describe(self) -> str:
        """Name the sides of the window."""
        return f"{type(self).__name__}({self.size})"
