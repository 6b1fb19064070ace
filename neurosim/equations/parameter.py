"""A parameter of a model: value, unit and meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from neurosim.description import Described
from neurosim.equations.names import objection
from neurosim.errors import ParameterError
from neurosim.units import convert, is_quantity, parse_unit, plain_unit, read_quantity


@dataclass(frozen=True)
class Parameter(Described):
    """A parameter of a model.

    Attributes
    ----------
    value : float
        Default, in `unit`.
    unit : str
        ``"1"`` for dimensionless.
    meaning : str
        One phrase for the table of parameters.
    """

    value: float
    unit: str = "1"
    meaning: str = ""


def read_parameters(given: Mapping[str, Any], where: str) -> dict[str, Parameter]:
    """Bring the forms in which a user may write parameters to `Parameter`.

    Parameters
    ----------
    given : mapping of str to Parameter, (value, unit), (value, unit, meaning), str, quantity or float
        Text such as ``"20 ms"`` carries its unit, a quantity is converted to a usual one; a bare number is
        dimensionless.

    Raises
    ------
    ParameterError, UnitError
        If a value is not a finite number or a unit is unknown.
    """
    result = {}
    for name, entry in given.items():
        label = f"{where}.{name}"
        if reason := objection(name):
            raise ParameterError(f"{where}.parameters", name, reason)
        if isinstance(entry, str):
            number, _, unit = entry.strip().partition(" ")
            entry = (number, unit or "1")
        if is_quantity(entry):
            entry = (entry, plain_unit(read_quantity(entry, label)[1].dimension).name)
        if not isinstance(entry, (Parameter, tuple)):
            entry = (entry, "1")
        if isinstance(entry, tuple):
            if len(entry) not in (2, 3):
                raise ParameterError(label, entry, "must be (value, unit) or (value, unit, meaning)")
            value, unit, meaning = (*entry, "")[:3]
            entry = Parameter(_number(value, unit, label), unit, meaning)
        else:
            _number(entry.value, entry.unit, label)
        result[name] = entry
    return result


def parameter_table(parameters: Mapping[str, Parameter]) -> str:
    """Parameters as text: name, default, unit and meaning, a line each."""
    rows = [(k, f"{p.value:g}", p.unit, p.meaning) for k, p in parameters.items()]
    rows.insert(0, ("parameter", "default", "unit", "meaning"))
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, [*widths, 0], strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def changed_parameters(
    parameters: Mapping[str, Parameter], changed: Mapping[str, Any], where: str
) -> dict[str, Parameter]:
    """Parameters of which some have other values, for a copy of a model.

    Parameters
    ----------
    parameters : mapping of str to Parameter
    changed : mapping of str to float, str or quantity
        A bare number is in the unit the parameter has.
    where : str
        Name of the model, for messages.

    Raises
    ------
    ParameterError
        If a name is not a parameter, or a value not a single number.
    UnitError
        If a unit does not fit.
    """
    result = dict(parameters)
    for key, value in changed.items():
        if key not in result:
            known = ", ".join(result)
            raise ParameterError(f"{where}.{key}", value, f"is not a parameter; there are {known}")
        number = convert(value, result[key].unit, f"{where}.{key}")
        if not isinstance(number, float):
            raise ParameterError(f"{where}.{key}", value, "a default must be a single number")
        result[key] = replace(result[key], value=number)
    return result


def with_product(text: str) -> str:
    """An expression in which a quantity such as ``2 ms`` may stand for ``2*ms``."""
    match = re.fullmatch(r"\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s+([A-Za-z][\w*/^]*)\s*", text)
    return f"{match[1]}*({match[2]})" if match else text


def _number(value: Any, unit: str, label: str) -> float:
    parse_unit(unit)
    if isinstance(value, str):
        with suppress(ValueError):
            value = float(value)  # its unit stands beside it
    number = convert(value, unit, label)
    if not isinstance(number, float):
        raise ParameterError(label, value, "a default must be a single number")
    return number
