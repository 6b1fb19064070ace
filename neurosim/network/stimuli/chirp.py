"""A sine wave whose frequency changes."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import Any

from neurosim.errors import ParameterError
from neurosim.network.stimuli.stimulus import Interval
from neurosim.units import Unit, parse_unit

SWEEPS = {
    "linear": "f0*passed*(1 + 0.5*(f1/f0 - 1)*passed/(stop - start))",
    "exponential": "f0*passed*exprel(log(f1/f0)*passed/(stop - start))",
}
"""Cycles since the start: the integral of the frequency."""


@dataclass(frozen=True, repr=False, eq=False)
class Chirp(Interval):
    """``amplitude*sin(2*pi*cycles + phase)`` from `start` until `stop`, with a frequency that goes from `f0`
    to `f1`; else 0.

    Parameters
    ----------
    amplitude : float, array_like, str or quantity
        One for all, (n,) or (trials, n), as all parameters; a bare number is in the unit of the input.
    f0, f1 : float, array_like, str or quantity
        Frequencies at `start` and `stop`, Hz, positive.
    start, stop : float, array_like, str or quantity
        ms.
    phase : float or array_like, default 0
        Radians.
    sweep : {"linear", "exponential"}, default "linear"
        Whether the frequency grows by the same amount, or by the same factor, in equal times.

    Raises
    ------
    ParameterError, UnitError
        If a frequency is not positive, `stop` is not after `start`, or there is no such sweep; when it is
        assigned, if the amplitude does not fit the input.
    """

    amplitude: Any
    f0: Any
    f1: Any
    start: Any
    stop: Any
    phase: Any = 0.0
    sweep: str = "linear"

    equations = "passed = t - start : ms"

    def __post_init__(self) -> None:
        if self.stop is None:
            raise ParameterError("Chirp.stop", None, "must be a time")
        super().__post_init__()
        self._check("f0", "Hz", above=0.0, zero=False)
        self._check("f1", "Hz", above=0.0, zero=False)
        self._check("phase", "1")
        if self.sweep not in SWEEPS:
            raise ParameterError("Chirp.sweep", self.sweep, f"must be one of {', '.join(SWEEPS)}")

    def units(self, unit: Unit) -> dict[str, Unit]:
        """Units of amplitude, frequencies, phase and times."""
        hertz = parse_unit("Hz")
        return {"amplitude": unit, "f0": hertz, "f1": hertz, "phase": parse_unit("1")} | self.times()

    @property
    def formula(self) -> str:
        """The wave inside the interval."""
        return f"amplitude*sin({2 * pi!r}*{SWEEPS[self.sweep]} + phase)*{self.inside}"
