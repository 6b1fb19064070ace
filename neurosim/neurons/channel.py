"""An ion channel: a conductance with gates, and the potential at which its current reverses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any

from neurosim.equations.names import objection
from neurosim.equations.parameter import Parameter, read_parameters
from neurosim.errors import ParameterError
from neurosim.neurons.gate import Gate, grouped
from neurosim.units import DIMENSIONLESS, convert_by_itself, is_quantity, parse_unit

Quantity = str | tuple[Any, ...] | Parameter
"""A value with its unit, and perhaps its meaning; or an expression that gives it."""


@dataclass(frozen=True)
class Channel:
    """A kind of ion channel of a neuron: ``I_<name> = g_<name>*(gates)*(v - E_<name>)``.

    Parameters
    ----------
    name : str
        Ion or current, such as ``Na``; the current becomes ``I_Na``.
    g_max : str, quantity, (value, unit), (value, unit, meaning) or Parameter
        Maximal conductance: per area (mS/cm2) or of the whole cell (nS), as the membrane capacitance of the
        neuron is. It becomes the parameter ``g_<name>``; an expression, such as ``"phi_g*g_bar"``, is used as
        it is.
    reversal : str, quantity, (value, unit), (value, unit, meaning) or Parameter
        Reversal potential, mV, likewise: the parameter ``E_<name>``, or an expression, such as ``"E_K"`` for
        the one of another channel.
    gates : sequence of Gate, optional
        Without any, the channel is a leak.
    count : float, (value, unit, meaning), Parameter or str, optional
        Number of channels, for channel noise: each gate fluctuates as Fox & Lu (1994) describe, see
        `Gate.noisy_equations`. It becomes the parameter ``N_<name>``, which may differ between neurons; text
        is an expression and used as it is. By default there is no noise. Instantaneous gates have none.
    equations : str, optional
        Further equations that the channel needs, in the notation of `NeuronModel`.
    parameters : mapping, optional
        Further parameters, as in `NeuronModel`.

    Raises
    ------
    ParameterError, UnitError
        If a name cannot be used, a value has no unit, or the count is not positive.

    Examples
    --------
    >>> gate = Gate("p", steady_state="1/(1 + exp(-(v + 35*mV)/(10*mV)))", time_constant="100*ms")
    >>> print(Channel("M", "0.07 mS/cm2", "-90 mV", [gate]).equation)
    I_M = g_M*p*(v - E_M)
    """

    name: str
    g_max: Quantity
    reversal: Quantity
    gates: Sequence[Gate] = ()
    _: KW_ONLY
    count: Any = None
    equations: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if reason := objection(self.name):
            raise ParameterError("Channel.name", self.name, reason)
        where = f"Channel {self.name}"
        gates = [self.gates] if isinstance(self.gates, Gate) else list(self.gates)
        for gate in gates:
            if not isinstance(gate, Gate):
                raise ParameterError(f"{where}.gates", gate, "must be Gates")
        object.__setattr__(self, "gates", tuple(gates))
        if not isinstance(self.equations, str):
            raise ParameterError(f"{where}.equations", self.equations, "must be text")
        parameters = read_parameters(self.parameters, where)
        object.__setattr__(self, "parameters", parameters)
        if self.count is not None:
            object.__setattr__(self, "count", self._read_count(where))
        for key, symbol in (("g_max", "g"), ("reversal", "E")):
            object.__setattr__(
                self, key, _read(getattr(self, key), f"{symbol}_{self.name}", f"{where}.{key}")
            )
        if isinstance(self.g_max, Parameter) and self.g_max.value < 0:
            raise ParameterError(f"{where}.g_max", self.g_max.value, "must not be negative")

    def _read_count(self, where: str) -> Parameter | str:
        if all(gate.instantaneous for gate in self.gates):
            raise ParameterError(f"{where}.count", self.count, "needs a gate that takes time to open")
        if isinstance(self.count, str) and self.count.strip():
            return " ".join(self.count.split())
        name = f"N_{self.name}"
        count = read_parameters({name: self.count}, where)[name]
        if parse_unit(count.unit).dimension != DIMENSIONLESS or count.value <= 0:
            raise ParameterError(f"{where}.count", self.count, "must be a positive number, without a unit")
        return replace(count, meaning=count.meaning or f"number of {self.name} channels")

    @property
    def number(self) -> dict[str, Parameter]:
        """The parameter ``N_<name>``; empty if there is no channel noise, or the count is an expression."""
        return {f"N_{self.name}": self.count} if isinstance(self.count, Parameter) else {}

    @property
    def gate_equations(self) -> list[str]:
        """The equations of each gate, with noise if the channels are counted."""
        count = next(iter(self.number), self.count or "")
        return [gate.noisy_equations(count) for gate in self.gates]

    @property
    def conductance(self) -> dict[str, Parameter]:
        """The parameter ``g_<name>``; empty if the conductance is an expression."""
        return {f"g_{self.name}": self.g_max} if isinstance(self.g_max, Parameter) else {}

    @property
    def potential(self) -> dict[str, Parameter]:
        """The parameter ``E_<name>``; empty if the reversal potential is an expression."""
        return {f"E_{self.name}": self.reversal} if isinstance(self.reversal, Parameter) else {}

    @property
    def equation(self) -> str:
        """The current, without its unit."""
        conductance = grouped(next(iter(self.conductance), str(self.g_max)))
        potential = grouped(next(iter(self.potential), str(self.reversal)))
        factors = "*".join([conductance, *(gate.opening for gate in self.gates)])
        return f"I_{self.name} = {factors}*(v - {potential})"


_MEANINGS = {"g": "maximal conductance", "E": "reversal potential"}


def _read(given: Any, name: str, where: str) -> Parameter | str:
    """The parameter that a value with its unit makes, or the text of an expression."""
    if isinstance(given, str):
        number, _, unit = given.strip().partition(" ")
        try:
            float(number)
        except ValueError:
            return " ".join(given.split())
        if unit.strip() and not unit.strip()[0].isalpha():
            return " ".join(given.split())
        given = (number, unit.strip())
    if is_quantity(given):
        given = (given, convert_by_itself(given, where)[1].name)
    if isinstance(given, tuple) and len(given) in (2, 3) and not given[1]:
        given = given[0]
    if not isinstance(given, (tuple, Parameter)):
        remedy = f"Write '{given} {'mV' if name.startswith('E') else 'mS/cm2'}', or what the unit is."
        raise ParameterError(where, given, "must have a unit", remedy)
    if isinstance(given, tuple) and len(given) == 2:
        symbol, _, channel = name.partition("_")
        given = (*given, f"{_MEANINGS[symbol]} of {channel}")
    (parameter,) = read_parameters({name: given}, where.rpartition(".")[0]).values()
    return parameter
