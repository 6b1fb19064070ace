"""A gate of an ion channel: the fraction of it that is open, between 0 and 1."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any

from neurosim.equations.names import objection
from neurosim.errors import ParameterError
from neurosim.units import convert


@dataclass(frozen=True)
class Gate:
    """A gate, as text in the notation of the paper.

    Its kinetics are given either by opening and closing rate or by steady state and time constant. The
    expressions may use the voltage ``v``, parameters, and any other variable of the neuron, such as a calcium
    concentration; ``exprel`` takes the place of quotients that are 0/0 somewhere. They appear in the neuron's
    equations as ``alpha_<name>`` and ``beta_<name>``, or as ``<name>_inf`` and ``tau_<name>``.

    Parameters
    ----------
    name : str
        The gating variable, such as ``m``.
    power : int, default 1
        How often it stands in the conductance: 3 for ``m**3``.
    alpha, beta : str, optional
        Rates of opening and closing, in 1/ms.
    steady_state : str, optional
        Fraction that is open in the end, dimensionless.
    time_constant : str, optional
        In ms.
    phi : str, optional
        Dimensionless factor by which the kinetics are faster than written, such as a name defined in the
        neuron's equations or what `q10` returns.
    instantaneous : bool, default False
        The gate is always at its steady state: no differential equation, and ``<name>_inf`` in the current.

    Raises
    ------
    ParameterError
        If the name cannot be used, the power is not a positive whole number, or the kinetics are not given in
        exactly one of the two ways.

    Examples
    --------
    >>> gate = Gate("m", 3, steady_state="1/(1 + exp(-(v + 30*mV)/(9*mV)))", time_constant="0.2*ms")
    >>> print(gate.equations)
    dm/dt = (m_inf - m)/tau_m : 1
    m_inf = 1/(1 + exp(-(v + 30*mV)/(9*mV))) : 1
    tau_m = 0.2*ms : ms
    """

    name: str
    power: int = 1
    _: KW_ONLY
    alpha: str = ""
    beta: str = ""
    steady_state: str = ""
    time_constant: str = ""
    phi: str = ""
    instantaneous: bool = False

    def __post_init__(self) -> None:
        where = f"Gate {self.name}" if isinstance(self.name, str) else "Gate"
        if reason := objection(self.name):
            raise ParameterError("Gate.name", self.name, reason)
        if isinstance(self.power, bool) or not isinstance(self.power, int) or self.power < 1:
            raise ParameterError(f"{where}.power", self.power, "must be a positive whole number")
        for key in ("alpha", "beta", "steady_state", "time_constant", "phi"):
            text = getattr(self, key)
            if not isinstance(text, str):
                remedy = "Write it as an equation, with units."
                raise ParameterError(f"{where}.{key}", text, "must be text", remedy)
            object.__setattr__(self, key, " ".join(text.split()))
        self._check_kinetics(where)

    def _check_kinetics(self, where: str) -> None:
        keys = ("alpha", "beta", "steady_state", "time_constant")
        given = {key for key in keys if getattr(self, key)}
        allowed = [{"alpha", "beta"}, {"steady_state", "time_constant"}]
        if self.instantaneous:
            allowed[1] = {"steady_state"}
        if given not in allowed:
            limit = f"needs {' and '.join(sorted(allowed[0]))}, or {' and '.join(sorted(allowed[1]))}"
            remedy = ""
            if given == {"steady_state"}:
                remedy = "A gate that follows the voltage without delay is instantaneous=True."
            raise ParameterError(where, sorted(given), limit, remedy)
        if self.instantaneous and self.phi:
            raise ParameterError(f"{where}.phi", self.phi, "an instantaneous gate has no speed")

    @property
    def variable(self) -> str:
        """What stands in the current: the gate's name, or ``<name>_inf`` if it is instantaneous."""
        return f"{self.name}_inf" if self.instantaneous else self.name

    @property
    def opening(self) -> str:
        """Factor of the conductance: ``m**3``."""
        return self.variable if self.power == 1 else f"{self.variable}**{self.power}"

    @property
    def start(self) -> str:
        """Steady state in terms of the variables that `equations` defines."""
        if self.steady_state or self.instantaneous:
            return f"{self.name}_inf"
        return f"alpha_{self.name}/(alpha_{self.name} + beta_{self.name})"

    @property
    def equations(self) -> str:
        """The gate's equations, a line each."""
        return self.noisy_equations()

    def noisy_equations(self, count: str = "") -> str:
        """The gate's equations with the noise of so many channels that open and close.

        Fox & Lu (1994, doi:10.1103/PhysRevE.49.3421) add white noise to the fraction that is open: opening
        and closing are Poisson processes, so its variance grows by ``(alpha*(1 - x) + beta*x)/count`` per
        time. Each gate has noise of its own, as if gates, not channels, were counted. The gate is kept
        between 0 and 1 by setting it back to the end it has passed.

        Parameters
        ----------
        count : str, optional
            Number of channels, a name or an expression. By default there are so many that noise vanishes.
        """
        name, lines = self.name, []
        speed = f"{grouped(self.phi)}*" if self.phi else ""
        if self.alpha:
            rates = f"alpha_{name}*(1 - {name}) - beta_{name}*{name}"
            kinetics = f"{speed}({rates})" if speed else rates
            if self.instantaneous:
                lines.append(f"{name}_inf = alpha_{name}/(alpha_{name} + beta_{name}) : 1")
            lines += [f"alpha_{name} = {self.alpha} : 1/ms", f"beta_{name} = {self.beta} : 1/ms"]
        else:
            kinetics = f"{speed}({name}_inf - {name})/tau_{name}"
            lines.append(f"{name}_inf = {self.steady_state} : 1")
            if self.time_constant:
                lines.append(f"tau_{name} = {self.time_constant} : ms")
        if not self.instantaneous and count:
            kinetics += f" + sqrt({speed}{self._traffic}/{grouped(count)})*xi_{name}"
        if not self.instantaneous:
            lines.insert(0, f"d{name}/dt = {kinetics} : 1" + (" (fraction)" if count else ""))
        return "\n".join(lines)

    @property
    def _traffic(self) -> str:
        """Openings and closings per channel and time."""
        name = self.name
        if self.alpha:
            return f"(alpha_{name}*(1 - {name}) + beta_{name}*{name})"
        return f"({name}_inf*(1 - {name}) + (1 - {name}_inf)*{name})/tau_{name}"


def grouped(text: str) -> str:
    """An expression as a factor: in parentheses, unless it is a name."""
    return text if text.isidentifier() else f"({text})"


def q10(factor: float, reference: Any, *, temperature: str = "T") -> str:
    """Text of the factor by which rates change with temperature: ``factor**((T - reference)/(10*celsius))``.

    Parameters
    ----------
    factor : float
        How many times faster everything is ten degrees warmer.
    reference : float, str or quantity
        Temperature at which the rates were measured, degrees Celsius.
    temperature : str, default "T"
        Name of the parameter, in celsius, that holds the temperature.

    Raises
    ------
    ParameterError, UnitError
        If the factor is not a positive number, or the reference not a temperature.

    Examples
    --------
    >>> q10(3, "6.3 celsius")
    '3**((T - 6.3*celsius)/(10*celsius))'
    """
    number, base = convert(factor, "1", "q10.factor"), convert(reference, "celsius", "q10.reference")
    if not isinstance(number, float) or number <= 0:
        raise ParameterError("q10.factor", factor, "must be a positive number")
    if not isinstance(base, float):
        raise ParameterError("q10.reference", reference, "must be a single temperature")
    return f"{number:.17g}**(({temperature} - {_signed(base)}*celsius)/(10*celsius))"


def _signed(number: float) -> str:
    """The shortest text that reads as this number, in parentheses if it is negative."""
    text = f"{number:g}" if float(f"{number:g}") == number else repr(number)
    return f"({text})" if number < 0 else text
