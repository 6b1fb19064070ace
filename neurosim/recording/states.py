"""Recorded state variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from neurosim.errors import ParameterError
from neurosim.recording.columns import Layout
from neurosim.recording.recording import Recording


class StateRecording(Recording):
    """Values of variables of some neurons over time.

    Parameters
    ----------
    name : str
    units : mapping of str to str
        Unit of each variable.
    record : array_like of int, shape (n_recorded,)
        Neurons, counted from the start of what was watched.
    dt, trials
        As for `Recording`.

    Attributes
    ----------
    variables : list of str
    t : ndarray, shape (n_times,)
        ms.

    Notes
    -----
    ``recording["v"]`` has the shape (n_times, n_recorded), or (n_times, trials, n_recorded) with several
    trials, in the variable's unit, and cannot be written to.
    """

    KIND = "states"
    FIELDS = ("units", "record")

    def __init__(
        self,
        *,
        name: str,
        units: Mapping[str, str],
        record: Sequence[int] | np.ndarray,
        dt: float = 0.0,
        trials: int = 1,
    ) -> None:
        self.units = dict(units)
        self.record = np.asarray(record, dtype=np.int64)
        super().__init__(name=name, dt=dt, trials=trials)

    def layout(self, trials: int) -> Layout:
        """Step, and the values of each variable in its unit."""
        shape = (self.record.size,) if trials == 1 else (trials, self.record.size)
        values = dict.fromkeys(self.units, ("<f8", shape))
        return {"_step": ("<i8", ()), **values}

    @property
    def variables(self) -> list[str]:
        """Names of the variables."""
        return list(self.units)

    def series(self) -> dict[str, tuple[np.ndarray, str]]:
        """Values and unit of each variable."""
        return {variable: (self[variable], unit) for variable, unit in self.units.items()}

    def places(self) -> tuple[str, np.ndarray]:
        """The neurons recorded."""
        return "neuron", self.record

    def __getitem__(self, variable: str) -> np.ndarray:
        if not isinstance(variable, str) or variable not in self.units:
            limit = f"was not recorded; there are {', '.join(self.units)}"
            raise ParameterError(f"{self.name}[{variable!r}]", variable, limit)
        return self.columns.read(variable)

    def __repr__(self) -> str:
        return f"StateRecording({self.name!r}, {self.variables}, {self.columns.n_rows} times)"
