"""Derivatives of a system's expressions, by symbolic algebra."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from neurosim.equations.expression import expression
from neurosim.equations.translation import from_sympy, to_sympy

if TYPE_CHECKING:
    from neurosim.equations.system import EquationSystem


def expanded(system: EquationSystem, node: ast.expr, through: tuple[str, ...]) -> Any:
    """An expression as a SymPy formula, with the sub-expressions that depend on `through` put in."""
    formula = to_sympy(node)
    for sub in reversed(system.subexpressions):
        if system.depends_on(system.expressions[sub], through):
            formula = formula.subs(to_sympy(expression(sub)), to_sympy(system.expressions[sub]))
    return formula


def slope(system: EquationSystem, node: ast.expr, by: str) -> Any:
    """Partial derivative of an expression by a state or an input, as a SymPy formula.

    Sub-expressions that do not depend on `by` stay names, so the formula can be used inside a kernel that has
    computed them.
    """
    import sympy

    if not system.depends_on(node, (by,)):
        return sympy.Integer(0)
    return sympy.diff(expanded(system, node, (by,)), to_sympy(expression(by)))


def derivative(system: EquationSystem, name: str, by: str) -> Any:
    """Partial derivative of a state's right-hand side by another state, as a SymPy formula; see `slope`."""
    return slope(system, system.expressions[name], by)


def jacobian(system: EquationSystem) -> dict[tuple[str, str], ast.expr]:
    """Jacobian of the right-hand side.

    Returns
    -------
    dict of (str, str) to ast.expr
        Entry (row, column) is d(dx_row/dt)/dx_column; entries that vanish are left out.
    """
    result = {}
    for row in system.states:
        for column in system.states:
            formula = derivative(system, row, column)
            if formula != 0:
                result[row, column] = from_sympy(formula)
    return result
