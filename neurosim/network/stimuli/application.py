"""A component of a stimulus at work: on an input of some units."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.description import Described
from neurosim.equations.expression import names_in, renamed
from neurosim.equations.expression_parser import parse_expression
from neurosim.equations.names import is_noise
from neurosim.equations.parser import Equation, parse_equations
from neurosim.errors import ParameterError
from neurosim.network.composition import renamed_equation
from neurosim.network.stimuli.stimulus import Component, Stimulus
from neurosim.network.stimuli.table import Course
from neurosim.units import UNITS, Unit, parse_unit


@dataclass(frozen=True, eq=False)
class Application(Described):
    """A component at work.

    Attributes
    ----------
    input : str
    number : int
        Its own in the population. In the equations, ``stimulus<number>`` is what it adds to the input, and
        names of its own end in ``_stimulus<number>``; of several in a `Bundle`, the first gives its number.
    component : Component
    factor : float
        Multiplies it.
    start, stop : int
        Units it was given to.
    acts : ndarray of bool, shape (stop - start,)
        On which of them it still acts.
    """

    input: str
    number: int
    component: Component
    factor: float
    start: int
    stop: int
    acts: NDArray[np.bool_]

    def without(self, start: int, stop: int) -> Application | None:
        """The same without some units; None if there are no others."""
        units = np.arange(self.start, self.stop)
        acts = self.acts & ((units < start) | (units >= stop))
        return replace(self, acts=acts) if acts.any() else None

    @property
    def current(self) -> str:
        """Name of what it adds to the input."""
        return f"stimulus{self.number}"

    @property
    def _weight(self) -> str:
        """Name of its factor, for each neuron where it does not act on all."""
        return f"stimulus{self.number}_weight"

    def name(self, own: str) -> str:
        """A name of the component as it stands in the equations of the population."""
        return f"{own}_stimulus{self.number}"

    def equations(self, unit: Unit, n: int) -> list[Equation]:
        """What it adds to the equations of a population of n units with an input of the unit."""
        tree, source = parse_expression(self.component.formula)
        further = parse_equations(self.component.equations)
        lines = further
        for k, u in self._table_units().items():
            lines.append(Equation("input", k, u, None, frozenset({"input"}), source))
        trees = [tree, *(e.expression for e in lines if e.expression)]
        noises = {k for node in trees for k in names_in(node) if is_noise(k)}
        own = {*(e.name for e in lines), *self.component.units(unit), *noises}
        names = {k: self.name(k) for k in own}
        total = renamed(tree, names)
        if self._weighted(n):
            total = ast.BinOp(ast.Name(self._weight, ast.Load()), ast.Mult(), total)
        return [
            *(renamed_equation(e, names) for e in lines),
            Equation("subexpression", self.current, unit, total, frozenset(), source),
        ]

    def _table_units(self) -> dict[str, Unit]:
        """Units of what is read from a table."""
        table = self.component.table
        if table is None:
            return {}
        return {"table": UNITS["1"]} | ({"slope": parse_unit("1/ms")} if table.linear else {})

    def _weighted(self, n: int) -> bool:
        return self.factor != 1.0 or not self.acts.all() or self.stop - self.start < n

    def units(self, unit: Unit, n: int) -> dict[str, Unit]:
        """Units of its parameters."""
        weight = {self._weight: UNITS["1"]} if self._weighted(n) else {}
        return {self.name(k): u for k, u in self.component.units(unit).items()} | weight

    def values(self, unit: Unit, n: int, where: str) -> dict[str, Any]:
        """Its parameters in coherent units; the table as a function of the time.

        Raises
        ------
        ParameterError, UnitError
            If a value or its shape does not fit.
        """
        component, size = self.component, self.stop - self.start
        units = component.units(unit)
        result: dict[str, Any] = {}
        for key, value in component.numbers(unit).items():
            shape = np.shape(value)
            if shape and (len(shape) > 2 or shape[-1] != size):
                limit = f"the shape of {key} must be (), ({size},) or (trials, {size})"
                raise ParameterError(f"{where} = {component!r}", shape, limit)
            result[self.name(key)] = self._spread(value, n) * units[key].scale
        if component.table is not None:
            width = component.table.values.shape[2]
            if width not in (1, size):
                limit = f"has values for {width} neurons, but there are {size}"
                raise ParameterError(where, component, limit)
            for key in self._table_units():
                units_of = (self.start, self.stop, n)
                result[self.name(key)] = Course(component.table, *units_of, slope=key == "slope")
        if self._weighted(n):
            whole = self.acts.all() and size == n
            weight = np.zeros(n)
            weight[self.start : self.stop] = self.factor * self.acts
            result[self._weight] = self.factor if whole else weight
        return result

    def _spread(self, value: Any, n: int) -> Any:
        """Values of its units as values of all: those of the others do not matter, as their weight is 0."""
        if not np.ndim(value) or self.stop - self.start == n:
            return value
        full = np.empty((*np.shape(value)[:-1], n))
        full[...] = value[..., :1]
        full[..., self.start : self.stop] = value
        return full

    def __repr__(self) -> str:
        factor = "" if self.factor == 1.0 else f"{self.factor:g}*"
        units = np.flatnonzero(self.acts) + self.start
        gaps = "" if units[-1] - units[0] + 1 == units.size else f" (of which {units.size})"
        return f"{self.input}[{units[0]}:{units[-1] + 1}]{gaps}: {factor}{self.component!r}"


def applied(
    applications: Iterable[Application], key: str, start: int, stop: int, stimulus: Stimulus | None
) -> tuple[Application, ...]:
    """What is at work after units from `start` up to `stop` were given another stimulus, or none."""
    left: list[Application] = []
    for application in applications:
        rest = application.without(start, stop) if application.input == key else application
        if rest is not None:
            left.append(rest)
    for factor, component in stimulus.components if stimulus else []:
        acts = np.ones(stop - start, bool)
        left.append(Application(key, _free(left), component, factor, start, stop, acts))
    return tuple(left)


def _free(applications: Sequence[Application]) -> int:
    """The least number that is not in use: so the names in the equations depend on the kinds alone."""
    taken = {a.number for a in applications}
    return next(k for k in range(1, len(taken) + 2) if k not in taken)
