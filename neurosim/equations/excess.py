"""How far a threshold condition is exceeded."""

from __future__ import annotations

import ast


def excess(condition: ast.expr) -> ast.expr | None:
    """What a condition compares, as one expression that grows through 0 when the condition becomes true.

    Parameters
    ----------
    condition : ast.expr

    Returns
    -------
    ast.expr or None
        ``a - b`` for ``a > b`` and ``a >= b``, ``b - a`` for ``a < b`` and ``a <= b``; None for anything that
        is not a single one of these.
    """
    if not isinstance(condition, ast.Compare) or len(condition.ops) != 1:
        return None
    left, right = condition.left, condition.comparators[0]
    if isinstance(condition.ops[0], (ast.Lt, ast.LtE)):
        left, right = right, left
    elif not isinstance(condition.ops[0], (ast.Gt, ast.GtE)):
        return None
    return ast.BinOp(left, ast.Sub(), right)
