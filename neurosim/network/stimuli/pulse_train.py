"""Rectangular pulses at a fixed frequency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.network.stimuli.stimulus import NOW, Interval
from neurosim.units import Unit, parse_unit


@dataclass(frozen=True, repr=False, eq=False)
class PulseTrain(Interval):
    """Pulses of a constant height: the first begins at `start`, the next after 1/`frequency`, and so on.

    Each lasts for the steps that begin inside it, so it should last for at least one.

    Parameters
    ----------
    amplitude : float, array_like, str or quantity
        One for all, (n,) or (trials, n), as all parameters; a bare number is in the unit of the input.
    frequency : float, array_like, str or quantity
        Hz.
    width : float, array_like, str or quantity
        Duration of a pulse, ms, shorter than the period.
    start : float, array_like, str or quantity, default 0
        ms.
    stop : float, array_like, str or quantity, optional
        ms; a pulse is cut off here.

    Raises
    ------
    ParameterError, UnitError
        If a time or the frequency is not positive, the pulses overlap, or `stop` is not after `start`; when
        it is assigned, if the amplitude does not fit the input.
    """

    amplitude: Any
    frequency: Any
    width: Any
    start: Any = 0.0
    stop: Any = None

    equations = f"cycles = ({NOW} - start)*frequency : 1"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("frequency", "Hz", above=0.0, zero=False)
        self._check("width", "ms", above=0.0, zero=False)
        width, frequency = self._number("width", "ms"), self._number("frequency", "Hz")
        if np.any(width * np.asarray(frequency) / 1000.0 >= 1.0):
            limit = f"must be shorter than the period of {self.frequency}"
            raise ParameterError("PulseTrain.width", self.width, limit)

    def units(self, unit: Unit) -> dict[str, Unit]:
        """Units of height, frequency and times."""
        own = {"amplitude": unit, "frequency": parse_unit("Hz"), "width": parse_unit("ms")}
        return own | self.times()

    @property
    def formula(self) -> str:
        """The amplitude in the first part of each cycle."""
        return f"amplitude*int(cycles - floor(cycles) < width*frequency)*{self.inside}"
