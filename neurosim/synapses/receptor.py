"""A receptor: what arrives from other neurons does to the membrane, as equations."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from neurosim.description import Described
from neurosim.equations.expression import names_in, without_units
from neurosim.equations.expression_parser import parse_expression
from neurosim.equations.parameter import Parameter, changed_parameters, parameter_table, read_parameters
from neurosim.equations.parser import parse_equations
from neurosim.errors import ParameterError
from neurosim.units import UNITS, Unit, convert, parse_unit

if TYPE_CHECKING:
    from neurosim.equations.system import EquationSystem

RATES = [parse_unit(unit).dimension for unit in ("1/ms", "1/(mM*ms)", "mM")]
"""Rate constants and concentrations, which like times cannot be negative."""


class Receptor(Described):
    """A synaptic receptor of a population.

    It takes spikes, each of which makes a state jump, or it takes continuous signals: then one line of its
    equations is an input, ``"s : pA (input)"``: the sum of the signals times the weights, held over a step.

    Parameters
    ----------
    equations : str
        Differential equations and sub-expressions of the receptor. They may use the states of the neuron, the
        membrane potential for instance.
    output : str
        Name of the variable, or an expression, that is added to the neuron's input; ``"0"`` adds nothing,
        whatever the unit of that is.
    jump : mapping of str to str, optional
        For spikes. State to what a spike of weight 1 adds to it: ``{"g": "1*nS"}`` where weights are plain
        numbers, or ``{"g": "1"}`` where they are in the unit of the state. The neuron's own states may jump
        too.
    parameters : mapping, optional
        As for `NeuronModel`.
    pulse : float, str or quantity, optional
        Duration, ms, of the pulse of transmitter that a spike releases; a whole number of time steps.
    end : mapping of str to str, optional
        As `jump`: what the same spike adds when its pulse ends.
    variable : str, optional
        For continuous signals: the presynaptic variable that projections pass on where they name none; by
        default the output of the presynaptic model.
    difference : bool, default False
        For continuous signals: whether the neuron's own `variable`, as it is at the beginning of the step, is
        taken off each of them, so that the sum is one of weighted differences.
    name : str, optional
    reference : str, optional
        The paper, as a DOI.

    Raises
    ------
    ParameterError, UnitError
        If a parameter has no usable name, value or unit, or there is an `end` without a `pulse`. Whether the
        equations fit a neuron shows when a population is made.

    Examples
    --------
    >>> ampa = Receptor(
    ...     "dg/dt = -g/tau : nS",
    ...     output="g*(E - v)",
    ...     jump={"g": "1*nS"},
    ...     parameters={"tau": "5 ms", "E": "0 mV"},
    ... )
    """

    def __init__(
        self,
        equations: str,
        *,
        output: str,
        jump: Mapping[str, str] | None = None,
        parameters: Mapping[str, Any] | None = None,
        pulse: Any = None,
        end: Mapping[str, str] | None = None,
        variable: str | None = None,
        difference: bool = False,
        name: str = "Receptor",
        reference: str = "",
    ) -> None:
        self.name = name
        self.reference = reference
        self.output = output
        self.jump, self.end = dict(jump or {}), dict(end or {})
        self.pulse: float | None = None if pulse is None else positive_time(pulse, f"{name}.pulse")
        if (self.pulse is None) != (not self.end):
            limit = "what a spike adds at the end of its pulse, and how long that lasts, go together"
            raise ParameterError(f"{name}.pulse", pulse, limit, "Give both, end and pulse, or neither.")
        self.variable, self.difference = variable, difference
        self.parameters: dict[str, Parameter] = read_parameters(parameters or {}, name)
        self._equations = equations
        self._check()

    def _check(self) -> None:
        """Refuse parameters that cannot be: a time that is not positive, a negative rate or concentration."""
        for key, parameter in self.parameters.items():
            dimension = parse_unit(parameter.unit).dimension
            if dimension == UNITS["ms"].dimension and parameter.value <= 0:
                raise ParameterError(f"{self.name}.{key}", parameter.value, "must be one positive time")
            if dimension in RATES and parameter.value < 0:
                raise ParameterError(f"{self.name}.{key}", parameter.value, "must not be negative")

    def unit(self, system: EquationSystem, target: str) -> Unit:
        """Unit of the receptor's states for a neuron of the given equations.

        Parameters
        ----------
        system : EquationSystem
        target : str
            Input of the neuron that the receptor feeds.
        """
        return system.units[target]

    def equations(self, unit: Unit) -> str:
        """Text of the equations, given `unit`, which is that of the neuron's input."""
        return self._equations

    def copy(self, *, name: str | None = None, **changed: Any) -> Self:
        """The same receptor with other parameter values.

        Parameters
        ----------
        name : str, optional
        **changed : float, str or quantity
            New defaults; a bare number is in the unit the parameter has.

        Raises
        ------
        ParameterError
            If a name is not a parameter of the receptor, or a value not possible.
        UnitError
            If a unit does not fit.
        """
        twin = copy.copy(self)
        twin.name = name or self.name
        twin.parameters = changed_parameters(self.parameters, changed, self.name)
        twin._check()
        return twin

    def description(self) -> dict[str, Any]:
        """Everything it consists of."""
        return dict(vars(self))

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make a receptor from what `description` returned."""
        receptor = cls.__new__(cls)
        vars(receptor).update(description)
        receptor._check()
        return receptor

    def __repr__(self) -> str:
        values = ", ".join(f"{k}={p.value:g} {p.unit}".removesuffix(" 1") for k, p in self.parameters.items())
        return f"{self.name}({values})"

    def table(self) -> str:
        """The parameters as text: name, default, unit and meaning, a line each."""
        return parameter_table(self.parameters)

    def latex(self) -> str:
        """Equations, current and jumps in LaTeX, an ``align*`` environment; w is a weight, y a signal."""
        from neurosim.equations.latex import aligned, formula, line, symbol

        parsed = parse_equations(self.equations(parse_unit("1")))
        known = {*self.parameters, *(e.name for e in parsed)}

        def written(text: str) -> str:
            node = parse_expression(text)[0]
            return formula(without_units(node, known | (names_in(node) - UNITS.keys())))

        lines = [line(e, without_units(e.expression, known)) for e in parsed if e.expression is not None]
        signal = rf"\left(y_i - {symbol(self.variable or 'y')}\right)" if self.difference else "y_i"
        lines += [rf"{symbol(e.name)} &= \sum_i w_i {signal}" for e in parsed if e.expression is None]
        lines.append(rf"I &= {written(self.output)}")
        events = [("a spike", self.jump)] + ([(f"{self.pulse:g} ms later", self.end)] if self.end else [])
        for when, jumps in events:
            steps = [rf"{symbol(s)} \leftarrow {written(f'{s} + w*({text})')}" for s, text in jumps.items()]
            if steps:
                lines.append(rf"\text{{{when}}}\quad & " + r",\; ".join(steps))
        return aligned(lines)

    def _repr_latex_(self) -> str:
        return self.latex()


def one(value: Any, unit: str, where: str) -> float:
    """One number in the given unit.

    Raises
    ------
    ParameterError, UnitError
        If it is not.
    """
    number = convert(value, unit, where)
    if not isinstance(number, float):
        raise ParameterError(where, value, "must be one number")
    return number


def positive_time(value: Any, where: str) -> float:
    """One positive time, in ms.

    Raises
    ------
    ParameterError, UnitError
        If it is not.
    """
    number = convert(value, "ms", where)
    if not isinstance(number, float) or number <= 0:
        raise ParameterError(where, value, "must be one positive time")
    return number
