"""The linear part of a system as a matrix, and what drives it: formulas taken apart as they are written.

Symbolic algebra would do it too, but SymPy takes longer to import than all else in making a kernel.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from neurosim.equations.linearity import linear_names

if TYPE_CHECKING:
    from neurosim.equations.system import EquationSystem

Form = tuple[dict[str, ast.expr], ast.expr | None]
"""Coefficients of states, and the rest; what is left out is 0."""


def linear_states(system: EquationSystem) -> tuple[tuple[str, ...], dict[tuple[str, str], ast.expr]]:
    """The largest set of states that obey linear equations with constant coefficients among themselves.

    Inputs may add to them. A leaky integrate-and-fire neuron with its filters is in it whole; of a
    Hodgkin-Huxley neuron with filters, only the filters are.

    Returns
    -------
    states : tuple of str
    matrix : dict of (str, str) to ast.expr
        Non-zero coefficients, expressions of parameters (derived ones included).
    """
    chosen = linear_names(system)
    rows = {i: _form(system, system.expressions[i], chosen)[0] for i in chosen}
    return chosen, {(i, j): rows[i][j] for i in chosen for j in chosen if j in rows[i]}


def remainder(system: EquationSystem, name: str, states: tuple[str, ...]) -> ast.expr | None:
    """What is left of a linear right-hand side when `states` are zero: inputs and constants, or None."""
    return _form(system, system.expressions[name], states)[1]


def _form(system: EquationSystem, node: ast.expr, states: tuple[str, ...]) -> Form:
    """Take apart an expression that is linear in states; see `linear_names` for what counts as such."""
    if not system.depends_on(node, states):
        return {}, None if _is(node, 0) else node
    if isinstance(node, ast.Name):
        if node.id in states:
            return {node.id: ast.Constant(1)}, None
        return _form(system, system.expressions[node.id], states)
    if isinstance(node, ast.UnaryOp):
        form = _form(system, node.operand, states)
        return _sum(({}, None), ast.Sub(), form) if isinstance(node.op, ast.USub) else form
    if isinstance(node, ast.BinOp):
        left, right = _form(system, node.left, states), _form(system, node.right, states)
        if isinstance(node.op, (ast.Add, ast.Sub)):
            return _sum(left, node.op, right)
        if isinstance(node.op, ast.Mult) and system.depends_on(node.right, states):
            return _scaled(right, node.left, node.op)
        if isinstance(node.op, (ast.Mult, ast.Div)):
            return _scaled(left, node.right, node.op)
    raise TypeError(f"{ast.unparse(node)} is not linear")


def _sum(left: Form, operator: ast.operator, right: Form) -> Form:
    names = dict.fromkeys((*left[0], *right[0]))
    parts = {x: _joined(left[0].get(x), operator, right[0].get(x)) for x in names}
    return {x: part for x, part in parts.items() if part is not None}, _joined(left[1], operator, right[1])


def _joined(left: ast.expr | None, operator: ast.operator, right: ast.expr | None) -> ast.expr | None:
    """The sum or the difference of two terms, of which None is 0."""
    if right is None:
        return left
    adds = isinstance(operator, ast.Add)
    if left is None:
        return right if adds else _negative(right)
    if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
        total = left.value + (1 if adds else -1) * right.value  # type: ignore[operator]
        return ast.Constant(total) if total else None
    if _is_negative(right):
        return ast.BinOp(left, ast.Sub() if adds else ast.Add(), _negative(right))
    return ast.BinOp(left, operator, right)


def _scaled(form: Form, factor: ast.expr, operator: ast.operator) -> Form:
    if _is(factor, 0) and isinstance(operator, ast.Mult):
        return {}, None
    rest = None if form[1] is None else _product(form[1], factor, operator)
    return {x: _product(c, factor, operator) for x, c in form[0].items()}, rest


def _product(term: ast.expr, factor: ast.expr, operator: ast.operator) -> ast.expr:
    """A term times a factor, or divided by it, with the sign in front."""
    if _is(factor, 1):
        return term
    if _is_negative(term) and not (isinstance(operator, ast.Div) and isinstance(term, ast.Constant)):
        return _negative(_product(_negative(term), factor, operator))
    if _is_negative(factor):
        return _negative(_product(term, _negative(factor), operator))
    if _is(term, 1) and isinstance(operator, ast.Mult):
        return factor
    return ast.BinOp(term, operator, factor)


def _negative(term: ast.expr) -> ast.expr:
    if isinstance(term, ast.Constant):
        return ast.Constant(-term.value)  # type: ignore[operator]
    if isinstance(term, ast.UnaryOp) and isinstance(term.op, ast.USub):
        return term.operand
    return ast.UnaryOp(ast.USub(), term)


def _is_negative(term: ast.expr) -> bool:
    if isinstance(term, ast.Constant):
        return term.value < 0  # type: ignore[operator]
    return isinstance(term, ast.UnaryOp) and isinstance(term.op, ast.USub)


def _is(node: ast.expr, value: float) -> bool:
    return isinstance(node, ast.Constant) and node.value == value
