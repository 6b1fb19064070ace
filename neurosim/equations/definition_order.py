"""The order in which sub-expressions can be computed: each after those it uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from neurosim.equations.expression import names_in
from neurosim.equations.parser import Equation


def definition_order(equations: Iterable[Equation]) -> list[str]:
    """Names of the sub-expressions, each after those it uses, otherwise in the order of the text.

    Raises
    ------
    EquationError
        If definitions go round in a circle.
    """
    pending = {e.name: e for e in equations if e.kind == "subexpression"}
    needs = {
        n: names_in(e.expression) & pending.keys() for n, e in pending.items() if e.expression is not None
    }
    order: list[str] = []
    while pending:
        ready = [n for n in pending if not needs[n] & pending.keys()]
        if not ready:
            cycle = _find_cycle({n: needs[n] & pending.keys() for n in pending})
            first = pending[cycle[0]]
            message = f"circular definition: {' -> '.join([*cycle, cycle[0]])}"
            raise first.source.error(message, first.expression)
        for name in ready:
            order.append(name)
            del pending[name]
    return order


def _find_cycle(needs: Mapping[str, set[str]]) -> list[str]:
    path: list[str] = []
    name = min(needs)
    while name not in path:
        path.append(name)
        name = min(needs[name])
    return path[path.index(name) :]
