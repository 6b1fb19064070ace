"""What all recordings have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

from neurosim.recording.columns import Columns, Layout, Store


class Recording(ABC):
    """Something recorded while a network ran: a monitor, or what it left in a file.

    Arrays that it hands out stay what they are, whatever the network does next.

    Parameters
    ----------
    name : str
    dt : float, default 0
        Time step of the network, ms; 0 before it has run.
    trials : int, default 1

    Attributes
    ----------
    columns : Store
        The records as plain arrays: see `layout`.
    """

    KIND: ClassVar[str]
    FIELDS: ClassVar[tuple[str, ...]]
    """Attributes that a file must hold, in the order in which they are passed on creation, by name."""

    def __init__(self, *, name: str, dt: float = 0.0, trials: int = 1) -> None:
        self.name, self.dt, self.trials = name, dt, trials
        self.columns: Store = Columns(self.layout(trials))

    @abstractmethod
    def layout(self, trials: int) -> Layout:
        """Data type and shape of a row of each column, for a number of trials."""

    def header(self) -> dict[str, Any]:
        """What a file must say about the recording, for JSON."""
        fields = {field: getattr(self, field) for field in ("name", "dt", "trials", *self.FIELDS)}
        plain = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in fields.items()}
        return {"kind": self.KIND, **plain}

    @property
    def duration(self) -> float:
        """Time up to which everything was recorded, ms."""
        return self.columns.end * self.dt

    @property
    def complete(self) -> bool:
        """Whether the recording ends where a run ended; not so in a file after a crash."""
        return self.columns.complete

    def steps_of_rows(self) -> np.ndarray:
        """Time step of each row."""
        return self.columns.read("_step")

    @property
    def t(self) -> np.ndarray:
        """Times, ms."""
        return np.asarray(self.steps_of_rows() * self.dt)

    def series(self) -> dict[str, tuple[np.ndarray, str]]:
        """What was recorded at each time, (n_times, ...), and its unit, by name."""
        return {}

    def places(self) -> tuple[str, np.ndarray]:
        """What the last axis of a series counts, ``"neuron"`` or ``"synapse"``, and their numbers."""
        return "", np.zeros(0, np.int64)

    def axes(self, n_axes: int) -> list[str]:
        """Names of the axes of a series after the first, which is time."""
        names = [name for name in (self.places()[0],) if name]
        return names if n_axes == 1 + len(names) else ["trial", *names]

    def to_pandas(self) -> Any:
        """The recording as a pandas DataFrame; its ``attrs`` hold the units.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        from neurosim.recording.exchange import to_pandas

        return to_pandas(self)

    def to_xarray(self) -> Any:
        """The recording as an xarray Dataset; each variable's ``attrs`` hold its unit.

        Raises
        ------
        ImportError
            If xarray is not installed.
        """
        from neurosim.recording.exchange import to_xarray

        return to_xarray(self)

    def to_neo(self) -> Any:
        """The recording as a Neo Block with a Segment for each trial; quantities carry the units.

        Raises
        ------
        ImportError
            If neo is not installed.
        """
        from neurosim.recording.exchange import to_neo

        return to_neo(self)
