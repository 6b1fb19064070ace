"""Text of an expression to a syntax tree that holds arithmetic alone."""

from __future__ import annotations

import ast
import difflib

from neurosim.equations.functions import FUNCTIONS
from neurosim.equations.source import Source

DEEPEST = 150
"""Levels an expression may have: later steps walk through it by recursion."""

TOO_DEEP = "this expression is too deep; split it into sub-expressions"
_ALLOWED = (
    ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Constant, ast.Compare, ast.BoolOp, ast.Load,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.UAdd, ast.Not, ast.And, ast.Or,
    ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq,
)  # fmt: skip


def parse_expression(text: str, source: Source | None = None) -> tuple[ast.expr, Source]:
    """Parse one expression, such as a threshold condition.

    Parameters
    ----------
    text : str
        In Python's notation; ``^`` may be written for ``**``, ``and`` and ``or`` join conditions.
    source : Source, optional
        Where the text stands; by default it is a line of its own.

    Raises
    ------
    EquationError
        On bad syntax, or on anything that is not arithmetic, comparison or a call of a known function.
    """
    source = source or Source(tuple(text.splitlines()) or ("",), 1, 0)
    check_parentheses(text, source)
    try:
        # Parentheses let an expression run over several lines.
        tree = ast.parse("(" + text.replace("^", "**") + "\n)", mode="eval").body
    except SyntaxError as error:
        place = ast.Name(id="", lineno=error.lineno or 1, col_offset=max((error.offset or 1) - 1, 1))
        raise source.error("bad syntax: this is not an arithmetic expression", place) from None
    except (RecursionError, MemoryError):
        raise source.error(TOO_DEEP) from None
    if not text.strip():
        raise source.error("bad syntax: an expression is missing here")
    if _depth(tree) > DEEPEST:
        raise source.error(TOO_DEEP)
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            where = node if hasattr(node, "lineno") else tree
            raise source.error("only arithmetic, comparisons and function calls are allowed here", where)
        if isinstance(node, ast.Constant) and not _is_number(node.value):
            raise source.error(f"{node.value!r} is not a finite number", node)
        if isinstance(node, ast.Call):
            _check_call(node, source)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _is_zero(node.right):
            raise source.error("division by zero", node.right)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not _is_bounded(node):
            raise source.error("this power of numbers is not a finite real number", node)
    return tree, source


def _depth(tree: ast.expr) -> int:
    """Levels of an expression, counted without recursion."""
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [
            child for node in level for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)
        ]
    return depth


def _is_bounded(node: ast.BinOp) -> bool:
    """Whether a power, if it is one of plain numbers, has a finite real value."""
    try:
        value = constant(node)
    except (OverflowError, ZeroDivisionError):
        return False
    return value is None or (isinstance(value, float) and abs(value) < 1e300)


def constant(node: ast.expr) -> float | complex | None:
    """Value of an expression of plain numbers; None if it holds anything else."""
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        operand = constant(node.operand)
        return None if operand is None else -operand if isinstance(node.op, ast.USub) else operand
    if not isinstance(node, ast.BinOp):
        return None
    left, right = constant(node.left), constant(node.right)
    if left is None or right is None:
        return None
    if isinstance(node.op, ast.Pow):
        return left**right
    if isinstance(node.op, ast.Div):
        return left / right
    if isinstance(node.op, ast.Mult):
        return left * right
    return left + right if isinstance(node.op, ast.Add) else left - right


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0


def check_parentheses(text: str, source: Source) -> None:
    """Refuse a parenthesis without its partner, which Python would pair with the parser's own."""
    opened: list[tuple[int, int]] = []
    for row, line in enumerate(text.split("\n")):
        for column, character in enumerate(line, source.column if row == 0 else 0):
            if character == "(":
                opened.append((row, column))
            elif character == ")" and not opened:
                raise source.error_at(
                    "bad syntax: a parenthesis is closed that was never opened", row, column
                )
            elif character == ")":
                opened.pop()
    if opened:
        raise source.error_at("bad syntax: a parenthesis is never closed", *opened[-1])


def _check_call(node: ast.Call, source: Source) -> None:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        name = ast.unparse(node.func)
        known = ", ".join(sorted(FUNCTIONS))
        near = difflib.get_close_matches(name, FUNCTIONS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {known}"
        raise source.error(f"unknown function {name!r}; {hint}", node)
    wanted, found = FUNCTIONS[node.func.id].n_arguments, len(node.args) + len(node.keywords)
    if found != wanted or node.keywords:
        raise source.error(f"{node.func.id}() takes {wanted} argument(s) by position, got {found}", node)
