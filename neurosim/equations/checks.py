"""What the equations of a system must be: names known and defined once, dimensions alike on both sides."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Collection, Mapping, Sequence

from neurosim.equations.dimensions import TRUTH, alike, dimension_of
from neurosim.equations.expression import names_in
from neurosim.equations.names import is_noise, objection
from neurosim.equations.parser import Equation
from neurosim.equations.source import Source
from neurosim.units import UNITS, Dimension, describe, multiply


def check_names(equations: Sequence[Equation], known: Collection[str], parameters: Collection[str]) -> None:
    """Refuse equations with a name that is not `known`, that is defined twice, or that cannot be a name.

    Raises
    ------
    EquationError
        At the place in the text.
    """
    seen: set[str] = set()
    for e in equations:
        if e.name in parameters:
            raise e.source.error(f"{e.name!r} is both an equation and a parameter; keep one")
        if e.name in seen:
            raise e.source.error(f"{e.name!r} is defined twice")
        if reason := objection(e.name):
            raise e.source.error(f"the name {e.name!r} {reason}")
        seen.add(e.name)
        if e.expression is not None:
            check_known(e.expression, e.source, known)


def check_known(node: ast.expr, source: Source, known: Collection[str]) -> None:
    """Refuse an expression with a name that is neither known nor a unit; near ones are suggested.

    Raises
    ------
    EquationError
        At the place in the text.
    """
    unknown = names_in(node) - set(known) - UNITS.keys()
    places = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in unknown]
    for place in sorted(places, key=lambda n: (n.lineno, n.col_offset)):
        near = difflib.get_close_matches(place.id, [*known, *UNITS], n=2)
        hint = "give it as a parameter, an input or a sub-expression"
        hint = f"did you mean {' or '.join(near)}?" if near else hint
        if is_noise(place.id):
            hint = "noise can only stand in differential equations"
        raise source.error(f"unknown name {place.id!r}; {hint}", place)


def check_dimensions(equations: Sequence[Equation], dimensions: Mapping[str, Dimension]) -> None:
    """Refuse equations whose two sides differ in dimension, given that of each name.

    Raises
    ------
    EquationError
        At the place in the text; both dimensions are named.
    """
    for e in equations:
        if e.expression is None:
            continue
        found = dimension_of(e.expression, dimensions, e.source)
        wanted = e.unit.dimension
        if e.kind == "differential":
            wanted = multiply(wanted, UNITS["ms"].dimension, -1)
        if found == TRUTH:
            raise e.source.error(f"{e.name} is a condition; int(condition) makes it 0 or 1", e.expression)
        if not alike(found, wanted):
            left = f"d{e.name}/dt" if e.kind == "differential" else e.name
            message = f"the right-hand side is in {describe(found)}, but {left} is in {describe(wanted)}"
            raise e.source.error(f"wrong dimension: {message}", e.expression)
