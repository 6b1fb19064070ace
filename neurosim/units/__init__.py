"""The unit system: floats inside, quantities accepted at the border.

Inside, every number is in one coherent system whose base units are ms, mV, pA, 10 um, fmol and kelvin. It
makes the units of the field fit without factors: nS*mV = pA, pF*mV/ms = pA, mS/cm2*mV = uA/cm2,
uF/cm2*mV/ms = uA/cm2, and a concentration in mM is 1. Degrees Celsius carry no offset here: a model writes
``T - 6.3*celsius``.

A quantity can be given as a bare number (already in the unit the attribute declares), as text (``"20 ms"``),
or as a quantity of Brian2, pint or quantities (the library Neo uses).
"""

from neurosim.units.quantity import convert, convert_by_itself, is_quantity, read_quantity
from neurosim.units.unit import (
    BASE_UNITS,
    CELSIUS,
    COMMON_UNITS,
    DIMENSIONLESS,
    UNITS,
    Dimension,
    Unit,
    describe,
    multiply,
    parse_unit,
    plain_unit,
    quotient,
)

__all__ = [
    "BASE_UNITS",
    "CELSIUS",
    "COMMON_UNITS",
    "DIMENSIONLESS",
    "UNITS",
    "Dimension",
    "Unit",
    "convert",
    "convert_by_itself",
    "describe",
    "is_quantity",
    "multiply",
    "parse_unit",
    "plain_unit",
    "quotient",
    "read_quantity",
]
