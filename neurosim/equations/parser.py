"""Text of a model to a list of equations, each knowing where in the text it stands."""

from __future__ import annotations

import ast
import difflib
import re
from dataclasses import dataclass
from typing import Literal

from neurosim.equations.functions import FUNCTIONS
from neurosim.errors import EquationError, UnitError
from neurosim.units import DIMENSIONLESS, Unit, parse_unit

FLAGS = frozenset({"fraction", "input", "unless refractory"})
DEEPEST = 150
"""Levels an expression may have: later steps walk through it by recursion."""

TOO_DEEP = "this expression is too deep; split it into sub-expressions"
_NAME = r"[^\W\d]\w*"
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
        if node is None:
            return self.error_at(message, 0, self.column)
        row = min(getattr(node, "lineno", 1) - 1, len(self.lines) - 1)
        start = self.column if row == 0 else 0
        width = getattr(node, "col_offset", 0) - (1 if row == 0 else 0)  # the parser's own parenthesis
        return self.error_at(message, row, start + _original_column(self.lines[row][start:], width))

    def error_at(self, message: str, row: int, column: int) -> EquationError:
        """An `EquationError` with a caret under a column of a line, both counted from 0."""
        line = self.lines[row].rstrip().replace("\t", " ")
        return EquationError(message, line, self.number + row, min(max(column, 0), len(line)))


def _original_column(text: str, width: int) -> int:
    """Column in `text` of a place Python's parser found, which counts bytes and reads ``^`` as ``**``."""
    for column, character in enumerate(text):
        if width <= 0:
            return column
        width -= 2 if character == "^" else len(character.encode())
    return len(text)


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
    _check_parentheses(text, source)
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


def _check_parentheses(text: str, source: Source) -> None:
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


def parse_equations(text: str) -> list[Equation]:
    """Parse the text of a model.

    Each equation is one of ::

        dv/dt = expression : unit              a differential equation
        name  = expression : unit              a sub-expression
        name : unit (input)                    an input, fed from outside

    The time is ``t``, in ms; ``t_step`` is the time at the beginning of the step, for what changes from step
    to step but not inside one. Gaussian white noise is ``xi``, in ms**-0.5, or ``xi_<name>`` where several
    are wanted: the same name is the same noise in all equations of one neuron, and each neuron has its own.
    It may be added to differential equations and to sub-expressions that end in them, times a factor.

    Flags follow in parentheses: ``(unless refractory)`` holds a state during the refractory time,
    ``(fraction)`` keeps one between 0 and 1 by setting it back to the end it has passed. ``#`` begins a
    comment. An expression may run on over lines as long as a parenthesis is open.

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
        On bad syntax, a missing or unknown unit, an unknown flag, or a name defined twice; with line and
        caret.
    """
    equations: list[Equation] = []
    for lines, number in _logical_lines(text):
        equation = _parse_line(lines, number)
        if any(e.name == equation.name for e in equations):
            raise _whole(lines, number).error(f"{equation.name!r} is defined twice")
        equations.append(equation)
    return equations


def _logical_lines(text: str) -> list[tuple[tuple[str, ...], int]]:
    """Lines without comments, joined where a parenthesis is open, each with the number of its first."""
    result: list[tuple[tuple[str, ...], int]] = []
    pending: list[str] = []
    depth = 0
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.split("#", 1)[0]
        if not pending and not line.strip():
            continue
        pending.append(line)
        depth += line.count("(") - line.count(")")
        if depth <= 0:
            result.append((tuple(pending), number - len(pending) + 1))
            pending, depth = [], 0
    if pending:
        lines = tuple(pending)
        _check_parentheses("\n".join(lines), Source(lines, len(text.splitlines()) - len(lines) + 1, 0))
    return result


def _whole(lines: tuple[str, ...], number: int) -> Source:
    """The place where an equation begins."""
    return Source(lines, number, len(lines[0]) - len(lines[0].lstrip()))


def _parse_line(lines: tuple[str, ...], number: int) -> Equation:
    text = "\n".join(lines)
    whole = _whole(lines, number)
    head = _HEAD.match(text)
    if head is None:
        raise whole.error(
            "expected 'dx/dt = expression : unit', 'x = expression : unit' or 'x : unit (input)'"
        )
    derivative, plain, sign = head.groups()
    name = derivative or plain
    if sign == ":":
        right, rest = None, text[head.end() :]
        if derivative:
            raise whole.error(f"d{name}/dt has no right-hand side")
    else:
        right, colon, rest = text[head.end() :].rpartition(":")
        if not colon:
            raise _missing_unit(whole, name)
    unit, flags = _unit_and_flags(rest, name, whole)
    if right is None:
        if "input" not in flags:
            hint = f"write '{name} : {unit} (input)', or make it a parameter"
            raise whole.error(f"{name} has no right-hand side: {hint}")
        return Equation("input", name, unit, None, flags, whole)
    if "input" in flags:
        raise whole.error("an input has no right-hand side")
    if derivative is None and flags:
        does = "held 'unless refractory'" if "unless refractory" in flags else "a 'fraction'"
        raise whole.error(f"only a differential equation can be {does}")
    if "fraction" in flags and unit.dimension != DIMENSIONLESS:
        raise whole.error(f"a fraction is dimensionless, but {name} is in {unit}")
    tree, source = parse_expression(right, Source(lines, number, head.end()))
    return Equation("differential" if derivative else "subexpression", name, unit, tree, flags, source)


def _missing_unit(source: Source, name: str) -> EquationError:
    row = len(source.lines) - 1
    message = f"missing unit: end the line with ': unit', or ': 1' if {name} is dimensionless"
    return source.error_at(message, row, len(source.lines[row].rstrip()))


def _unit_and_flags(rest: str, name: str, source: Source) -> tuple[Unit, frozenset[str]]:
    """Unit and flags of what stands behind the colon, which ends the last line."""
    row = len(source.lines) - 1
    rest = rest.lstrip()
    start = len(source.lines[row]) - len(rest)
    # A parenthesis after an operator belongs to the unit: 1/(ms*mV).
    match = re.fullmatch(r"(.*?[^*/^\s])??\s*(?:(?<![*/^\s])\s*\(([^()*/^]*)\))?\s*", rest)
    if match is None or not match[1]:
        raise _missing_unit(source, name)
    flags = frozenset(flag.strip() for flag in (match[2] or "").split(",") if flag.strip())
    for flag in sorted(flags - FLAGS):
        column = start + match.start(2) + match[2].index(flag)
        raise source.error_at(f"unknown flag {flag!r}; known are {', '.join(sorted(FLAGS))}", row, column)
    try:
        return parse_unit(match[1]), flags
    except UnitError as error:
        raise source.error_at(str(error), row, start + match.start(1)) from None
