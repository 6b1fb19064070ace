"""Working with parsed expressions: names in them, renaming, units to numbers, and their value on arrays."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from neurosim.equations.functions import FUNCTIONS
from neurosim.units import UNITS


def names_in(node: ast.expr) -> set[str]:
    """Names an expression uses, without those of the functions it calls."""
    names, left = set(), [node]
    while left:
        part = left.pop()
        if isinstance(part, ast.Name):
            names.add(part.id)
        elif isinstance(part, ast.BinOp):  # most are
            left += (part.left, part.right)
        elif isinstance(part, ast.Call):
            left += part.args
        else:
            left += (child for child in ast.iter_child_nodes(part) if isinstance(child, ast.expr))
    return names


def _mapped(node: Any, change: Callable[[ast.Name], ast.expr]) -> Any:
    """A copy of an expression with its names changed."""
    if isinstance(node, ast.Name):
        return change(node)
    if isinstance(node, list):
        return [_mapped(part, change) for part in node]
    if not isinstance(node, ast.expr | ast.keyword):
        return node
    copied = type(node)(**{field: _mapped(value, change) for field, value in ast.iter_fields(node)})
    return ast.copy_location(copied, node)


def renamed(node: ast.expr, names: Mapping[str, str]) -> ast.expr:
    """The expression with some names replaced by others."""

    def change(name: ast.Name) -> ast.expr:
        return ast.copy_location(ast.Name(names.get(name.id, name.id), ast.Load()), name)

    result: ast.expr = _mapped(node, change)
    return result


def substituted(node: ast.expr, values: Mapping[str, ast.expr]) -> ast.expr:
    """The expression with some names replaced by expressions."""
    result: ast.expr = _mapped(node, lambda name: values.get(name.id, name))
    return result


def without_units(node: ast.expr, variables: Collection[str]) -> ast.expr:
    """The expression with every unit name that no variable hides replaced by its size in coherent units."""
    sizes = {n: ast.Constant(UNITS[n].scale) for n in names_in(node) if n not in variables and n in UNITS}
    return substituted(node, sizes)


def expression(text: str) -> ast.expr:
    """Parse a trusted expression, one the program itself wrote."""
    return ast.parse(text, mode="eval").body


class _OnArrays(ast.NodeTransformer):
    """``and``, ``or``, ``not`` and chained comparisons as the operators that work element by element."""

    def __init__(self, negation: ast.unaryop) -> None:
        self.negation = negation

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        self.generic_visit(node)
        operator: ast.operator = ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr()
        result = node.values[0]
        for value in node.values[1:]:
            result = ast.BinOp(result, operator, value)
        return result

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        return ast.UnaryOp(self.negation, node.operand) if isinstance(node.op, ast.Not) else node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        operands = [node.left, *node.comparators]
        result: ast.expr | None = None
        for a, operator, b in zip(operands, node.ops, operands[1:], strict=False):
            pair = ast.Compare(a, [operator], [b])
            result = pair if result is None else ast.BinOp(result, ast.BitAnd(), pair)
        return result if result is not None else node


def on_arrays(node: ast.expr, negation: ast.unaryop) -> ast.expr:
    """The expression with ``and`` and ``or`` as ``&`` and ``|``, and ``not`` as the given operator."""
    result = _OnArrays(negation).visit(copy.deepcopy(node))
    return ast.fix_missing_locations(result)  # type: ignore[no-any-return]


_ON_ARRAYS: dict[str, Any] = {name: f.numpy for name, f in FUNCTIONS.items()} | {"__builtins__": {}}


@lru_cache(maxsize=4096)
def _compiled(text: str) -> Any:
    return compile(ast.Expression(on_arrays(expression(text), ast.Invert())), "<equation>", "eval")


@lru_cache(maxsize=256)
def _program(statements: tuple[tuple[str, str], ...]) -> Any:
    assigned = [
        ast.Assign([ast.Name(name, ast.Store())], on_arrays(expression(text), ast.Invert()))
        for name, text in statements
    ]
    return compile(ast.fix_missing_locations(ast.Module(list(assigned), [])), "<step>", "exec")


def carried_out(statements: Sequence[tuple[str, str]], values: Mapping[str, Any]) -> dict[str, Any]:
    """All values after a row of assignments, each a name and a formula; arithmetic is that of `evaluate`."""
    known = {name: np.float64(v) if isinstance(v, (int, float)) else v for name, v in values.items()}
    with np.errstate(all="ignore"):
        exec(_program(tuple(statements)), dict(_ON_ARRAYS), known)
    return known


def evaluate(node: ast.expr, values: Mapping[str, Any]) -> Any:
    """Value of an expression whose units are numbers already.

    Parameters
    ----------
    node : ast.expr
    values : mapping of str to float or ndarray
        In coherent units; arrays broadcast.

    Returns
    -------
    float or ndarray
        By the rules of IEEE arithmetic: a division by zero is infinite or NaN, as it is in a kernel.
    """
    # Python's own floats raise on 1/0 and make complex numbers of negative ones.
    known = {name: np.float64(v) if isinstance(v, (int, float)) else v for name, v in values.items()}
    with np.errstate(all="ignore"):
        return eval(_compiled(ast.unparse(node)), dict(_ON_ARRAYS), known)
