"""One axis of an image under a window that slides along it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Reach(NamedTuple):
    """Where the taps of a window lead from each position of one side of the connection to the other.

    From position i, taps ``first[i, 0] + k*tap_step`` lead to positions ``first[i, 2] + k*target_step``, for
    k from 0 to ``first[i, 1] - 1``.
    """

    first: NDArray[np.int64]
    tap_step: int
    target_step: int

    def targets(self, position: int) -> slice:
        """The positions that one position is connected to."""
        _, count, start = self.first[position].tolist()
        last = start + (count - 1) * self.target_step
        low, high = min(start, last), max(start, last)
        return slice(low, high + 1 if count else low, abs(self.target_step))


@dataclass(frozen=True)
class ImageAxis:
    """A window of `taps` points, `dilation` apart, that moves by `stride` along `size` points.

    Output o sees the inputs ``o*stride - before + k*dilation`` for k from 0 to ``taps - 1``; those outside
    the image are 0.

    Parameters
    ----------
    size : int
        Points of the image.
    taps, stride, dilation : int
    before, after : int
        Points of padding at either end.
    """

    size: int
    taps: int
    stride: int
    dilation: int
    before: int
    after: int

    @property
    def extent(self) -> int:
        """Points from the first tap to the last."""
        return self.dilation * (self.taps - 1) + 1

    @property
    def n_out(self) -> int:
        """Number of places the window takes."""
        return (self.size + self.before + self.after - self.extent) // self.stride + 1

    @property
    def left_out(self) -> int:
        """Points of the image that the stride keeps from every tap, at the end or in gaps.

        A window of one point is there to pick every so-many-th point, as a 1x1 convolution beside a strided
        one does, and a stride of 1 passes over nothing: these leave out none.
        """
        if self.taps == 1 or self.stride == 1:
            return 0
        read = np.zeros(self.before + self.size + self.after, np.bool_)
        way = (self.n_out - 1) * self.stride + 1
        for start in range(0, self.extent, self.dilation):
            read[start : start + way : self.stride] = True
        return self.size - int(np.count_nonzero(read[self.before : self.before + self.size]))

    def from_outputs(self) -> Reach:
        """Inputs that each output sees."""
        position = np.arange(self.n_out)[:, None] * self.stride - self.before
        inputs = position + np.arange(self.taps) * self.dilation
        return Reach(_runs(inputs, (inputs >= 0) & (inputs < self.size)), 1, self.dilation)

    def from_inputs(self) -> Reach:
        """Outputs that see each input."""
        distance = np.arange(self.size)[:, None] + self.before - np.arange(self.taps) * self.dilation
        outputs = distance // self.stride
        seen = (distance % self.stride == 0) & (outputs >= 0) & (outputs < self.n_out)
        common = math.gcd(self.stride, self.dilation)
        return Reach(_runs(outputs, seen), self.stride // common, -(self.dilation // common))


def warn_of_left_out(where: str, axes: Sequence[ImageAxis], *, stacklevel: int = 3) -> None:
    """Warn if a stride leaves points of an image out, and say how many; see `ImageAxis.left_out`.

    Parameters
    ----------
    where : str
        Whose windows they are, for the message.
    axes : sequence of ImageAxis
    stacklevel : int, default 3
        As of `warnings.warn`: 3 blames whoever called the caller.
    """
    strides, extents, left, sizes = (
        tuple(getattr(axis, name) for axis in axes) for name in ("stride", "extent", "left_out", "size")
    )
    dropped = math.prod(sizes) - math.prod(size - n for size, n in zip(sizes, left, strict=True))
    if dropped:
        warnings.warn(
            f"{where}.stride = {strides}: windows of {extents} leave out {left} of {sizes} points, "
            f"{dropped} of each channel. Pad or crop, or choose another stride.",
            stacklevel=stacklevel,
        )


def _runs(targets: NDArray[np.int64], reached: NDArray[np.bool_]) -> NDArray[np.int64]:
    """First tap, number of taps and first target for each row of a table with a column for each tap."""
    tap = reached.argmax(axis=1)
    return np.column_stack([tap, reached.sum(axis=1), targets[np.arange(len(tap)), tap]])
