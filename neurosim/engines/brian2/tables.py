"""Tables that stimuli read, as TimedArrays of Brian2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.engines.brian2.language import package
from neurosim.network.network import Network
from neurosim.network.stimuli.table import Course


class CourseTable:
    """A course of values as a TimedArray: a row for each interval, a column for each series of the table.

    Brian2 looks a row up by the time, which is rounded. So the array has the time step as its interval, and
    the number of the row is counted in steps.

    Parameters
    ----------
    name : str
        What it is called in the equations.
    course : Course
    network : Network
    where : str
        Object and attribute, for messages.

    Raises
    ------
    ParameterError
        If the interval is off the grid of the network.
    """

    def __init__(self, name: str, course: Course, network: Network, where: str) -> None:
        self.course, self.trials = course, network.trials
        self.rows, self.column = f"{name}__rows", f"{name}__column"
        table = course.table
        number = f"t_in_timesteps // {network.whole_steps(table.dt, where)}"
        if table.after == "repeat":
            number = f"({number}) % {len(table.values)}"
        self.text = f"{self.rows}(({number})*dt, {self.column})"
        self.dt = network.dt

    def timed_array(self) -> Any:
        """The rows, and one more for what comes after them."""
        brian2, table = package(), self.course.table
        n_rows, *columns = table.values.shape
        times = (np.arange(n_rows + (table.after != "repeat")) + 0.5) * table.dt
        read = table.slope if self.course.slope else table.at
        rows = read(times, *np.indices(columns).reshape(2, -1))
        unit = 1 / brian2.ms if self.course.slope else 1
        return brian2.TimedArray(rows * unit, dt=self.dt * brian2.ms)

    def columns(self) -> NDArray[np.int64]:
        """Column of each unit of all trials; that of units to which nothing is given does not matter."""
        course, (_, trials, width) = self.course, self.course.table.values.shape
        trial, unit = np.indices((self.trials, course.n)).reshape(2, -1)
        own = np.clip(unit - course.start, 0, width - 1)
        return np.asarray(own + (trial * width if trials > 1 else 0), np.int64)

    def reads_the_same(self, other: CourseTable) -> bool:
        """Whether another one has the same rows for the same units."""
        mine, theirs = self.course, other.course
        return mine.table is theirs.table and (mine.start, mine.stop) == (theirs.start, theirs.stop)


def course_tables(values: Mapping[str, Any], network: Network, where: str) -> dict[str, CourseTable]:
    """Those of some values that are courses; see `CourseTable`."""
    return {k: CourseTable(k, v, network, where) for k, v in values.items() if isinstance(v, Course)}
