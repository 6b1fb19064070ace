"""A checked system of equations: what a model's text means."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from neurosim.equations.dimensions import TRUTH, alike, dimension_of
from neurosim.equations.expression import evaluate, names_in, without_units
from neurosim.equations.functions import FUNCTIONS
from neurosim.equations.linearity import is_linear
from neurosim.equations.parser import Equation, Source, parse_equations, parse_expression
from neurosim.errors import EquationError
from neurosim.units import UNITS, Dimension, Unit, describe, multiply

RESERVED = frozenset({"t", "dt", "range", "kernel", "advance"})
"""Names that mean something in the generated kernels."""


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
    units : dict of str to Unit
        Unit of every name.
    held : frozenset of str
        States that stand still ``unless refractory``.
    expressions : dict of str to ast.expr
        Right-hand side of every sub-expression, and of every state's derivative, with unit names replaced by
        numbers.

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
        self.held = frozenset(e.name for e in self.equations if "unless refractory" in e.flags)
        self.units = self.parameters | {e.name: e.unit for e in self.equations}
        self._check_names()
        self._check_dimensions()
        order = self._sorted_subexpressions()
        self.expressions = {
            e.name: without_units(e.expression, self.units) for e in self.equations if e.expression is not None
        }
        constant = set(self.parameters)
        for name in order:
            if names_in(self.expressions[name]) <= constant:
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
            right = "" if e.expression is None else f" = {ast.unparse(self.expressions[e.name])}"
            lines.append(f"{left}{right} : {e.unit.scale!r} {e.unit.dimension}{flags}")
        return "\n".join([*lines, "parameters " + " ".join(self.parameters)])

    def _check_names(self) -> None:
        for e in self.equations:
            if e.name in self.parameters:
                raise e.source.error(f"{e.name!r} is both an equation and a parameter; keep one")
            if e.name in FUNCTIONS or e.name in RESERVED or e.name.startswith("_"):
                raise e.source.error(f"{e.name!r} is reserved; choose another name")
            if e.expression is not None:
                self._check_known(e.expression, e.source)

    def _check_known(self, node: ast.expr, source: Source) -> None:
        for name in names_in(node):
            if name in self.units or name in UNITS:
                continue
            place = next(n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name)
            near = difflib.get_close_matches(name, [*self.units, *UNITS], n=2)
            hint = f"did you mean {' or '.join(near)}?" if near else "give it as a parameter, an input or a sub-expression"
            raise source.error(f"unknown name {name!r}; {hint}", place)

    def _check_dimensions(self) -> None:
        dimensions = self._dimensions
        for e in self.equations:
            if e.expression is None:
                continue
            found = dimension_of(e.expression, dimensions, e.source)
            wanted = e.unit.dimension
            if e.kind == "differential":
                wanted = multiply(wanted, UNITS["ms"].dimension, -1)
            if found == TRUTH:
                raise e.source.error(f"{e.name} is a condition; int(condition) makes it 0 or 1", e.expression)
            if not alike(found, wanted):
                left = f"d{e.name}/dt" if e.kind == "differential" else e.name
                raise e.source.error(
                    f"wrong dimension: the right-hand side is in {describe(found)}, but {left} is in {describe(wanted)}",
                    e.expression,
                )

    @property
    def _dimensions(self) -> dict[str, Dimension]:
        return {name: unit.dimension for name, unit in self.units.items()}

    def _sorted_subexpressions(self) -> list[str]:
        pending = {e.name: e for e in self.equations if e.kind == "subexpression"}
        needs = {n: names_in(e.expression) & pending.keys() for n, e in pending.items() if e.expression is not None}
        order: list[str] = []
        while pending:
            ready = [n for n in pending if not needs[n] & pending.keys()]
            if not ready:
                cycle = _find_cycle({n: needs[n] & pending.keys() for n in pending})
                raise self._by_name[cycle[0]].source.error(f"circular definition: {' -> '.join([*cycle, cycle[0]])}")
            for name in ready:
                order.append(name)
                del pending[name]
        return order

    @cached_property
    def is_linear(self) -> bool:
        """Whether all equations are linear in the states, with constant coefficients."""
        return is_linear(self)

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

    def condition(self, text: str) -> ast.expr:
        """Parse and check a condition on this system's variables, such as a threshold.

        Raises
        ------
        EquationError
            If it is not a condition, or names or dimensions do not fit.
        """
        tree, source = parse_expression(text)
        self._check_known(tree, source)
        if dimension_of(tree, self._dimensions, source) != TRUTH:
            raise source.error("this must be a condition, such as 'v > 1'", tree)
        return without_units(tree, self.units)

    def quantity(self, text: str, unit: Unit) -> ast.expr:
        """Parse and check an expression on this system's variables that must have the given unit."""
        tree, source = parse_expression(text)
        self._check_known(tree, source)
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
        for line in text.replace(";", "\n").splitlines():
            if line.strip():
                result.append(self._statement(line))
        return result

    def _statement(self, line: str) -> tuple[str, ast.expr]:
        left, sign, right = line.partition("=")
        operator = left.rstrip()[-1:]
        target = left.rstrip().rstrip("+-*/").strip()
        source = Source((line,), 1, len(left) + 1)
        if not sign or target not in self.states:
            raise EquationError(f"expected 'x = ...' or 'x += ...' with x one of {', '.join(self.states)}", line, 1, 0)
        tree, source = parse_expression(right, source)
        self._check_known(tree, source)
        found, wanted = dimension_of(tree, self._dimensions, source), self.units[target].dimension
        if operator in "*/" and operator:
            wanted = (0, 0, 0, 0, 0, 0)
        if not alike(found, wanted):
            raise source.error(f"wrong dimension: {describe(found)} cannot be given to {target} in {describe(wanted)}", tree)
        value = without_units(tree, self.units)
        if operator in "+-*/" and operator:
            value = ast.parse(f"{target} {operator} ({ast.unparse(value)})", mode="eval").body
        return target, value

    def with_derived(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Add the derived parameters to the values of the parameters (all in coherent units)."""
        result = dict(values)
        for name in self.derived:
            result[name] = evaluate(self.expressions[name], result)
        return result

    def with_needed(self, node: ast.expr, values: Mapping[str, Any]) -> dict[str, Any]:
        """Add the sub-expressions that `node` needs to the values of parameters, inputs and states."""
        needed = self.ancestors(node)
        result = dict(values)
        for name in self.subexpressions:
            if name in needed:
                result[name] = evaluate(self.expressions[name], result)
        return result

    def with_subexpressions(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Add every sub-expression to the values of parameters, inputs and states (coherent units)."""
        result = self.with_derived(values)
        for name in self.subexpressions:
            result[name] = evaluate(self.expressions[name], result)
        return result

    def derivatives(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Time derivative of every state, in coherent units per ms.

        Parameters
        ----------
        values : mapping of str to float or ndarray
            Parameters, inputs and states in coherent units; arrays broadcast.
        """
        known = self.with_subexpressions(values)
        return {name: evaluate(self.expressions[name], known) for name in self.states}


def _find_cycle(needs: Mapping[str, set[str]]) -> list[str]:
    path: list[str] = []
    name = min(needs)
    while name not in path:
        path.append(name)
        name = min(needs[name])
    return path[path.index(name) :]
