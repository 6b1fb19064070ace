"""How a window sweeps over an image, in the terms of the kernels that do the sums."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from neurosim.connectivity.image_axis import ImageAxis


@dataclass(frozen=True)
class AxisSweep:
    """Some of the places on one axis, all of which look equally far from where they are.

    Place number u, which lies at ``start + u*step`` on the axis of results, sees through tap ``taps[k]`` the
    point ``(u + shifts[k])*n_phases + phases[k]``.

    Parameters
    ----------
    taps, shifts, phases : tuple of int
    n_phases : int
        The stride, where results are outputs.
    start, step, n : int
        The places.
    """

    taps: tuple[int, ...]
    shifts: tuple[int, ...]
    phases: tuple[int, ...]
    n_phases: int
    start: int
    step: int
    n: int

    @classmethod
    def forth(cls, axis: ImageAxis) -> AxisSweep:
        """Outputs that see inputs."""
        points = [k * axis.dilation - axis.before for k in range(axis.taps)]
        stride = axis.stride if axis.n_out > 1 else 1  # a single place does not move
        shifts, phases = zip(*(divmod(point, stride) for point in points), strict=True)
        return cls(tuple(range(axis.taps)), shifts, phases, stride, 0, 1, axis.n_out)

    @classmethod
    def back(cls, axis: ImageAxis) -> list[AxisSweep]:
        """Inputs that are seen by outputs, sorted by the taps through which they are."""
        sweeps = []
        for start in range(min(axis.stride, axis.size)):
            reached = [divmod(start + axis.before - k * axis.dilation, axis.stride) for k in range(axis.taps)]
            seen = [(k, shift) for k, (shift, rest) in enumerate(reached) if rest == 0]
            if seen:
                taps, shifts = zip(*seen, strict=True)
                n = -(-(axis.size - start) // axis.stride)
                sweeps.append(cls(taps, shifts, (0,) * len(taps), 1, start, axis.stride, n))
        return sweeps

    @property
    def window(self) -> slice:
        """The taps, which are equally far from each other."""
        step = self.taps[1] - self.taps[0] if len(self.taps) > 1 else 1
        return slice(self.taps[0], self.taps[-1] + 1, step)

    @property
    def first(self) -> int:
        """The least shift."""
        return min(self.shifts)

    @property
    def n_points(self) -> int:
        """Points of each phase that the places look at."""
        return self.n + max(self.shifts) - self.first


@dataclass(frozen=True)
class Sweep:
    """The places of an image that look through the same taps.

    Parameters
    ----------
    rows, columns : AxisSweep
    n_channels : int
        Channels that each place looks at.
    """

    rows: AxisSweep
    columns: AxisSweep
    n_channels: int

    @classmethod
    def forth(cls, rows: ImageAxis, columns: ImageAxis, n_channels: int) -> Sweep:
        """All outputs, which see inputs."""
        return cls(AxisSweep.forth(rows), AxisSweep.forth(columns), n_channels)

    @classmethod
    def back(cls, rows: ImageAxis, columns: ImageAxis, n_channels: int) -> list[Sweep]:
        """Inputs, which are seen by outputs; together these are all that are seen at all."""
        return [cls(*pair, n_channels) for pair in product(AxisSweep.back(rows), AxisSweep.back(columns))]

    @property
    def room(self) -> tuple[int, ...]:
        """The planes of a channel: see `neurosim.kernels.rate.correlation.correlate`."""
        rows, columns = self.rows, self.columns
        return columns.n_points, rows.n_points, rows.n_phases, columns.n_phases, -rows.first, -columns.first

    @property
    def n_bytes(self) -> int:
        """Bytes of the planes of all channels of an image in float32."""
        return 4 * self.n_channels * math.prod(self.room[:4])

    @property
    def places(self) -> tuple[int, ...]:
        """First, step and number of the results in rows and columns."""
        rows, columns = self.rows, self.columns
        return rows.start, rows.step, rows.n, columns.start, columns.step, columns.n

    @cached_property
    def offsets(self) -> NDArray[np.int64]:
        """From a place to what each tap sees on the planes of each channel; shape (n_channels*taps,)."""
        rows, columns = self.rows, self.columns
        y, x = np.array(rows.shifts) - rows.first, np.array(columns.shifts) - columns.first
        phase = np.array(rows.phases)[:, np.newaxis] * columns.n_phases + np.array(columns.phases)
        size = columns.n_points * rows.n_points
        distances = phase * size + y[:, np.newaxis] * columns.n_points + x
        starts = np.arange(self.n_channels) * (size * columns.n_phases * rows.n_phases)
        return np.asarray(starts[:, np.newaxis] + distances.ravel()).ravel()

    def taken(self, kernels: NDArray[np.floating]) -> NDArray[np.floating]:
        """The taps of kernels (outputs, channels, kh, kw) as a matrix (outputs, channels*taps)."""
        return kernels[:, :, self.rows.window, self.columns.window].reshape(len(kernels), -1)
