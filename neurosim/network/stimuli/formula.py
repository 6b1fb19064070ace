"""Any function of the time, as text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from neurosim.equations.expression import names_in
from neurosim.equations.expression_parser import parse_expression
from neurosim.equations.names import TIMES, is_noise, objection
from neurosim.errors import ParameterError
from neurosim.network.checks import checked_mapping
from neurosim.network.stimuli.stimulus import Component
from neurosim.units import UNITS, Unit, convert_by_itself


@dataclass(frozen=True, repr=False, eq=False)
class Formula(Component):
    """A function of the time in the notation of equations: ``Formula("10*pA*sin(2*pi*10*Hz*t)")``.

    Parameters
    ----------
    text : str
        In the unit of the input. It may use ``t``, ``t_step`` (the time at the beginning of the step),
        ``pi``, units, the functions of equations, white noise ``xi`` and the parameters.
    parameters : mapping of str to float, array_like, str, quantity or (value, unit), optional
        ``{"f": "10 Hz", "phase": phases}``, each one for all, (n,) or (trials, n); a bare number is
        dimensionless.

    Raises
    ------
    EquationError
        If the text has a mistake: bad syntax, an unknown name; when it is assigned, if its dimension is not
        that of the input.
    ParameterError, UnitError
        If a parameter has no usable name or value.
    """

    text: str
    parameters: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise ParameterError("Formula.text", self.text, "must be text, such as '10*pA*sin(t/ms)'")
        tree, source = parse_expression(self.text)
        for name in self._quantities:
            if name in UNITS:
                raise ParameterError("Formula.parameters", name, "is a unit; choose another name")
        for name in sorted(names_in(tree) - {*self._quantities, *TIMES, *UNITS}):
            if not is_noise(name):
                raise source.error(f"unknown name {name!r}; give it as a parameter")

    @cached_property
    def _quantities(self) -> dict[str, tuple[float | np.ndarray, Unit]]:
        """Value and unit of each parameter."""
        found: dict[str, tuple[float | np.ndarray, Unit]] = {"pi": (math.pi, UNITS["1"])}
        for name, given in checked_mapping("Formula.parameters", self.parameters).items():
            where = f"Formula.parameters[{name!r}]"
            if reason := objection(name):
                raise ParameterError("Formula.parameters", name, reason)
            found[name] = convert_by_itself(given, where)
        return found

    def units(self, unit: Unit) -> dict[str, Unit]:
        """Units of the parameters."""
        return {name: found for name, (_, found) in self._quantities.items()}

    def given(self, name: str) -> Any:
        """A parameter as the user gave it."""
        return self._quantities[name][0]

    @property
    def formula(self) -> str:
        """The text."""
        return self.text
