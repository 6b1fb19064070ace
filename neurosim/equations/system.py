"""A checked system of equations: what a model's text means."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from neurosim.equations.checks import check_dimensions, check_known, check_names
from neurosim.equations.definition_order import definition_order
from neurosim.equations.dimensions import TRUTH, alike, dimension_of
from neurosim.equations.expression import evaluate, expression, names_in, without_units
from neurosim.equations.expression_parser import parse_expression
from neurosim.equations.linearity import linear_names
from neurosim.equations.names import TIMES, built_in, is_noise
from neurosim.equations.noise import separated
from neurosim.equations.parser import Equation, parse_equations
from neurosim.equations.source import Source
from neurosim.errors import ParameterError
from neurosim.units import DIMENSIONLESS, Dimension, Unit, describe


class EquationSystem:
    """Differential equations with their sub-expressions, inputs and parameters, checked.

    Parameters
    ----------
    equations : sequence of Equation
        From `parse_equations`.
    parameters : mapping of str to Unit
        Unit of each parameter.

    Attributes
    ----------
    states : tuple of str
        Variables with a differential equation, in the order of the text.
    inputs : tuple of str
    derived : tuple of str
        Sub-expressions of parameters alone, sorted so that each follows those it uses.
    subexpressions : tuple of str
        The other sub-expressions, sorted likewise.
    noises : tuple of str
        White noise that the equations hold, in the order of the text: ``xi``, ``xi_<name>``.
    uses_time : bool
        Whether the time ``t`` stands in an equation.
    units : dict of str to Unit
        Unit of every name, the time ``t`` and noise included.
    held : frozenset of str
        States that stand still ``unless refractory``.
    fractions : frozenset of str
        States marked as a ``fraction``: what leaves the range from 0 to 1 in a step is set back to its end.
    expressions : dict of str to ast.expr
        Right-hand side of every sub-expression, and of every state's derivative, with unit names replaced by
        numbers and without noise.
    noise : dict of str to dict of str to ast.expr
        What noise adds to each right-hand side: the coefficient of each noise, such as sigma in
        ``sigma*xi``.
    noisy : frozenset of str
        Noise, and the sub-expressions that hold some: names without a value at a moment.

    Raises
    ------
    EquationError
        On an unknown name, a wrong dimension, or a circular definition.
    """

    def __init__(self, equations: Sequence[Equation], parameters: Mapping[str, Unit]) -> None:
        self.equations = tuple(equations)
        self.parameters = dict(parameters)
        self._by_name = {e.name: e for e in self.equations}
        self.states = tuple(e.name for e in self.equations if e.kind == "differential")
        self.inputs = tuple(e.name for e in self.equations if e.kind == "input")
        self.fractions = frozenset(e.name for e in self.equations if "fraction" in e.flags)
        self.held = frozenset(e.name for e in self.equations if "unless refractory" in e.flags)
        used = [name for e in self.equations if e.expression for name in sorted(names_in(e.expression))]
        self.noises = tuple(dict.fromkeys(name for name in used if is_noise(name)))
        self.uses_time = "t" in used
        own = {e.name: e.unit for e in self.equations}
        self.units = self.parameters | own | built_in((*TIMES, *self.noises))
        check_names(self.equations, self.units, self.parameters)
        check_dimensions(self.equations, self._dimensions)
        order = definition_order(self.equations)
        terms = separated([self._by_name[name] for name in (*order, *self.states)])
        self.expressions = {
            name: without_units(found.drift or ast.Constant(0.0), self.units) for name, found in terms.items()
        }
        self.noise = {
            name: {k: without_units(factor, self.units) for k, factor in found.noise.items()}
            for name, found in terms.items()
        }
        self.noisy = frozenset([*self.noises, *(name for name in order if self.noise[name])])
        constant = set(self.parameters)
        for name in order:
            if names_in(self.expressions[name]) <= constant and name not in self.noisy:
                constant.add(name)
        self.derived = tuple(n for n in order if n in constant)
        self.subexpressions = tuple(n for n in order if n not in constant)

    @classmethod
    def parse(cls, text: str, parameters: Mapping[str, Unit]) -> EquationSystem:
        """Read and check the text of a model; see `parse_equations` for the notation."""
        return cls(parse_equations(text), parameters)

    def __repr__(self) -> str:
        return f"EquationSystem(states={', '.join(self.states)}; inputs={', '.join(self.inputs)})"

    @cached_property
    def text(self) -> str:
        """The system in a normal form, the same for texts that differ in layout only."""
        lines = []
        for e in self.equations:
            flags = f" ({', '.join(sorted(e.flags))})" if e.flags else ""
            left = f"d{e.name}/dt" if e.kind == "differential" else e.name
            right = f" = {ast.unparse(self.formula(e.name))}" if e.expression else ""
            lines.append(f"{left}{right} : {e.unit.scale!r} {e.unit.dimension}{flags}")
        return "\n".join([*lines, "parameters " + " ".join(self.parameters)])

    def formula(self, name: str) -> ast.expr:
        """Right-hand side as it was written, noise included, with unit names replaced by numbers."""
        written = self._by_name[name].expression
        return without_units(written or self.expressions[name], self.units)

    def _parsed(self, text: str, source: Source | None = None) -> tuple[ast.expr, Source]:
        """Parse an expression outside the equations, whose names must be known and without noise."""
        tree, source = parse_expression(text, source)
        check_known(tree, source, self.units)
        for name in sorted(names_in(tree) & self.noisy):
            place = next(n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name)
            raise source.error(f"{name} holds noise, which can only stand in differential equations", place)
        return tree, source

    @property
    def _dimensions(self) -> dict[str, Dimension]:
        return {name: unit.dimension for name, unit in self.units.items()}

    @cached_property
    def is_linear(self) -> bool:
        """Whether all equations are linear in the states, with constant coefficients."""
        return linear_names(self) == self.states

    @cached_property
    def paused(self) -> frozenset[str]:
        """States that stand still ``unless refractory`` while others, which do not, follow them."""
        free = [x for x in self.states if x not in self.held]
        formulas = [e for x in free for e in (self.expressions[x], *self.noise[x].values())]
        return frozenset(x for x in self.held if any(x in self.ancestors(e) for e in formulas))

    def depends_on(self, node: ast.expr, names: Sequence[str]) -> bool:
        """Whether an expression depends on any of `names`, directly or through sub-expressions."""
        return bool(self.ancestors(node) & set(names))

    def ancestors(self, node: ast.expr) -> set[str]:
        """Every name an expression depends on, directly or through sub-expressions."""
        found: set[str] = set()
        todo = names_in(node)
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                if name in self._by_name and self._by_name[name].kind == "subexpression":
                    todo |= names_in(self.expressions[name])
        return found

    def check_noiseless(self, name: str, where: str) -> None:
        """Refuse to give a value to a sub-expression that holds noise, which has none at a moment."""
        if name in self.noisy:
            raise ParameterError(where, name, "holds noise", "Record a state that it drives.")

    def condition(self, text: str) -> ast.expr:
        """Parse and check a condition on this system's variables, such as a threshold.

        Raises
        ------
        EquationError
            If it is not a condition, or names or dimensions do not fit.
        """
        tree, source = self._parsed(text)
        if dimension_of(tree, self._dimensions, source) != TRUTH:
            raise source.error("this must be a condition, such as 'v > 1'", tree)
        return without_units(tree, self.units)

    def quantity(self, text: str, unit: Unit) -> ast.expr:
        """Parse and check an expression on this system's variables that must have the given unit."""
        tree, source = self._parsed(text)
        found = dimension_of(tree, self._dimensions, source)
        if not alike(found, unit.dimension):
            raise source.error(f"wrong dimension: this is in {describe(found)}, wanted is {unit.name}", tree)
        return without_units(tree, self.units)

    def statements(self, text: str) -> list[tuple[str, ast.expr]]:
        """Parse and check statements that change states, such as a reset ``"v = c; u += d"``.

        Returns
        -------
        list of (str, ast.expr)
            The state and its new value, in order.

        Raises
        ------
        EquationError
            If a statement is not an assignment to a state, or names or dimensions do not fit.
        """
        result = []
        for number, line in enumerate(text.splitlines(), start=1):
            column = 0
            for part in line.split(";"):
                if part.strip():
                    result.append(self._statement(part, Source((line,), number, column)))
                column += len(part) + 1
        return result

    def _statement(self, text: str, whole: Source) -> tuple[str, ast.expr]:
        match = re.fullmatch(r"(\s*)(\w+)\s*([-+*/]?)=(?!=)(.*)", text)
        if match is None or match[2] not in self.states:
            states = ", ".join(self.states) or "none"
            message = f"expected 'x = ...' or 'x += ...' with x a state ({states})"
            raise whole.error_at(message, 0, whole.column + len(text) - len(text.lstrip()))
        target, operator = match[2], match[3]
        source = Source(whole.lines, whole.number, whole.column + match.start(4))
        tree, source = self._parsed(match[4], source)
        found, wanted = dimension_of(tree, self._dimensions, source), self.units[target].dimension
        if operator and operator in "*/":
            wanted = DIMENSIONLESS
        if not alike(found, wanted):
            message = f"wrong dimension: {describe(found)} cannot be given to {target} in {describe(wanted)}"
            raise source.error(message, tree)
        value = without_units(tree, self.units)
        if operator:
            value = expression(f"{target} {operator} ({ast.unparse(value)})")
        return target, value

    def with_derived(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Add the derived parameters to the values of the parameters (all in coherent units).

        Raises
        ------
        ParameterError
            If one of them is not finite.
        """
        result = dict(values)
        for name in self.derived:
            result[name] = evaluate(self.expressions[name], result)
            if not np.isfinite(result[name]).all():
                made_of = {k: result[k] for k in sorted(names_in(self.expressions[name]))}
                raise ParameterError(name, made_of, "these values make it infinite or not a number")
        return result

    def with_needed(self, node: ast.expr, values: Mapping[str, Any]) -> dict[str, Any]:
        """Add the sub-expressions that `node` needs to the values of parameters, inputs and states.

        The time ``t`` is 0 unless it is given; a value that is a function of the time is called with it.
        """
        needed = self.ancestors(node)
        result = _at_one_time(values, needed)
        for name in self.subexpressions:
            if name in needed:
                result[name] = evaluate(self.expressions[name], result)
        return result

    def with_subexpressions(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Add every sub-expression to the values of parameters, inputs and states (coherent units).

        The time ``t`` is 0 unless it is given; a value that is a function of the time is called with it.
        """
        result = _at_one_time(self.with_derived(values), values.keys())
        for name in self.subexpressions:
            result[name] = evaluate(self.expressions[name], result)
        return result

    def derivatives(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Time derivative of every state without noise, in coherent units per ms.

        Parameters
        ----------
        values : mapping of str to float or ndarray
            Parameters, inputs and states in coherent units; arrays broadcast. The time ``t`` is 0 unless it
            is given.
        """
        known = self.with_subexpressions(values)
        return {name: evaluate(self.expressions[name], known) for name in self.states}


def _at_one_time(values: Mapping[str, Any], wanted: Collection[str]) -> dict[str, Any]:
    """Values, the times among them; those that are wanted and follow the time as they are then."""
    known = {"t": 0.0} | dict(values)
    known["t_step"] = known["t"]
    return {k: v(known["t"]) if callable(v) and k in wanted else v for k, v in known.items()}
