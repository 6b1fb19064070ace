"""The unit system: floats inside, quantities accepted at the border.

Inside, every number is in one coherent system whose base units are ms, mV, pA, 10 um, fmol and kelvin. It makes
the units of the field fit without factors: nS*mV = pA, pF*mV/ms = pA, mS/cm2*mV = uA/cm2,
uF/cm2*mV/ms = uA/cm2, and a concentration in mM is 1. Degrees Celsius carry no offset here: a model writes
``T - 6.3*celsius``.

A quantity can be given as a bare number (already in the unit the attribute declares), as text (``"20 ms"``) or as
a quantity of Brian2, pint or quantities (the library Neo uses).
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from neurosim.errors import ParameterError, UnitError

if TYPE_CHECKING:
    import numpy as np

BASES = ("time", "voltage", "current", "length", "substance", "temperature")
BASE_UNITS = ("ms", "mV", "pA", "(10 um)", "fmol", "kelvin")
Dimension = tuple[float, float, float, float, float, float]
DIMENSIONLESS: Dimension = (0, 0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Unit:
    """A unit: its name, its size in the coherent system, and its dimension.

    Attributes
    ----------
    name : str
        As the user wrote it.
    scale : float
        One of this unit in coherent units: 1000 for ``s``.
    dimension : tuple of float
        Exponents of time, voltage, current, length, substance and temperature.
    """

    name: str
    scale: float
    dimension: Dimension

    def __str__(self) -> str:
        return self.name


def multiply(a: Dimension, b: Dimension, power: float = 1) -> Dimension:
    """Dimension of ``a * b**power``."""
    t, v, i, length, n, temperature = (x + power * y for x, y in zip(a, b, strict=True))
    return (t, v, i, length, n, temperature)


def _table() -> dict[str, Unit]:
    prefixes = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15}
    symbols: dict[str, tuple[float, Dimension, str]] = {
        "s": (1e3, (1, 0, 0, 0, 0, 0), "munp"),
        "Hz": (1e-3, (-1, 0, 0, 0, 0, 0), "kM"),
        "V": (1e3, (0, 1, 0, 0, 0, 0), "mun"),
        "A": (1e12, (0, 0, 1, 0, 0, 0), "munpf"),
        "S": (1e9, (0, -1, 1, 0, 0, 0), "munp"),
        "ohm": (1e-9, (0, 1, -1, 0, 0, 0), "kMG"),
        "F": (1e12, (1, -1, 1, 0, 0, 0), "munpf"),
        "C": (1e15, (1, 0, 1, 0, 0, 0), "munpf"),
        "J": (1e18, (1, 1, 1, 0, 0, 0), "mun"),
        "m": (1e5, (0, 0, 0, 1, 0, 0), "kmun"),
        "mol": (1e15, (0, 0, 0, 0, 1, 0), "munpf"),
        "M": (1e3, (0, 0, 0, -3, 1, 0), "mun"),
    }
    units = {"1": Unit("1", 1.0, DIMENSIONLESS)}
    for symbol, (size, dimension, allowed) in symbols.items():
        for prefix in ("", *allowed):
            name = prefix + symbol
            units[name] = Unit(name, size * prefixes[prefix], dimension)
    temperature = (0, 0, 0, 0, 0, 1)
    per_length = units["m"].scale / 100
    units["cm"] = Unit("cm", per_length, (0, 0, 0, 1, 0, 0))
    for name in ("m", "cm", "mm", "um"):
        area = units[name]
        units[name + "2"] = Unit(name + "2", area.scale**2, (0, 0, 0, 2, 0, 0))
        units[name + "3"] = Unit(name + "3", area.scale**3, (0, 0, 0, 3, 0, 0))
    units["kelvin"] = Unit("kelvin", 1.0, temperature)
    units["celsius"] = Unit("celsius", 1.0, temperature)
    long_names = {"second": "s", "volt": "V", "amp": "A", "ampere": "A", "siemens": "S", "farad": "F", "metre": "m", "meter": "m"}
    long_prefixes = {"": "", "milli": "m", "micro": "u", "nano": "n", "pico": "p"}
    for long, short in {**long_names, "hertz": "Hz", "molar": "M"}.items():
        for prefix, p in long_prefixes.items():
            if p + short in units:
                units[prefix + long] = Unit(prefix + long, units[p + short].scale, units[p + short].dimension)
    units["second"] = units["s"]
    return units


UNITS = _table()
"""Every unit name that equations and parameters may use."""


@lru_cache(maxsize=None)
def parse_unit(text: str) -> Unit:
    """Read a unit such as ``mV``, ``uA/cm2`` or ``nS*mV**-1``.

    Parameters
    ----------
    text : str
        Names of `UNITS` joined by ``*``, ``/`` and powers (``**`` or ``^``); ``1`` for dimensionless. The
        micro sign may be written u or \u00b5.

    Returns
    -------
    Unit

    Raises
    ------
    UnitError
        If a name is unknown (near ones are suggested) or the text is not a product of units.
    """
    source = text.strip().replace("^", "**").replace("\u00b5", "u").replace("\u03bc", "u")
    try:
        tree = ast.parse(source, mode="eval").body
    except SyntaxError:
        raise UnitError(f"{text!r} is not a unit: write a product such as 'mV', 'uA/cm2' or '1/ms'") from None
    scale, dimension = _evaluate(tree, text)
    return Unit(text.strip(), scale, dimension)


def _evaluate(node: ast.expr, text: str) -> tuple[float, Dimension]:
    if isinstance(node, ast.Name):
        if node.id not in UNITS:
            import difflib

            near = difflib.get_close_matches(node.id, UNITS, n=3, cutoff=0.5)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise UnitError(f"unknown unit {node.id!r} in {text!r}{hint}")
        unit = UNITS[node.id]
        return unit.scale, unit.dimension
    if isinstance(node, ast.Constant) and node.value == 1:
        return 1.0, DIMENSIONLESS
    if isinstance(node, ast.BinOp):
        scale, dimension = _evaluate(node.left, text)
        if isinstance(node.op, ast.Pow):
            try:
                power = ast.literal_eval(node.right)
            except ValueError:
                raise UnitError(f"{text!r} is not a unit: a power must be a number") from None
            return scale**power, multiply(DIMENSIONLESS, dimension, power)
        other, other_dimension = _evaluate(node.right, text)
        if isinstance(node.op, ast.Mult):
            return scale * other, multiply(dimension, other_dimension)
        if isinstance(node.op, ast.Div):
            return scale / other, multiply(dimension, other_dimension, -1)
    raise UnitError(f"{text!r} is not a unit: write a product such as 'mV', 'uA/cm2' or '1/ms'")


def describe(dimension: Dimension) -> str:
    """A readable unit of that dimension: ``mV``, ``uA/cm2`` or a product of base units."""
    common = "1 ms mV pA nS pF uA/cm2 mS/cm2 uF/cm2 1/ms mV/ms pA/ms nS/ms mM um um2 kelvin mM/ms Gohm fC".split()
    for name in common:
        if parse_unit(name).dimension == dimension:
            return "1 (dimensionless)" if name == "1" else name
    parts = [f"{u}^{p:g}" if p != 1 else u for u, p in zip(BASE_UNITS, dimension, strict=True) if p]
    return "*".join(parts)


_QUANTITY = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*\*?\s*(.*)$", re.DOTALL)


def convert(value: Any, unit: str | Unit, where: str) -> np.ndarray | float:
    """Bring a user's value to a bare number, or array, in the wanted unit.

    Parameters
    ----------
    value : float, array_like, str or quantity
        A bare number is taken to be in `unit` already; text and quantities are converted.
    unit : str or Unit
        The unit wanted.
    where : str
        Object and attribute, for the message: ``"Population.tau_m"``.

    Returns
    -------
    float or ndarray of float64
        In `unit`.

    Raises
    ------
    UnitError
        If the dimension does not fit; both units are named.
    ParameterError
        If the value is not numeric, or not finite.
    """
    import numpy as np

    wanted = parse_unit(unit) if isinstance(unit, str) else unit
    found: Unit | None = None
    if isinstance(value, str):
        match = _QUANTITY.match(value)
        if match is None:
            raise ParameterError(where, value, f"must be a number with a unit such as '20 {wanted.name}'")
        found = parse_unit(match[2] or "1")
        number: Any = float(match[1])
        if not match[2]:
            found = None
    else:
        number, found = _foreign(value, wanted)
    if found is not None:
        if found.dimension != wanted.dimension:
            raise UnitError(
                f"{where} = {value}: has the unit {found.name} ({describe(found.dimension)}), but must be in "
                f"{wanted.name} ({describe(wanted.dimension)})"
            )
        number = number * (found.scale / wanted.scale) if found.scale != wanted.scale else number
    if isinstance(number, (bool, np.bool_)):
        raise ParameterError(where, value, f"must be a number in {wanted.name}")
    try:
        array = np.asarray(number, dtype=np.float64)
    except (TypeError, ValueError):
        raise ParameterError(where, value, f"must be a number, or an array of numbers, in {wanted.name}") from None
    if not np.isfinite(array).all():
        raise ParameterError(where, value, "must be finite", "Replace NaN and infinite entries.")
    return float(array) if array.ndim == 0 else array.copy()


def _foreign(value: Any, wanted: Unit) -> tuple[Any, Unit | None]:
    """Number and unit of a quantity of Brian2, pint or quantities; (value, None) for anything else."""
    import numpy as np

    si: dict[str, float]
    if hasattr(value, "dim") and hasattr(value.dim, "get_dimension"):  # Brian2
        names = {"kg": "kg", "m": "m", "s": "s", "A": "A", "K": "K", "mol": "mol"}
        si = {symbol: float(value.dim.get_dimension(name)) for symbol, name in names.items()}
        number: Any = np.asarray(value, dtype=np.float64)
    elif hasattr(value, "to_base_units"):  # pint
        base = value.to_base_units()
        names = {"kilogram": "kg", "meter": "m", "second": "s", "ampere": "A", "kelvin": "K", "mole": "mol"}
        si = {names.get(str(name), str(name)): float(power) for name, power in base.unit_items()}
        number = base.magnitude
    elif hasattr(value, "simplified"):  # quantities
        base = value.simplified
        si = {str(name.symbol): float(power) for name, power in base.dimensionality.items()}
        number = np.asarray(base.magnitude)
    else:
        return value, None
    bases = {
        "kg": (1e18 / 1e10 * 1e6, (3, 1, 1, -2, 0, 0)),  # V*A*s3/m2
        "m": (1e5, (0, 0, 0, 1, 0, 0)),
        "s": (1e3, (1, 0, 0, 0, 0, 0)),
        "A": (1e12, (0, 0, 1, 0, 0, 0)),
        "K": (1.0, (0, 0, 0, 0, 0, 1)),
        "mol": (1e15, (0, 0, 0, 0, 1, 0)),
    }
    scale, dimension = 1.0, DIMENSIONLESS
    for symbol, power in si.items():
        if power and symbol not in bases:
            raise UnitError(f"{value}: the unit {symbol} has no counterpart in neurosim")
        if power:
            scale *= bases[symbol][0] ** power
            dimension = multiply(dimension, bases[symbol][1], power)
    if dimension == wanted.dimension == (0, 0, 0, 0, 0, 1) and wanted.name == "celsius":
        number = number - 273.15
    return number, Unit(str(getattr(value, "units", None) or getattr(value, "dimensionality", None) or describe(dimension)), scale, dimension)
