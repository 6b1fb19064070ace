"""Which states are linear, told from the structure of the equations alone, without symbolic algebra."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from neurosim.equations.names import TIMES

if TYPE_CHECKING:
    from neurosim.equations.system import EquationSystem

CONSTANT, INPUT, LINEAR, OTHER = range(4)
"""Made of parameters; of inputs and the time too; linear in states with constant coefficients; all else."""


def linear_names(system: EquationSystem) -> tuple[str, ...]:
    """States of the largest set that obeys linear equations with constant coefficients among itself.

    Coefficients are expressions of parameters alone; inputs, and functions of the time, may add to the
    right-hand sides. What is linear only after algebra, such as ``x*y/y``, does not count, nor does a state
    that noise drives.
    """
    chosen = tuple(s for s in system.states if not system.noise[s])
    while True:
        kinds = dict.fromkeys(system.parameters, CONSTANT) | dict.fromkeys((*system.inputs, *TIMES), INPUT)
        kinds |= {s: LINEAR if s in chosen else OTHER for s in system.states}
        for name in (*system.derived, *system.subexpressions):
            kinds[name] = _kind(system.expressions[name], kinds)
        kept = tuple(s for s in chosen if _kind(system.expressions[s], kinds) != OTHER)
        if kept == chosen:
            return chosen
        chosen = kept


def _kind(node: ast.expr, kinds: dict[str, int]) -> int:
    if isinstance(node, ast.Constant):
        return CONSTANT
    if isinstance(node, ast.Name):
        return kinds[node.id]
    if isinstance(node, ast.UnaryOp):
        return _kind(node.operand, kinds)
    if isinstance(node, ast.BinOp):
        left, right = _kind(node.left, kinds), _kind(node.right, kinds)
        if isinstance(node.op, (ast.Add, ast.Sub)):
            return max(left, right)
        if isinstance(node.op, ast.Mult) and CONSTANT in (left, right):
            return max(left, right)
        if isinstance(node.op, ast.Div) and right == CONSTANT:
            return left
        return _opaque(left, right)
    children = [
        _kind(c, kinds)
        for c in ast.iter_child_nodes(node)
        if isinstance(c, ast.expr) and not _is_function(node, c)
    ]
    return _opaque(*children)


def _opaque(*kinds: int) -> int:
    return max(kinds) if max(kinds) <= INPUT else OTHER


def _is_function(node: ast.expr, child: ast.expr) -> bool:
    return isinstance(node, ast.Call) and child is node.func
