"""Calcium inside the cell: the pool that calcium currents fill, and the potassium current it opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

from neurosim.equations.names import objection
from neurosim.equations.parameter import Parameter, read_parameters
from neurosim.errors import ParameterError
from neurosim.neurons.channel import Channel, Quantity
from neurosim.neurons.gate import Gate
from neurosim.neurons.ions import FARADAY, thermal_voltage
from neurosim.units import convert


@dataclass(frozen=True)
class CalciumPool:
    """Calcium concentration in a shell under the membrane, which calcium currents fill and pumps empty.

    ``dCa/dt = -(I_Ca)/(2*F*depth) - (Ca - Ca_rest)/tau_Ca``: two charges an ion, F the Faraday constant
    (Destexhe et al. 1993, doi:10.1016/S0006-3495(93)81190-1, without the saturation of the pump).

    Parameters
    ----------
    currents : sequence of str
        Names of the channels that carry calcium.
    name : str, default "Ca"
        The concentration; its parameters are ``depth_<name>`` or ``volume_<name>``, ``tau_<name>`` and
        ``<name>_rest``.
    depth : str, (value, unit) or Parameter, optional
        Depth of the shell, um, for a neuron with currents per area.
    volume : str, (value, unit) or Parameter, optional
        Volume of the shell, um3, for a neuron with currents of the whole cell.
    decay : str, (value, unit) or Parameter, default "5 ms"
        Time constant with which the concentration returns to rest.
    rest : str, (value, unit) or Parameter, default "2.4e-4 mM"
        Concentration at rest, where it starts too.

    Raises
    ------
    ParameterError, UnitError
        If a name or value cannot be used, or not exactly one of depth and volume is given.
    """

    currents: Sequence[str]
    name: str = "Ca"
    _: KW_ONLY
    depth: Quantity | None = None
    volume: Quantity | None = None
    decay: Quantity = "5 ms"
    rest: Quantity = "2.4e-4 mM"

    def __post_init__(self) -> None:
        if reason := objection(self.name):
            raise ParameterError("CalciumPool.name", self.name, reason)
        where = f"CalciumPool {self.name}"
        currents = (self.currents,) if isinstance(self.currents, str) else tuple(self.currents)
        if not currents or any(objection(current) for current in currents):
            raise ParameterError(f"{where}.currents", self.currents, "must name at least one channel")
        object.__setattr__(self, "currents", currents)
        if (self.depth is None) == (self.volume is None):
            limit = "give either the depth (currents per area) or the volume (currents of the whole cell)"
            raise ParameterError(where, {"depth": self.depth, "volume": self.volume}, limit)
        for key, unit, meaning in (
            ("depth", "um", "depth of the shell that takes up calcium"),
            ("volume", "um3", "volume of the shell that takes up calcium"),
            ("decay", "ms", "time constant of the removal of calcium"),
            ("rest", "mM", "calcium concentration at rest"),
        ):
            if getattr(self, key) is not None:
                object.__setattr__(self, key, _read(getattr(self, key), unit, meaning, f"{where}.{key}"))

    @property
    def parameters(self) -> dict[str, Any]:
        """Parameters of the equation, by name."""
        size = "depth" if self.depth is not None else "volume"
        return {
            f"{size}_{self.name}": getattr(self, size),
            f"tau_{self.name}": self.decay,
            f"{self.name}_rest": self.rest,
        }

    @property
    def equations(self) -> str:
        """The pool's differential equation."""
        size, tau, rest = self.parameters
        inward = " + ".join(f"I_{current}" for current in self.currents)
        influx = f"-({inward})/(2*{FARADAY!r}*fC/fmol*{size})"
        return f"d{self.name}/dt = {influx} - ({self.name} - {rest})/{tau} : mM"

    def reversal(self, outside: Any, T: Any) -> str:
        """Text of the Nernst potential of calcium, for the `reversal` of a channel.

        Parameters
        ----------
        outside : float, str or quantity
            Concentration outside, mM.
        T : float, str or quantity
            Temperature, degrees Celsius; text may give it in kelvin.

        Raises
        ------
        ParameterError, UnitError
            If the concentration is not one positive number, or the temperature not above absolute zero.
        """
        level = convert(outside, "mM", "CalciumPool.outside")
        if not isinstance(level, float) or level <= 0:
            raise ParameterError("CalciumPool.outside", outside, "must be a positive concentration")
        return f"{float(thermal_voltage(T)) / 2!r}*mV*log({level!r}*mM/{self.name})"


def calcium_activated_potassium(
    g_max: Quantity, reversal: Quantity, *, name: str = "AHP", pool: str = "Ca", K_d: Quantity = "30 uM"
) -> Channel:
    """Potassium channel that calcium opens: ``I_AHP = g_AHP*Ca/(Ca + K_d)*(v - E_K)``.

    It follows the concentration without delay, which makes spikes slower the more there have been (Wang 1998,
    doi:10.1152/jn.1998.79.3.1549).

    Parameters
    ----------
    g_max, reversal : str, (value, unit), (value, unit, meaning) or Parameter
        As for `Channel`.
    name : str, default "AHP"
    pool : str, default "Ca"
        Name of the `CalciumPool`.
    K_d : str, (value, unit) or Parameter, default "30 uM"
        Concentration at which half of the channels are open; the parameter ``K_d_<name>``.

    Raises
    ------
    ParameterError, UnitError
        If a name or value cannot be used.
    """
    half = f"K_d_{name}"
    meaning = "calcium concentration that opens half of the channels"
    gate = Gate(f"w_{name}", steady_state=f"{pool}/({pool} + {half})", instantaneous=True)
    where = f"calcium_activated_potassium {name}.K_d"
    return Channel(name, g_max, reversal, [gate], parameters={half: _read(K_d, "mM", meaning, where)})


def _read(given: Any, unit: str, meaning: str, where: str) -> Parameter:
    """A positive parameter, in the unit it was given in."""
    (parameter,) = read_parameters({"value": given}, where).values()
    size = convert(f"{parameter.value!r} {parameter.unit}", unit, where)
    if not isinstance(size, float) or size <= 0:
        raise ParameterError(where, given, f"must be positive, in {unit}")
    return Parameter(parameter.value, parameter.unit, parameter.meaning or meaning)
