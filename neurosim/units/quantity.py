"""What users give, brought to bare numbers: text with units, and quantities of other libraries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from neurosim.errors import ParameterError, UnitError
from neurosim.units.unit import (
    CELSIUS,
    DIMENSIONLESS,
    UNITS,
    Unit,
    describe,
    multiply,
    parse_unit,
    plain_unit,
)

if TYPE_CHECKING:
    import numpy as np

_QUANTITY = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*\*?\s*(.*)$", re.DOTALL)


def convert(value: Any, unit: str | Unit, where: str) -> np.ndarray | float:
    """Bring a user's value to a bare number, or array, in the wanted unit.

    Parameters
    ----------
    value : float, array_like, str or quantity
        A bare number is taken to be in `unit` already; text and quantities are converted. Text must name its
        unit unless a dimensionless number is wanted. A list may hold text and quantities too.
    unit : str or Unit
        The unit wanted.
    where : str
        Object and attribute, for the message: ``"Population.tau_m"``.

    Returns
    -------
    float or ndarray of float64
        In `unit`; an array is a copy of what was given.

    Raises
    ------
    UnitError
        If a unit is unknown, or the dimension does not fit; both units are named.
    ParameterError
        If the value is not numeric or not finite, or is text without the unit it needs.
    """
    import numpy as np

    wanted = parse_unit(unit) if isinstance(unit, str) else unit
    if isinstance(value, (list, tuple)) and any(isinstance(v, str) or is_quantity(v) for v in value):
        return np.array([convert(v, wanted, where) for v in value])
    number, found = _number_and_unit(value, wanted, where)
    if found is not None and found.dimension != wanted.dimension:
        given = repr(value) if isinstance(value, str) else " ".join(str(value).split())
        raise UnitError(
            f"{where} = {given if len(given) <= 80 else given[:77] + '...'}: has the unit "
            f"{_with_meaning(found)}, but must be in {_with_meaning(wanted)}."
        )
    if np.ma.is_masked(number):
        raise ParameterError(where, value, "has masked values, which would count as any other", "Fill them.")
    try:
        array = np.asarray(number)
    except ParameterError:  # a Variable is no array, and says what to do
        raise
    except ValueError:  # rows of different length
        array = np.asarray(None)
    if array.dtype.kind not in "iuf":
        raise ParameterError(where, value, f"must be a number, or an array of numbers, in {wanted.name}")
    array = array.astype(np.float64)
    if found is not None and found.decades != wanted.decades:
        array = array * 10.0 ** (found.decades - wanted.decades)
    if not np.isfinite(array).all():
        raise ParameterError(where, value, "must be finite", "Replace NaN and infinite entries.")
    return float(array) if array.ndim == 0 else array


def convert_by_itself(value: Any, where: str) -> tuple[np.ndarray | float, Unit]:
    """Bring a value that says its own unit to a bare number, or array, and that unit.

    Parameters
    ----------
    value : float, array_like, str, quantity or (value, unit)
        A bare number is dimensionless; a quantity is brought to a usual unit of its dimension.
    where : str
        Object and attribute, for the message.

    Raises
    ------
    ParameterError, UnitError
        As for `convert`.
    """
    if isinstance(value, str):
        number, _, name = value.strip().partition(" ")
        value = (f"{number} {name}", name) if name else (number, "1")
    elif is_quantity(value):
        value = (value, plain_unit(read_quantity(value, where)[1].dimension).name)
    named = isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], str)
    number, name = value if named else (value, "1")
    unit = parse_unit(name)
    return convert(number, unit, where), unit


def _with_meaning(unit: Unit) -> str:
    meaning = describe(unit.dimension)
    if unit.name in ("1", meaning):
        return meaning
    return unit.name if unit.name in UNITS else f"{unit.name} ({meaning})"


def _number_and_unit(value: Any, wanted: Unit, where: str) -> tuple[Any, Unit | None]:
    if isinstance(value, str):
        match = _QUANTITY.match(value)
        if match is None:
            raise ParameterError(where, value, f"must be a number with a unit such as '20 {wanted.name}'")
        if not match[2]:
            if wanted.dimension != DIMENSIONLESS:
                remedy = f"Give a unit, such as '{match[1]} {wanted.name}', or the bare number."
                raise ParameterError(where, value, "is text without a unit", remedy)
            return float(match[1]), None
        try:
            return float(match[1]), parse_unit(match[2])
        except UnitError as error:
            raise UnitError(f"{where} = {value!r}: {error}") from None
    if is_quantity(value):
        number, found = read_quantity(value, where)
        offset = 273.15 if found.dimension == wanted.dimension and wanted.name in CELSIUS else 0.0
        return number - offset, found
    return value, None


def is_quantity(value: Any) -> bool:
    """Whether a value is a quantity of Brian2, pint or quantities."""
    return (
        hasattr(getattr(value, "dim", None), "get_dimension")  # Brian2
        or hasattr(value, "to_base_units")  # pint
        or hasattr(value, "simplified")  # quantities
    )


_SI = {
    "kg": (14, (3, 1, 1, -2, 0, 0)),  # V*A*s3/m2
    "m": (5, (0, 0, 0, 1, 0, 0)),
    "s": (3, (1, 0, 0, 0, 0, 0)),
    "A": (12, (0, 0, 1, 0, 0, 0)),
    "K": (0, (0, 0, 0, 0, 0, 1)),
    "mol": (15, (0, 0, 0, 0, 1, 0)),
}
_PINT_NAMES = {"kilogram": "kg", "meter": "m", "second": "s", "ampere": "A", "kelvin": "K", "mole": "mol"}


def read_quantity(value: Any, where: str) -> tuple[Any, Unit]:
    """Number in SI base units, and that unit, of a quantity of Brian2, pint or quantities.

    Parameters
    ----------
    value : quantity
    where : str
        Object and attribute, for the message.

    Raises
    ------
    UnitError
        If a base unit, such as that of luminous intensity, has no counterpart.
    """
    import numpy as np

    powers: dict[str, float]
    if hasattr(value, "to_base_units"):
        base = value.to_base_units()
        powers = {_PINT_NAMES.get(str(name), str(name)): float(power) for name, power in base.unit_items()}
        number, name = np.asarray(base.magnitude), str(value.units)
    elif hasattr(value, "simplified"):
        base = value.simplified
        powers = {str(unit.symbol): float(power) for unit, power in base.dimensionality.items()}
        number, name = np.asarray(base.magnitude), str(value.dimensionality)
    else:
        powers = {symbol: float(value.dim.get_dimension(symbol)) for symbol in _SI}
        number, name = np.asarray(value, dtype=np.float64), ""
    decades, dimension = 0.0, DIMENSIONLESS
    for symbol, power in powers.items():
        if power and symbol not in _SI:
            raise UnitError(f"{where} = {value}: the unit {symbol} has no counterpart in neurosim")
        if power:
            decades += power * _SI[symbol][0]
            dimension = multiply(dimension, _SI[symbol][1], power)
    return number, Unit(name or describe(dimension), decades, dimension)
