"""A constant that is switched on and off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from neurosim.network.stimuli.stimulus import Interval
from neurosim.units import Unit


@dataclass(frozen=True, repr=False, eq=False)
class Step(Interval):
    """`amplitude` from `start` until `stop`, else 0.

    Parameters
    ----------
    amplitude : float, array_like, str or quantity
        One for all, (n,) or (trials, n), as all parameters; a bare number is in the unit of the input.
    start : float, array_like, str or quantity, default 0
        ms.
    stop : float, array_like, str or quantity, optional
        ms; without it the step does not end.

    Raises
    ------
    ParameterError, UnitError
        If a time is not one, or `stop` is not after `start`; when it is assigned, if the amplitude does not
        fit the input.

    Examples
    --------
    >>> from neurosim import LIF, Population, Step
    >>> cells = Population(100, LIF)
    >>> cells[:50]["v_in"] = Step(1.5, start="100 ms", stop="600 ms") + 0.2
    """

    amplitude: Any
    start: Any = 0.0
    stop: Any = None

    def units(self, unit: Unit) -> dict[str, Unit]:
        """Units of amplitude and times."""
        return {"amplitude": unit} | self.times()

    @property
    def formula(self) -> str:
        """The amplitude inside the interval."""
        return f"amplitude*{self.inside}"
