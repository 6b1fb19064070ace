"""A recorded or computed course of values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.network.stimuli.stimulus import NOW, Component
from neurosim.network.stimuli.table import AFTER, Floats, Table
from neurosim.units import Unit, convert, convert_by_itself, is_quantity, parse_unit

INTERPOLATIONS = ("held", "linear")


class Tabulated(Component):
    """A component that reads a table, times a gain."""

    after: str

    @property
    def formula(self) -> str:
        """The row of the step, or the line to the next."""
        if self.table is None or not self.table.linear:
            return "gain*table"
        interval = f"{self.table.dt!r}*ms"
        return f"gain*(table + slope*(t - {interval}*floor({NOW}/({interval}))))"

    def _checked_table(self, values: Floats, dt: Any, dt_name: str, *, linear: bool = False) -> Table:
        kind = type(self).__name__
        interval = convert(dt, "ms", f"{kind}.{dt_name}")
        if not isinstance(interval, float) or interval <= 0:
            raise ParameterError(f"{kind}.{dt_name}", dt, "must be one positive time")
        if self.after not in AFTER:
            raise ParameterError(f"{kind}.after", self.after, f"must be one of {', '.join(AFTER)}")
        return Table(values, interval, linear, self.after)

    def _numbers_in(self, name: str, given: Any) -> np.ndarray:
        """An array of finite numbers, not copied if it is one of 64-bit floats already."""
        where = f"{type(self).__name__}.{name}"
        plain = isinstance(given, np.ndarray) and type(given) is np.ndarray and given.dtype == np.float64
        array = given.view() if plain else np.asarray(convert(given, "1", where))
        if not np.isfinite(array).all():
            raise ParameterError(where, array.shape, "must be finite", "Replace NaN and infinite entries.")
        array = np.ascontiguousarray(array)
        array.setflags(write=False)
        return array


@dataclass(frozen=True, repr=False, eq=False)
class TimedArray(Tabulated):
    """Values at equal intervals: row k holds from ``k*dt`` to ``(k + 1)*dt``, or lies on a line to the next.

    Parameters
    ----------
    values : array_like, shape (n_times,), (n_times, n) or (n_times, trials, n)
        Bare numbers, in `unit`, or a quantity. An array of 64-bit floats, in C order, is not copied: leave it
        as it is while the network runs.
    dt : float, str or quantity
        Interval, ms, a multiple of the network's time step.
    unit : str, optional
        By default that of the input.
    interpolation : {"held", "linear"}, default "held"
        With ``linear`` the last row stands for one moment, at ``(n_times - 1)*dt``.
    after : {"error", "hold", "zero", "repeat"}, default "error"
        What follows the last row: a longer run is refused, the row holds on, nothing, or the first row again.

    Raises
    ------
    ParameterError, UnitError
        If the values are not finite numbers, or another argument is not usable; when it is assigned, if unit
        or shape do not fit; when the network runs, if `dt` is off its grid or the array too short.
    """

    values: Any
    dt: Any
    unit: str | None = None
    interpolation: str = "held"
    after: str = "error"

    def __post_init__(self) -> None:
        if self.interpolation not in INTERPOLATIONS:
            limit = f"must be one of {', '.join(INTERPOLATIONS)}"
            raise ParameterError("TimedArray.interpolation", self.interpolation, limit)
        if self.unit is not None:
            parse_unit(self.unit)
        if is_quantity(self.values):
            unit = (
                parse_unit(self.unit) if self.unit else convert_by_itself(self.values, "TimedArray.values")[1]
            )
            object.__setattr__(self, "values", convert(self.values, unit, "TimedArray.values"))
            object.__setattr__(self, "unit", unit.name)
        if self.table.linear and len(self.table.values) < 2:
            raise ParameterError("TimedArray.values", self.table.values.shape, "must have two rows or more")

    @cached_property
    def table(self) -> Table:
        """The values with three axes."""
        values = self._numbers_in("values", self.values)
        if values.ndim not in (1, 2, 3) or not values.size:
            limit = "the shape must be (n_times,), (n_times, n) or (n_times, trials, n)"
            raise ParameterError("TimedArray.values", values.shape, limit)
        shape = (len(values), *(1,) * (3 - values.ndim), *values.shape[1:])
        return self._checked_table(
            values.reshape(shape), self.dt, "dt", linear=self.interpolation == "linear"
        )

    def units(self, unit: Unit) -> dict[str, Unit]:
        """Unit of the gain, which is 1."""
        return {"gain": unit}

    def given(self, name: str) -> Any:
        """A parameter as the user gave it."""
        return 1.0 if self.unit is None else f"1 {self.unit}"
