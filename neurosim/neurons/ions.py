"""Potentials that concentrations make: Nernst, Goldman-Hodgkin-Katz, and the sodium-potassium pump."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np

from neurosim.equations.functions import exprel
from neurosim.errors import ParameterError
from neurosim.units import convert

FARADAY = 96485.33212
"""C/mol (CODATA 2018, as is the gas constant)."""

GAS_CONSTANT = 8.31446261815324
"""J/(mol kelvin)."""


def thermal_voltage(T: Any) -> np.ndarray:
    """RT/F, mV.

    Parameters
    ----------
    T : float, array_like, str or quantity
        Temperature, degrees Celsius; text may give it in kelvin.

    Raises
    ------
    ParameterError, UnitError
        If it is not a temperature above absolute zero.
    """
    if isinstance(T, str) and "kelvin" in T:
        kelvin = np.asarray(convert(T, "kelvin", "T"))
    else:
        kelvin = np.asarray(convert(T, "celsius", "T")) + 273.15
    if np.any(kelvin <= 0):
        raise ParameterError("T", T, "must be above absolute zero, -273.15 celsius")
    return 1000.0 * GAS_CONSTANT * kelvin / FARADAY


def nernst(outside: Any, inside: Any, valence: int = 1, T: Any = 37.0) -> np.ndarray:
    """Potential at which an ion is in equilibrium: ``RT/(zF) ln(outside/inside)`` (Nernst 1889).

    Parameters
    ----------
    outside, inside : float, array_like, str or quantity
        Concentrations, mM.
    valence : int, default 1
        Charges of the ion: 2 for calcium, -1 for chloride.
    T : float, array_like, str or quantity, default 37
        Temperature, degrees Celsius; text may give it in kelvin.

    Returns
    -------
    ndarray, of the shape the arguments have together
        mV.

    Raises
    ------
    ParameterError, UnitError
        If a concentration is not positive, the valence not a whole number other than 0, or the temperature
        not above absolute zero.

    Examples
    --------
    >>> round(float(nernst("3.5 mM", "135 mM", T=37)), 1)
    -97.6
    """
    ratio = _concentration(outside, "nernst.outside") / _concentration(inside, "nernst.inside")
    return np.asarray(thermal_voltage(T) / _valence(valence, "nernst.valence") * np.log(ratio))


@dataclass(frozen=True)
class Ion:
    """An ion on both sides of a membrane.

    Parameters
    ----------
    permeability : float
        Relative to those of the other ions.
    outside, inside : float, str or quantity
        Concentrations, mM.
    valence : int, default 1

    Raises
    ------
    ParameterError, UnitError
        If the permeability is negative, a concentration not positive, or the valence not a whole number
        other than 0.
    """

    permeability: float
    _: KW_ONLY
    outside: Any
    inside: Any
    valence: int = 1

    def __post_init__(self) -> None:
        permeability = convert(self.permeability, "1", "Ion.permeability")
        if not isinstance(permeability, float) or permeability < 0:
            raise ParameterError("Ion.permeability", self.permeability, "must be a number, 0 or more")
        object.__setattr__(self, "permeability", permeability)
        for side in ("outside", "inside"):
            level = _concentration(getattr(self, side), f"Ion.{side}")
            if level.ndim:
                raise ParameterError(f"Ion.{side}", getattr(self, side), "must be a single concentration")
            object.__setattr__(self, side, float(level))
        _valence(self.valence, "Ion.valence")

    def flux_of_charge(self, u: float) -> float:
        """Outward current, in arbitrary units, at the voltage `u` in units of RT/F (the GHK current)."""
        x = self.valence * u
        driven = self.inside - self.outside * np.exp(-x)
        return float(self.permeability * self.valence * driven / exprel(-x))


def ghk_voltage(ions: Mapping[str, Ion], T: Any = 37.0) -> float:
    """Voltage at which the currents of several ions cancel (Goldman 1943; Hodgkin & Katz 1949).

    For ions of one charge it is
    ``RT/F ln((P_K K_o + P_Na Na_o + P_Cl Cl_i)/(P_K K_i + P_Na Na_i + P_Cl Cl_o))``; with others among them,
    such as calcium, it is the voltage at which the Goldman-Hodgkin-Katz currents sum to zero.

    Parameters
    ----------
    ions : mapping of str to Ion
        By name.
    T : float, str or quantity, default 37
        Temperature, degrees Celsius; text may give it in kelvin.

    Returns
    -------
    float
        mV.

    Raises
    ------
    ParameterError, UnitError
        If no ion can pass, or the temperature is not above absolute zero.

    References
    ----------
    doi:10.1113/jphysiol.1949.sp004310, doi:10.1085/jgp.27.1.37

    Examples
    --------
    >>> squid = {
    ...     "K": Ion(1.0, outside=20, inside=400),
    ...     "Na": Ion(0.04, outside=440, inside=50),
    ...     "Cl": Ion(0.45, outside=560, inside=52, valence=-1),
    ... }
    >>> round(ghk_voltage(squid, T=20), 1)
    -59.9
    """
    from scipy.optimize import brentq

    for name, ion in ions.items():
        if not isinstance(ion, Ion):
            raise ParameterError("ghk_voltage.ions", {name: ion}, "must map names to Ions")
    scale = thermal_voltage(T)
    if scale.ndim:
        raise ParameterError("ghk_voltage.T", T, "must be a single temperature")
    passing = [ion for ion in ions.values() if ion.permeability > 0]
    if not passing:
        raise ParameterError("ghk_voltage.ions", ions, "at least one ion must have a permeability above 0")
    # Each current rises with the voltage through 0 at the ion's own Nernst potential.
    equilibria = [np.log(ion.outside / ion.inside) / ion.valence for ion in passing]
    low, high = min(equilibria), max(equilibria)
    if low == high:
        return float(scale * low)
    total = brentq(lambda u: sum(ion.flux_of_charge(u) for ion in passing), low, high, xtol=1e-14, rtol=1e-14)
    return float(scale * total)


def pump_resting_potential(sodium: Ion, potassium: Ion, T: Any = 37.0, *, ratio: float = 1.5) -> float:
    """Resting potential of a cell whose pump carries `ratio` sodium ions out for each potassium ion in.

    At rest the leaks undo what the pump does: sodium leaks in `ratio` times as fast as potassium leaks out,
    so ``V = RT/F ln((r P_K K_o + P_Na Na_o)/(r P_K K_i + P_Na Na_i))`` (Mullins & Noda 1963). Three for two
    is r = 3/2; r = 1 is a pump that moves no charge, and gives the Goldman-Hodgkin-Katz voltage. Ions that no
    pump moves, such as chloride, are in equilibrium and do not enter.

    Parameters
    ----------
    sodium, potassium : Ion
    T : float, str or quantity, default 37
        Temperature, degrees Celsius; text may give it in kelvin.
    ratio : float, default 1.5

    Returns
    -------
    float
        mV.

    Raises
    ------
    ParameterError, UnitError
        If the ratio is not positive, or an argument is not what `ghk_voltage` takes.

    References
    ----------
    doi:10.1085/jgp.47.1.117

    Examples
    --------
    >>> sodium = Ion(0.04, outside=440, inside=50)
    >>> potassium = Ion(1.0, outside=20, inside=400)
    >>> round(pump_resting_potential(sodium, potassium, T=20), 1)
    -64.1
    """
    pumped = convert(ratio, "1", "pump_resting_potential.ratio")
    if not isinstance(pumped, float) or pumped <= 0:
        raise ParameterError("pump_resting_potential.ratio", ratio, "must be a positive number")
    for name, ion in (("sodium", sodium), ("potassium", potassium)):
        if not isinstance(ion, Ion) or ion.valence != 1:
            raise ParameterError(f"pump_resting_potential.{name}", ion, "must be an Ion of valence 1")
    weighted = Ion(
        pumped * potassium.permeability, outside=potassium.outside, inside=potassium.inside, valence=1
    )
    return ghk_voltage({"Na": sodium, "K": weighted}, T)


def _concentration(value: Any, where: str) -> np.ndarray:
    level = np.asarray(convert(value, "mM", where))
    if np.any(level <= 0):
        raise ParameterError(where, value, "must be a positive concentration, in mM")
    return level


def _valence(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value == 0:
        raise ParameterError(where, value, "must be a whole number other than 0")
    return value
