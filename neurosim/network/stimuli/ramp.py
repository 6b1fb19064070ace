"""A straight line between two times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from neurosim.errors import ParameterError
from neurosim.network.stimuli.stimulus import Interval
from neurosim.units import Unit


@dataclass(frozen=True, repr=False, eq=False)
class Ramp(Interval):
    """A straight line from `initial` at `start` to `final` at `stop`; 0 before and after.

    To stay at the end, add ``Step(final, start=stop)``.

    Parameters
    ----------
    final : float, array_like, str or quantity
        One for all, (n,) or (trials, n), as all parameters; a bare number is in the unit of the input.
    start, stop : float, array_like, str or quantity
        ms.
    initial : float, array_like, str or quantity, default 0

    Raises
    ------
    ParameterError, UnitError
        If a time is not one, or `stop` is not after `start`; when it is assigned, if a value does not fit the
        input.
    """

    final: Any
    start: Any
    stop: Any
    initial: Any = 0.0

    def __post_init__(self) -> None:
        if self.stop is None:
            raise ParameterError("Ramp.stop", None, "must be a time")
        super().__post_init__()

    def units(self, unit: Unit) -> dict[str, Unit]:
        """Units of values and times."""
        return {"final": unit, "initial": unit} | self.times()

    @property
    def formula(self) -> str:
        """The line inside the interval."""
        return f"(initial + (final - initial)*(t - start)/(stop - start))*{self.inside}"
