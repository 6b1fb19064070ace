"""The parameters that a rule changes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.variable import Variable


def checked_parameters(name: str, parameters: Iterable[Variable]) -> list[Variable]:
    """Return the variables to change, each once; `name` stands before ``.parameters`` in errors."""
    if callable(parameters) or not np.iterable(parameters):
        remedy = "Give network.parameters(), with its parentheses."
        raise ParameterError(f"{name}.parameters", parameters, "must be a list of Variables", remedy)
    checked = list({id(p): p for p in parameters}.values())
    if not checked:
        raise ParameterError(f"{name}.parameters", checked, "there is nothing to learn")
    for k, parameter in enumerate(checked):
        where = f"{name}.parameters[{k}]"
        if not isinstance(parameter, Variable):
            raise ParameterError(where, parameter, "must be a Variable", "Give network.parameters().")
        if not parameter.value.flags.writeable:
            raise ParameterError(where, parameter, "its value cannot be written", "Copy it.")
    return checked
