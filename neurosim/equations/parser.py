"""Text of a model to a list of equations, each knowing where in the text it stands."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Literal

from neurosim.equations.expression_parser import check_parentheses, parse_expression
from neurosim.equations.source import Source
from neurosim.errors import EquationError, UnitError
from neurosim.units import DIMENSIONLESS, Unit, parse_unit

FLAGS = frozenset({"fraction", "input", "unless refractory"})
_NAME = r"[^\W\d]\w*"
_HEAD = re.compile(rf"\s*(?:d({_NAME})\s*/\s*dt|({_NAME}))\s*(=|:)")


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
        check_parentheses("\n".join(lines), Source(lines, len(text.splitlines()) - len(lines) + 1, 0))
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
