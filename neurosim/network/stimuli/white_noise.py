"""Noise without memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from neurosim.network.stimuli.stimulus import Component
from neurosim.units import Unit, parse_unit


@dataclass(frozen=True, repr=False, eq=False)
class WhiteNoise(Component):
    """``sigma*xi`` with xi Gaussian white noise, independent in each neuron.

    Its integral over a time T is normal with the standard deviation ``sigma*sqrt(T)``, whatever the time
    step. The input must enter the equations of the neuron as a sum, perhaps times a factor.

    Parameters
    ----------
    sigma : float, array_like, str or quantity
        One for all, (n,) or (trials, n). In the unit of the input times ``ms**0.5``: ``"20 pA*ms**0.5"``.

    Raises
    ------
    ParameterError, UnitError, EquationError
        When it is assigned: if the value does not fit the input, the population has an integrator that cannot
        do noise, or the input does more than add to a derivative.
    """

    sigma: Any

    formula = "sigma*xi"

    def units(self, unit: Unit) -> dict[str, Unit]:
        """Unit of the strength."""
        return {"sigma": parse_unit(f"({unit.name})*ms**0.5")}
