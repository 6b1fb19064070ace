"""Stimuli of one kind on different units, as one formula with values for each unit."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.equations.parser import Equation
from neurosim.errors import ParameterError
from neurosim.network.stimuli.application import Application
from neurosim.units import UNITS, Unit


@dataclass(frozen=True, eq=False)
class Bundle:
    """Applications that no unit has two of, and that differ in numbers alone.

    So the work of a kernel does not grow with the number of slices. The equations have the names of the
    first.

    Attributes
    ----------
    members : list of Application
    """

    members: list[Application]

    @property
    def first(self) -> Application:
        """The one that gives the names."""
        return self.members[0]

    def equations(self, unit: Unit, n: int) -> list[Equation]:
        """What it adds to the equations of a population of n units with an input of the unit."""
        return self.first.equations(unit, n)

    def units(self, unit: Unit, n: int) -> dict[str, Unit]:
        """Units of its parameters."""
        return self.first.units(unit, n)

    def values(self, unit: Unit, n: int, where: str) -> dict[str, Any]:
        """Its parameters in coherent units; see `Application.values`."""
        result = self.first.values(unit, n, where)
        for other in self.members[1:]:
            mine = on(other, n)
            for name, value in zip(result, other.values(unit, n, where).values(), strict=True):
                numbers = [len(v) for v in (value, result[name]) if np.ndim(v) == 2 and len(v) > 1]
                if len(set(numbers)) > 1:
                    limit = f"is for {numbers[0]} trials, but one on other units is for {numbers[1]}"
                    raise ParameterError(where, other.component, limit)
                if np.ndim(value) or np.ndim(result[name]) or value != result[name]:
                    result[name] = np.where(mine, value, result[name])
        return result


def on(application: Application, n: int) -> NDArray[np.bool_]:
    """On which of n units it acts."""
    mask = np.zeros(n, bool)
    mask[application.start : application.stop] = application.acts
    return mask


def bundled(applications: Iterable[Application], n: int) -> list[Bundle]:
    """Applications on n units in as few bundles as can be; noise and tables stay by themselves."""
    bundles: list[Bundle] = []
    taken: dict[Hashable, list[tuple[Bundle, NDArray[np.bool_]]]] = {}
    for application in applications:
        mine, kind = on(application, n), _kind(application)
        for bundle, units in taken.get(kind, []):
            if not (units & mine).any():
                bundle.members.append(application)
                units |= mine
                break
        else:
            bundles.append(Bundle([application]))
            taken.setdefault(kind, []).append((bundles[-1], mine))
    return bundles


def _kind(application: Application) -> Hashable:
    """What applications that can be bundled have in common."""
    component = application.component
    if component.table is not None or component.noisy:
        return application.number
    dimensions = tuple((name, u.dimension) for name, u in component.units(UNITS["1"]).items())
    return (application.input, component.formula, component.equations, dimensions)
