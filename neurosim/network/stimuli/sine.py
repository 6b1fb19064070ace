"""A sine wave."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import Any

from neurosim.network.stimuli.stimulus import Interval
from neurosim.units import Unit, parse_unit


@dataclass(frozen=True, repr=False, eq=False)
class Sine(Interval):
    """``amplitude*sin(2*pi*frequency*(t - start) + phase)`` from `start` until `stop`, else 0.

    Parameters
    ----------
    amplitude : float, array_like, str or quantity
        One for all, (n,) or (trials, n), as all parameters; a bare number is in the unit of the input.
    frequency : float, array_like, str or quantity
        Hz, not negative.
    phase : float or array_like, default 0
        Radians; pi/2 makes a cosine.
    start : float, array_like, str or quantity, default 0
        ms.
    stop : float, array_like, str or quantity, optional
        ms.

    Raises
    ------
    ParameterError, UnitError
        If the frequency is negative, or `stop` is not after `start`; when it is assigned, if the amplitude
        does not fit the input.
    """

    amplitude: Any
    frequency: Any
    phase: Any = 0.0
    start: Any = 0.0
    stop: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("frequency", "Hz", above=0.0)
        self._check("phase", "1")

    def units(self, unit: Unit) -> dict[str, Unit]:
        """Units of amplitude, frequency, phase and times."""
        own = {"amplitude": unit, "frequency": parse_unit("Hz"), "phase": parse_unit("1")}
        return own | self.times()

    @property
    def formula(self) -> str:
        """The wave inside the interval."""
        return f"amplitude*sin({2 * pi!r}*frequency*(t - start) + phase)*{self.inside}"
