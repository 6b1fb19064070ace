"""Values at equal intervals, read one row after the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

AFTER = ("error", "hold", "zero", "repeat")
"""What follows the last row: nothing (a longer run is refused), the last row, 0, or the first row again."""


@dataclass(frozen=True, eq=False)
class Table:
    """Values of some neurons over time, at moments or, if not `linear`, in intervals.

    Attributes
    ----------
    values : ndarray, shape (n_rows, 1 or trials, 1 or n)
        Read-only.
    dt : float
        Between two rows, ms.
    linear : bool
        Whether to interpolate between rows, or to hold each until the next.
    after : str
        One of `AFTER`.
    """

    values: Floats
    dt: float
    linear: bool
    after: str

    @property
    def n_held(self) -> int:
        """Intervals for which there are values."""
        return len(self.values) - int(self.linear)

    def at(self, t: Any, trial: Integers, column: Integers) -> Floats:
        """The rows at some times, shape of `t` and a last axis for the pairs of trial and column."""
        row, over = self._row(t)
        found = self.values[self._valid(row), trial, column]
        return np.where(over, 0.0, found) if self.after == "zero" else found

    def slope(self, t: Any, trial: Integers, column: Integers) -> Floats:
        """How much a value grows up to the next row, per ms, shaped likewise."""
        row, over = self._row(t)
        there, here = (self.values[self._valid(k), trial, column] for k in (row + 1, row))
        return np.where(over & (self.after != "repeat"), 0.0, (there - here) / self.dt)

    def _row(self, t: Any) -> tuple[Integers, NDArray[np.bool_]]:
        # A time on the grid may be a little less than the multiple of dt that it stands for.
        row = np.floor(np.asarray(t, dtype=np.float64)[..., None] * (1 + 1e-14) / self.dt).astype(np.int64)
        return row, row >= self.n_held

    def _valid(self, row: Integers) -> Integers:
        n_rows = len(self.values)
        return row % n_rows if self.after == "repeat" else np.minimum(row, n_rows - 1)


@dataclass(frozen=True, eq=False)
class Course:
    """A table as a function of the time, for the neurons of a population.

    Attributes
    ----------
    table : Table
        Of the neurons from `start` up to `stop`; for others the value is 0.
    start, stop, n : int
        n neurons in all.
    slope : bool
        Whether it is the slope of the table.
    chosen : ndarray of int64, optional
        Flat indices ``trial*n + neuron`` of those that are wanted.
    """

    table: Table
    start: int
    stop: int
    n: int
    slope: bool = False
    chosen: Integers | None = None

    def select(self, flat: Integers) -> Course:
        """The course for some neurons, given as flat indices ``trial*n + neuron``."""
        return replace(self, chosen=flat)

    def __call__(self, t: Any) -> Floats:
        """Values at a time, shape (n,), (trials, n) or (n_chosen,), or at times of shape (n_times, 1)."""
        _, trials, width = self.table.values.shape
        flat = np.arange(trials * self.n) if self.chosen is None else self.chosen
        trial = flat // self.n if trials > 1 else np.zeros_like(flat)
        neuron = flat % self.n - self.start
        mine = (neuron >= 0) & (neuron < self.stop - self.start)
        times = np.asarray(t)
        column = np.where(mine, neuron, 0) if width > 1 else np.zeros_like(flat)
        read = self.table.slope if self.slope else self.table.at
        found = np.where(mine, read(times[..., 0] if times.ndim else times, trial, column), 0.0)
        if self.chosen is None and trials > 1:
            return found.reshape(*found.shape[:-1], trials, self.n)
        return found
