"""White noise in equations: what multiplies it, told apart from the rest.

A right-hand side with noise is F + G_1*xi_1 + G_2*xi_2 + ...: the drift F, and a coefficient for each noise.
Sums keep this form, and so do products and quotients with what holds no noise.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from neurosim.equations.expression import names_in
from neurosim.equations.names import is_noise
from neurosim.equations.parser import Equation
from neurosim.equations.source import Source
from neurosim.errors import EquationError


@dataclass(frozen=True)
class Terms:
    """A right-hand side in parts.

    Attributes
    ----------
    drift : ast.expr or None
        What is left without noise; None if that is nothing.
    noise : dict of str to ast.expr
        Coefficient of each noise.
    """

    drift: ast.expr | None
    noise: dict[str, ast.expr] = field(default_factory=dict)


def separated(equations: Iterable[Equation]) -> dict[str, Terms]:
    """Drift and noise of every right-hand side.

    Parameters
    ----------
    equations : iterable of Equation
        Sub-expressions first, each after those it uses.

    Raises
    ------
    EquationError
        Where noise does more than add to the rest, perhaps times a factor.
    """
    found: dict[str, Terms] = {}
    noisy: dict[str, Terms] = {}
    for e in equations:
        if e.expression is not None:
            found[e.name] = _separate(e.expression, noisy, e.source)
            if e.kind == "subexpression" and found[e.name].noise:
                noisy[e.name] = found[e.name]
    return found


def _separate(node: ast.expr, noisy: Mapping[str, Terms], source: Source) -> Terms:
    """Parts of an expression, in which the sub-expressions in `noisy` stand for their own parts."""
    if not any(is_noise(name) or name in noisy for name in names_in(node)):
        return Terms(node)
    if isinstance(node, ast.Name):
        if is_noise(node.id):
            return Terms(None, {node.id: ast.Constant(1.0)})
        return Terms(node if noisy[node.id].drift else None, noisy[node.id].noise)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        parts, sign = _separate(node.operand, noisy, source), node.op
        return Terms(
            parts.drift and ast.UnaryOp(sign, parts.drift),
            {name: ast.UnaryOp(sign, factor) for name, factor in parts.noise.items()},
        )
    if not isinstance(node, ast.BinOp) or isinstance(node.op, ast.Pow):
        raise _misplaced("stands inside a function, a power or a condition", node, source)
    left, right = _separate(node.left, noisy, source), _separate(node.right, noisy, source)
    if isinstance(node.op, ast.Add | ast.Sub):
        noise = dict(left.noise)
        for name, factor in right.noise.items():
            noise[name] = _joined(noise.get(name), node.op, factor)
        drift = left.drift if right.drift is None else _joined(left.drift, node.op, right.drift)
        return Terms(drift, noise)
    if isinstance(node.op, ast.Div) and right.noise:
        raise _misplaced("stands in a divisor", node.right, source)
    if left.noise and right.noise:
        raise _misplaced("is multiplied by noise", node, source)
    if right.noise:
        return Terms(
            right.drift and ast.BinOp(node.left, node.op, right.drift),
            {name: ast.BinOp(node.left, node.op, factor) for name, factor in right.noise.items()},
        )
    return Terms(
        left.drift and ast.BinOp(left.drift, node.op, node.right),
        {name: ast.BinOp(factor, node.op, node.right) for name, factor in left.noise.items()},
    )


def _joined(a: ast.expr | None, op: ast.operator, b: ast.expr) -> ast.expr:
    if a is not None:
        return ast.BinOp(a, op, b)
    return b if isinstance(op, ast.Add) else ast.UnaryOp(ast.USub(), b)


def _misplaced(fault: str, node: ast.expr, source: Source) -> EquationError:
    return source.error(f"noise {fault}; it can only be added to an equation, perhaps times a factor", node)
