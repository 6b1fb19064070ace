"""The dimension of an expression, and the check that both sides of an equation agree."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from itertools import pairwise

from neurosim.equations.expression_parser import constant
from neurosim.equations.functions import FUNCTIONS
from neurosim.equations.source import Source
from neurosim.units import DIMENSIONLESS, UNITS, Dimension, describe, multiply

TRUTH: Dimension = (float("inf"),) * 6
"""Stands for a condition, which has no dimension at all."""


def dimension_of(node: ast.expr, variables: Mapping[str, Dimension], source: Source) -> Dimension:
    """Dimension of an expression.

    Parameters
    ----------
    node : ast.expr
    variables : mapping of str to Dimension
        Dimension of every name that is not a unit.
    source : Source
        For the line and caret of an error.

    Raises
    ------
    EquationError
        Where dimensions do not fit; both are named as units.
    """

    def infer(node: ast.expr) -> Dimension:
        if isinstance(node, ast.Constant):
            return DIMENSIONLESS
        if isinstance(node, ast.Name):
            return variables[node.id] if node.id in variables else UNITS[node.id].dimension
        if isinstance(node, ast.BoolOp):
            for part in node.values:
                condition(part)
            return TRUTH
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
            for a, b in pairwise(operands):
                same(a, b, b, "compares")
            return TRUTH
        if isinstance(node, ast.UnaryOp):
            if isinstance(node.op, ast.Not):
                return condition(node.operand)
            return value(node.operand)
        if isinstance(node, ast.BinOp):
            return binary(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return call(node, node.func.id)
        raise source.error("only arithmetic, comparisons and function calls are allowed here", node)

    def value(node: ast.expr) -> Dimension:
        found = infer(node)
        if found == TRUTH:
            raise source.error(
                "a condition stands where a number is wanted; int(condition) makes it 0 or 1", node
            )
        return found

    def condition(node: ast.expr) -> Dimension:
        if infer(node) != TRUTH:
            raise source.error("a number stands where a condition is wanted; compare it with something", node)
        return TRUTH

    def same(a: ast.expr, b: ast.expr, place: ast.expr, verb: str) -> Dimension:
        left, right = value(a), value(b)
        if not alike(left, right):
            raise source.error(f"wrong dimension: {verb} {describe(left)} with {describe(right)}", place)
        return left

    def binary(node: ast.BinOp) -> Dimension:
        if isinstance(node.op, (ast.Add, ast.Sub)):
            return same(
                node.left, node.right, node.right, "adds" if isinstance(node.op, ast.Add) else "subtracts"
            )
        left, right = value(node.left), value(node.right)
        if isinstance(node.op, ast.Mult):
            return multiply(left, right)
        if isinstance(node.op, ast.Div):
            return multiply(left, right, -1)
        if not alike(right, DIMENSIONLESS):
            raise source.error(f"an exponent must be dimensionless, this is in {describe(right)}", node.right)
        if alike(left, DIMENSIONLESS):
            return DIMENSIONLESS
        power = constant(node.right)
        if not isinstance(power, float):
            raise source.error(
                f"a quantity in {describe(left)} can only be raised to a plain number", node.right
            )
        return multiply(DIMENSIONLESS, left, power)

    def call(node: ast.Call, name: str) -> Dimension:
        rule = FUNCTIONS[name].dimension
        if rule == "truth":
            condition(node.args[0])
            return DIMENSIONLESS
        if rule == "select":
            condition(node.args[0])
            return same(node.args[1], node.args[2], node.args[2], "chooses between")
        found = value(node.args[0])
        if rule == "root":
            return multiply(DIMENSIONLESS, found, 0.5)
        if rule == "same":
            for other in node.args[1:]:
                same(node.args[0], other, other, f"{name}() mixes")
            return found
        if not alike(found, DIMENSIONLESS):
            raise source.error(
                f"wrong dimension: {name}() wants a dimensionless number, this is in {describe(found)}",
                node.args[0],
            )
        return DIMENSIONLESS

    return infer(node)


def alike(a: Dimension, b: Dimension) -> bool:
    """Whether two dimensions are the same, up to round-off in fractional powers."""
    return a == b or all(abs(x - y) < 1e-9 for x, y in zip(a, b, strict=True))
