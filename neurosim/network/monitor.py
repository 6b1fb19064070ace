"""What all monitors have in common."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from neurosim.description import Described
from neurosim.network.checks import checked_flag, checked_name
from neurosim.network.group import Group
from neurosim.recording import Recording
from neurosim.recording.columns import Columns
from neurosim.recording.stream import StreamedColumns, check_written, checked_target


class Monitor(Recording, Described):
    """A recording that a network adds to while it runs.

    Attributes
    ----------
    group : Group
        Population that must be in the same network.
    network : Network or None
        The network it has run in.
    path : Path or None
        File that the records are streamed to.
    interval : float or None
        Time between two records, ms; None for every step.
    overwrite : bool
        Whether a file that exists may be replaced.
    closed : bool
        Whether it has stopped recording.
    """

    columns: Columns | StreamedColumns
    interval: float | None = None
    INTERVAL: ClassVar[str] = "dt"
    """Name of the argument that gives the interval."""

    def _attach(self, group: Group, file: str | os.PathLike[str] | None, overwrite: bool) -> None:
        self.network: Any = None
        self.name = checked_name(f"{type(self).__name__}.name", self.name, self.name)
        self.closed, self.overwrite = False, checked_flag(f"{self.name}.overwrite", overwrite)
        self.path: Path | None = None
        if file is not None:
            self.path = checked_target(f"{self.name}.file", file, overwrite)
        self.group = group
        group.attached.add(self)

    def clear(self, dt: float, trials: int) -> None:
        """Forget what was recorded, and set the time step (ms) and the number of trials."""
        self.dt, self.trials = dt, trials
        layout = self.layout(trials)
        self.columns = (
            Columns(layout) if self.path is None else StreamedColumns(self.path, layout, self.header())
        )

    @property
    def stream(self) -> StreamedColumns | None:
        """The columns, if they go to a file and the monitor is not closed."""
        return self.columns if isinstance(self.columns, StreamedColumns) and not self.closed else None

    def reach(self, step: int) -> None:
        """Note that everything before a step is recorded."""
        self.columns.end = step

    def description(self) -> dict[str, Any]:
        """Arguments that make a monitor like this, but for what was recorded."""
        file = None if self.path is None else str(self.path)
        # Once it has run, the file is its own.
        return {"name": self.name, "file": file, "overwrite": self.overwrite or self.dt > 0}

    def snapshot(self) -> dict[str, Any]:
        """What was recorded, and whether it goes on. Arrays are those in use, not copies.

        Raises
        ------
        OutputError
            If records that were not yet in their file cannot be written now.
        """
        return {"dt": self.dt, "trials": self.trials, "closed": self.closed, **self.columns.snapshot()}

    def check_file(self, saved: Mapping[str, Any]) -> None:
        """Refuse to go back where a file does not hold any more what was recorded by then.

        Raises
        ------
        DataError
            If it does not.
        """
        if self.path is not None and saved["dt"] > 0:
            check_written(self.path, saved["size"], saved["heads"])

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over what `snapshot` found; a file is cut back to it when it is next written to."""
        self.closed = saved["closed"]
        if saved["dt"] > 0:
            self.clear(saved["dt"], saved["trials"])
            self.columns.restore(saved)
        else:
            self.dt, self.trials, self.columns = 0.0, 1, Columns(self.layout(1))

    def close(self) -> None:
        """Stop recording for good; what was recorded stays.

        A network whose file cannot be written to any more goes on after this.
        """
        self.closed = True
