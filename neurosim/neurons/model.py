"""A neuron model is its equations: text in the notation of the paper, with units."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from neurosim.equations.expression import evaluate
from neurosim.equations.parameter import Parameter, read_parameters
from neurosim.equations.system import EquationSystem
from neurosim.errors import ParameterError
from neurosim.units import UNITS, convert, parse_unit

if TYPE_CHECKING:
    import numpy as np


class NeuronModel:
    """A model of a neuron, or of a rate unit.

    Parameters
    ----------
    equations : str
        Differential equations, sub-expressions and inputs, one a line::

            dv/dt = (v_in - v)/tau_m : 1 (unless refractory)
            v_in : 1 (input)

    parameters : mapping, optional
        Name to ``Parameter(value, unit, meaning)``, ``(value, unit, meaning)``, ``"20 ms"`` or a bare
        dimensionless number.
    threshold : str, optional
        Condition for a spike, such as ``"v > 1"``. With a `reset` it is tested at every step; without one a
        spike is counted when the condition becomes true.
    reset : str, optional
        Statements carried out after a spike: ``"v = 0"``, ``"v = c; u += d"``.
    refractory : str, optional
        Time after a spike, as a parameter or expression of parameters in ms, for which states marked
        ``(unless refractory)`` stand still and no spike is possible. It becomes a whole number of steps, the
        nearest one.
    initial : mapping of str to str, optional
        Start values: expressions of parameters and of the states named before; 0 where none is given.
    output : str, optional
        For a unit without spikes: its firing rate, which projections pass on continuously.
    rate : str, optional
        Closed form of the steady firing rate as a function of the input. Models without one are measured.
    integrator : str, optional
        Default integrator; by default ``exact`` if all equations are linear, else ``exponential_euler``.
    name : str, optional
    reference : str, optional
        The paper, as a DOI.

    Raises
    ------
    EquationError
        If the text has a mistake: unknown name, wrong dimension, circular definition, missing unit, bad syntax.
        The message shows the line, with a caret.
    ParameterError, UnitError
        If a parameter has no usable value or unit.

    Examples
    --------
    >>> leaky = NeuronModel("dv/dt = (I - v)/tau : 1\\nI : 1 (input)", parameters={"tau": "10 ms"}, threshold="v > 1", reset="v = 0")
    >>> leaky.system.states
    ('v',)
    """

    def __init__(
        self,
        equations: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        threshold: str | None = None,
        reset: str | None = None,
        refractory: str | None = None,
        initial: Mapping[str, str] | None = None,
        output: str | None = None,
        rate: str | None = None,
        integrator: str | None = None,
        name: str = "NeuronModel",
        reference: str = "",
    ) -> None:
        self.name = name
        self.equations = equations
        self.parameters: dict[str, Parameter] = read_parameters(parameters or {}, name)
        self.threshold, self.reset, self.refractory = threshold, reset, refractory
        self.initial = dict(initial or {})
        self.output, self.rate_formula = output, rate
        self.integrator = integrator
        self.reference = reference
        units = {key: parse_unit(p.unit) for key, p in self.parameters.items()}
        self.system = EquationSystem.parse(equations, units)
        self._check()

    def _check(self) -> None:
        system = self.system
        if self.threshold is not None:
            system.condition(self.threshold)
        elif self.reset is not None or self.refractory is not None:
            raise ParameterError(f"{self.name}.threshold", None, "a reset or a refractory time needs a threshold")
        if self.reset is not None:
            system.statements(self.reset)
        if system.held and self.refractory is None:
            held = ", ".join(sorted(system.held))
            raise ParameterError(f"{self.name}.refractory", None, f"{held} is held 'unless refractory' but no time is given")
        milliseconds, hertz = UNITS["ms"], UNITS["Hz"]
        if self.refractory is not None:
            tree = system.quantity(self.refractory, milliseconds)
            varying = {*system.states, *system.subexpressions, *system.inputs} & system.ancestors(tree)
            if varying:
                raise ParameterError(f"{self.name}.refractory", self.refractory, f"must not depend on {', '.join(varying)}")
        for text in (self.output, self.rate_formula):
            if text is not None:
                system.quantity(text, hertz)
        for state, text in self.initial.items():
            if state not in system.states:
                raise ParameterError(f"{self.name}.initial", state, f"must name a state: {', '.join(system.states)}")
            system.quantity(text, system.units[state])

    def __repr__(self) -> str:
        values = ", ".join(f"{k}={p.value:g} {p.unit}".removesuffix(" 1") for k, p in self.parameters.items())
        return f"{self.name}({', '.join(self.system.states) or 'no states'}; {values})"

    def table(self) -> str:
        """The parameters as text: name, default, unit and meaning, a line each."""
        rows = [(k, f"{p.value:g}", p.unit, p.meaning) for k, p in self.parameters.items()]
        rows.insert(0, ("parameter", "default", "unit", "meaning"))
        widths = [max(len(row[i]) for row in rows) for i in range(3)]
        return "\n".join("  ".join([*(c.ljust(w) for c, w in zip(r, widths, strict=False)), r[3]]).rstrip() for r in rows)

    def copy(self, *, name: str | None = None, **changed: Any) -> NeuronModel:
        """The same model with other parameter values.

        Parameters
        ----------
        name : str, optional
        **changed : float, str or quantity
            New defaults; a bare number is in the unit the parameter has.

        Raises
        ------
        ParameterError
            If a name is not a parameter of the model.
        UnitError
            If a unit does not fit.
        """
        parameters = dict(self.parameters)
        for key, value in changed.items():
            if key not in parameters:
                known = ", ".join(parameters)
                raise ParameterError(f"{self.name}.{key}", value, f"is not a parameter; there are {known}")
            number = convert(value, parameters[key].unit, f"{self.name}.{key}")
            if not isinstance(number, float):
                raise ParameterError(f"{self.name}.{key}", value, "a default must be a single number")
            parameters[key] = replace(parameters[key], value=number)
        return NeuronModel(
            self.equations,
            parameters=parameters,
            threshold=self.threshold,
            reset=self.reset,
            refractory=self.refractory,
            initial=self.initial,
            output=self.output,
            rate=self.rate_formula,
            integrator=self.integrator,
            name=name or self.name,
            reference=self.reference,
        )

    def values(self, **given: Any) -> dict[str, Any]:
        """Parameters, derived ones included, in coherent units; `given` (coherent) replaces defaults."""
        plain = {k: p.value * parse_unit(p.unit).scale for k, p in self.parameters.items()}
        return self.system.with_derived(plain | given)

    def start(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Start values of the states, in coherent units, for the given parameters (coherent units)."""
        system = self.system
        known = dict(values) | {s: 0.0 for s in system.states} | {i: 0.0 for i in system.inputs}
        for state, text in self.initial.items():
            tree = system.quantity(text, system.units[state])
            known[state] = evaluate(tree, system.with_needed(tree, known))
        return {s: known[s] for s in system.states}

    @property
    def input(self) -> str:
        """Name of the input that synapses and currents feed: the first, and usually the only one.

        Raises
        ------
        ParameterError
            If the model has no input.
        """
        if not self.system.inputs:
            raise ParameterError(f"{self.name}.input", None, "the model has no input", "Add a line 'I : unit (input)'.")
        return self.system.inputs[0]

    def rate(self, drive: Any) -> np.ndarray:
        """Steady firing rate under a constant input.

        Parameters
        ----------
        drive : array_like
            Value of the input, in its unit.

        Returns
        -------
        ndarray, shape of `drive`
            In Hz: the closed form where the model has one, otherwise measured by running the model at
            currents spread over the range asked for, and interpolated.

        Raises
        ------
        ParameterError
            If the model neither spikes nor has a closed form.
        """
        if self.rate_formula is None:
            return self._measured(drive).rate(drive)  # type: ignore[no-any-return]
        return self._closed_form(self.system.quantity(self.rate_formula, UNITS["Hz"]), drive)

    def rate_derivative(self, drive: Any) -> np.ndarray:
        """Derivative of `rate`, in Hz per unit of the input; shapes as there."""
        if self.rate_formula is None:
            return self._measured(drive).rate_derivative(drive)  # type: ignore[no-any-return]
        slope = self._rate_slope
        return self._closed_form(slope, drive) * self.system.units[self.input].scale

    @cached_property
    def _rate_slope(self) -> ast.expr:
        from neurosim.equations.symbolic import from_sympy, slope

        return from_sympy(slope(self.system, self.system.quantity(self.rate_formula or "", UNITS["Hz"]), self.input))

    def _closed_form(self, formula: ast.expr, drive: Any) -> np.ndarray:
        import numpy as np

        unit = self.system.units[self.input]
        x = np.asarray(convert(drive, unit, f"{self.name}.{self.input}"), dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            known = self.system.with_needed(formula, self.values() | {self.input: x * unit.scale})
            rate = evaluate(formula, known) / UNITS["Hz"].scale
        return np.broadcast_to(np.asarray(rate, dtype=np.float64), x.shape).copy()

    def _measured(self, drive: Any) -> Any:
        if self.threshold is None:
            raise ParameterError(f"{self.name}.rate", drive, "the model has no threshold, so it has no firing rate")
        from neurosim.engines.tuning_curve import tuning_curve

        return tuning_curve(self, drive)

    def steady_state(self, drive: float = 0.0) -> dict[str, float]:
        """Fixed point of the equations under a constant input, without spikes.

        Parameters
        ----------
        drive : float, default 0
            Value of the input, in its unit.

        Returns
        -------
        dict of str to float
            Value of each state, in its unit.

        Raises
        ------
        ParameterError
            If no fixed point is found from the start values.
        """
        import numpy as np
        from scipy.optimize import root

        system, values = self.system, self.values()
        if system.inputs:
            unit = system.units[self.input]
            values[self.input] = convert(drive, unit, f"{self.name}.{self.input}") * unit.scale
        names = system.states
        guess = np.array([float(v) for v in self.start(values).values()])

        def slope(x: np.ndarray) -> np.ndarray:
            found = system.derivatives(values | dict(zip(names, x, strict=True)))
            return np.array([float(found[n]) for n in names])

        solution = root(slope, guess, tol=1e-13)
        if not np.abs(slope(solution.x)).max() < 1e-8:
            raise ParameterError(f"{self.name}.steady_state", drive, "no fixed point was found from the start values")
        return {n: float(x / system.units[n].scale) for n, x in zip(names, solution.x, strict=True)}

    def latex(self) -> str:
        """The equations in LaTeX, an ``align*`` environment."""
        from neurosim.equations.latex import latex

        return latex(self.system)

    def _repr_latex_(self) -> str:
        return self.latex()

    def source(self, integrator: str | None = None) -> str:
        """Source of the kernel generated for this model.

        Parameters
        ----------
        integrator : str, optional
            By default the model's own.
        """
        from neurosim.engines.native import kernel_text

        return kernel_text(self, integrator)
