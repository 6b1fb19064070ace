"""Text of a model to a list of equations, each knowing where in the text it stands."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Literal

from neurosim.equations.functions import FUNCTIONS
from neurosim.errors import EquationError, UnitError
from neurosim.units import Unit, parse_unit

FLAGS = {"unless refractory": "differential", "input": "input"}
_NAME = r"[A-Za-z_]\w*"
_HEAD = re.compile(rf"\s*(?:d({_NAME})\s*/\s*dt|({_NAME}))\s*(=|:)")
_ALLOWED = (
    ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Constant, ast.Compare, ast.BoolOp, ast.Load,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.UAdd, ast.Not, ast.And, ast.Or,
    ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq,
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Where an expression stands: its lines, the number of the first, and the column it begins at."""

    lines: tuple[str, ...]
    number: int
    column: int

    def error(self, message: str, node: ast.AST | None = None) -> EquationError:
        """An `EquationError` with the line and a caret under `node`, or under the beginning."""
        row = getattr(node, "lineno", 1) - 1
        row = min(row, len(self.lines) - 1)
        column = getattr(node, "col_offset", 1)
        if row == 0:
            column += self.column - 1
        return EquationError(message, self.lines[row].rstrip(), self.number + row, max(column, 0))


@dataclass(frozen=True)
class Equation:
    """One line of a model.

    Attributes
    ----------
    kind : {"differential", "subexpression", "input"}
    name : str
        The variable it defines.
    unit : Unit
        Unit of that variable (not of its derivative).
    expression : ast.expr or None
        Right-hand side; None for an input.
    flags : frozenset of str
    source : Source
    """

    kind: Literal["differential", "subexpression", "input"]
    name: str
    unit: Unit
    expression: ast.expr | None
    flags: frozenset[str]
    source: Source


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
    try:
        # Parentheses let an expression run over several lines; Source.error takes the column back.
        tree = ast.parse("(" + text.replace("^", "**") + "\n)", mode="eval").body
    except SyntaxError as error:
        place = ast.Name(id="", lineno=error.lineno or 1, col_offset=max((error.offset or 1) - 1, 1))
        raise source.error("bad syntax: this is not an arithmetic expression", place) from None
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise source.error("only arithmetic, comparisons and function calls are allowed here", node)
        if isinstance(node, ast.Constant) and (isinstance(node.value, bool) or not isinstance(node.value, (int, float))):
            raise source.error(f"{node.value!r} is not a number", node)
        if isinstance(node, ast.Call):
            _check_call(node, source)
    return tree, source


def _check_call(node: ast.Call, source: Source) -> None:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        name = ast.unparse(node.func)
        known = ", ".join(sorted(FUNCTIONS))
        raise source.error(f"unknown function {name!r}; known are {known}", node)
    wanted = FUNCTIONS[node.func.id].n_arguments
    if len(node.args) != wanted or node.keywords:
        raise source.error(f"{node.func.id} takes {wanted} argument(s), got {len(node.args)}", node)


def parse_equations(text: str) -> list[Equation]:
    """Parse the text of a model.

    Each equation is one of ::

        dv/dt = expression : unit              a differential equation
        name  = expression : unit              a sub-expression
        name : unit (input)                    an input, fed from outside

    Flags follow in parentheses: ``(unless refractory)``. ``#`` begins a comment. An expression may run on over
    lines as long as a parenthesis is open.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of Equation
        In the order of the text.

    Raises
    ------
    EquationError
        On bad syntax, a missing or unknown unit, an unknown flag, or a name defined twice; with line and caret.
    """
    equations: list[Equation] = []
    for lines, number in _logical_lines(text):
        equation = _parse_line(lines, number)
        if any(e.name == equation.name for e in equations):
            raise equation.source.error(f"{equation.name!r} is defined twice", ast.Name(id="", lineno=1, col_offset=1))
        equations.append(equation)
    return equations


def _logical_lines(text: str) -> list[tuple[tuple[str, ...], int]]:
    result: list[tuple[tuple[str, ...], int]] = []
    pending: list[str] = []
    depth = 0
    first = 0
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.split("#", 1)[0]
        if not pending and not line.strip():
            continue
        if not pending:
            first = number
        pending.append(line)
        depth += line.count("(") - line.count(")")
        if depth <= 0:
            result.append((tuple(pending), first))
            pending, depth = [], 0
    if pending:
        raise EquationError("a parenthesis is never closed", pending[0].rstrip(), first, pending[0].rfind("("))
    return result


def _parse_line(lines: tuple[str, ...], number: int) -> Equation:
    text = "\n".join(lines)
    whole = Source(lines, number, len(lines[0]) - len(lines[0].lstrip()))
    head = _HEAD.match(text)
    if head is None:
        raise whole.error("expected 'dx/dt = expression : unit', 'x = expression : unit' or 'x : unit (input)'")
    derivative, plain, sign = head.groups()
    name = derivative or plain
    if sign == ":":
        expression_text, rest = None, text[head.end() :]
        if derivative:
            raise whole.error(f"d{name}/dt has no right-hand side")
    else:
        expression_text, colon, rest = text[head.end() :].rpartition(":")
        if not colon:
            raise whole.error(f"missing unit: end the line with ': unit', or ': 1' if {name} is dimensionless")
    unit_text, flags = _unit_and_flags(rest, whole)
    try:
        unit = parse_unit(unit_text)
    except UnitError as error:
        row = len(lines) - 1
        place = ast.Name(id="", lineno=row + 1, col_offset=max(lines[row].rfind(unit_text), 0) - (whole.column - 1 if row == 0 else 0))
        raise whole.error(str(error), place) from None
    if expression_text is None:
        if "input" not in flags:
            raise whole.error(f"{name} has no right-hand side: write '{name} : {unit_text} (input)', or make it a parameter")
        return Equation("input", name, unit, None, flags, whole)
    if "input" in flags:
        raise whole.error("an input has no right-hand side")
    tree, source = parse_expression(expression_text, Source(lines, number, head.end()))
    if derivative is None and "unless refractory" in flags:
        raise whole.error("only a differential equation can be held 'unless refractory'")
    return Equation("differential" if derivative else "subexpression", name, unit, tree, flags, source)


def _unit_and_flags(rest: str, source: Source) -> tuple[str, frozenset[str]]:
    match = re.fullmatch(r"\s*([^()]*?(?:\([^()]*\)[*/^][^()]*)?)\s*(?:\(([a-z ,]*)\))?\s*", rest)
    if match is None or not match[1]:
        raise source.error("missing unit: end the line with ': unit', or ': 1' if it is dimensionless")
    flags = frozenset(flag.strip() for flag in (match[2] or "").split(",") if flag.strip())
    for flag in flags - set(FLAGS):
        raise source.error(f"unknown flag {flag!r}; known are {', '.join(FLAGS)}")
    return match[1], flags
