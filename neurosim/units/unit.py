"""Units: their names, sizes and dimensions."""

from __future__ import annotations

import ast
import difflib
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from neurosim.errors import UnitError

if TYPE_CHECKING:
    pass

Dimension = tuple[float, float, float, float, float, float]
DIMENSIONLESS: Dimension = (0, 0, 0, 0, 0, 0)
BASE_UNITS = ("ms", "mV", "pA", "(10 um)", "fmol", "kelvin")
COMMON_UNITS = (
    *("1", "ms", "mV", "pA", "nS", "pF", "uA/cm2", "mS/cm2", "uF/cm2", "1/ms", "mV/ms", "pA/ms", "nS/ms"),
    *("uA/cm2/ms", "mM", "mM/ms", "um", "um2", "kelvin", "Gohm", "fC"),
)
"""Names that messages prefer."""

CELSIUS = ("celsius", "degC")
"""Names of the unit whose zero is not that of kelvin."""


@dataclass(frozen=True)
class Unit:
    """A unit: its name, its size in the coherent system, and its dimension.

    Attributes
    ----------
    name : str
        As the user wrote it.
    decades : float
        Logarithm to base 10 of its size in coherent units: 3 for ``s``. Kept instead of the size because
        products of powers of ten pick up rounding errors and sums of exponents do not.
    dimension : tuple of float
        Exponents of time, voltage, current, length, substance and temperature.
    """

    name: str
    decades: float
    dimension: Dimension

    @property
    def scale(self) -> float:
        """One of this unit in coherent units: 1000 for ``s``."""
        return float(10.0**self.decades)

    def __str__(self) -> str:
        return self.name


def multiply(a: Dimension, b: Dimension, power: float = 1) -> Dimension:
    """Dimension of ``a * b**power``."""
    t, v, i, length, n, temperature = (x + power * y for x, y in zip(a, b, strict=True))
    return (t, v, i, length, n, temperature)


_PREFIXES = {"k": 3, "M": 6, "G": 9, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15}
_SYMBOLS: dict[str, tuple[int, Dimension, str]] = {
    "s": (3, (1, 0, 0, 0, 0, 0), "munp"),
    "Hz": (-3, (-1, 0, 0, 0, 0, 0), "kM"),
    "V": (3, (0, 1, 0, 0, 0, 0), "mun"),
    "A": (12, (0, 0, 1, 0, 0, 0), "munpf"),
    "S": (9, (0, -1, 1, 0, 0, 0), "munp"),
    "ohm": (-9, (0, 1, -1, 0, 0, 0), "kMG"),
    "F": (12, (1, -1, 1, 0, 0, 0), "munpf"),
    "C": (15, (1, 0, 1, 0, 0, 0), "munpf"),
    "J": (18, (1, 1, 1, 0, 0, 0), "mun"),
    "m": (5, (0, 0, 0, 1, 0, 0), "kmun"),
    "mol": (15, (0, 0, 0, 0, 1, 0), "munpf"),
    "M": (3, (0, 0, 0, -3, 1, 0), "mun"),
}
_LONG_PREFIXES = {"": "", "milli": "m", "micro": "u", "nano": "n", "pico": "p"}
_LONG_NAMES = {
    **{"second": "s", "hertz": "Hz", "volt": "V", "amp": "A", "ampere": "A", "siemens": "S", "farad": "F"},
    **{"metre": "m", "meter": "m", "molar": "M"},
}


def _table() -> dict[str, Unit]:
    units = {"1": Unit("1", 0, DIMENSIONLESS), "cm": Unit("cm", 3, (0, 0, 0, 1, 0, 0))}
    for symbol, (decades, dimension, prefixes) in _SYMBOLS.items():
        units[symbol] = Unit(symbol, decades, dimension)
        for prefix in prefixes:
            units[prefix + symbol] = Unit(prefix + symbol, decades + _PREFIXES[prefix], dimension)
    for name in ("m", "cm", "mm", "um"):
        for power in (2, 3):
            power_name = f"{name}{power}"
            units[power_name] = Unit(power_name, power * units[name].decades, (0, 0, 0, power, 0, 0))
    for name in ("kelvin", *CELSIUS):
        units[name] = Unit(name, 0, (0, 0, 0, 0, 0, 1))
    for long, short in _LONG_NAMES.items():
        for prefix, p in _LONG_PREFIXES.items():
            if p + short in units:
                like = units[p + short]
                units[prefix + long] = Unit(prefix + long, like.decades, like.dimension)
    return units


UNITS = _table()
"""Every unit name that equations and parameters may use."""


@cache
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
    if not isinstance(text, str):
        raise UnitError(f"{text!r} is not a unit: write text such as 'mV', or '1' for dimensionless")
    source = text.strip().replace("^", "**").replace("\u00b5", "u").replace("\u03bc", "u")
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError):
        raise _not_a_unit(text) from None
    decades, dimension = _evaluate(tree, text)
    return Unit(text.strip(), decades, dimension)


def _not_a_unit(text: str) -> UnitError:
    return UnitError(f"{text!r} is not a unit: write a product such as 'mV', 'uA/cm2' or '1/ms'")


def _evaluate(node: ast.expr, text: str) -> tuple[float, Dimension]:
    """Decades and dimension of a product of units."""
    if isinstance(node, ast.Name):
        if node.id not in UNITS:
            same = [name for name in UNITS if name.lower() == node.id.lower()]
            near = same or difflib.get_close_matches(node.id, UNITS, n=3, cutoff=0.5)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise UnitError(f"unknown unit {node.id!r} in {text!r}{hint}")
        return UNITS[node.id].decades, UNITS[node.id].dimension
    if isinstance(node, ast.Constant) and node.value == 1 and not isinstance(node.value, bool):
        return 0, DIMENSIONLESS
    if not isinstance(node, ast.BinOp):
        raise _not_a_unit(text)
    decades, dimension = _evaluate(node.left, text)
    if isinstance(node.op, ast.Pow):
        power = _power(node.right, text)
        return decades * power, multiply(DIMENSIONLESS, dimension, power)
    sign = {ast.Mult: 1, ast.Div: -1}.get(type(node.op))
    if sign is None:
        raise _not_a_unit(text)
    other, other_dimension = _evaluate(node.right, text)
    return decades + sign * other, multiply(dimension, other_dimension, sign)


def _power(node: ast.expr, text: str) -> float:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):  # ms**(1/2)
        above, below = _power(node.left, text), _power(node.right, text)
        if below:
            return above / below
    try:
        power = ast.literal_eval(node)
    except ValueError:
        power = None
    if isinstance(power, bool) or not isinstance(power, (int, float)) or not abs(power) <= 20:
        raise UnitError(f"{text!r} is not a unit: a power must be a number from -20 to 20")
    return power


def quotient(a: Unit, b: Unit) -> Unit:
    """The unit ``a/b``: nS for pA and mV, pA/Hz for pA and Hz."""
    dimension, decades = multiply(a.dimension, b.dimension, -1), a.decades - b.decades
    name = f"{a.name}/({b.name})" if re.search(r"[*/]", b.name) else f"{a.name}/{b.name}"
    if b.decades == 0 and b.dimension == DIMENSIONLESS:
        name = a.name
    elif decades == 0:
        name = "1" if dimension == DIMENSIONLESS else describe(dimension)
    return Unit(name, decades, dimension)


def describe(dimension: Dimension) -> str:
    """A readable unit of that dimension: ``mV``, ``uA/cm2`` or a product of base units."""
    for name in COMMON_UNITS:
        if parse_unit(name).dimension == dimension:
            return "1 (dimensionless)" if name == "1" else name
    parts = [f"{u}^{p:g}" if p != 1 else u for u, p in zip(BASE_UNITS, dimension, strict=True) if p]
    return "*".join(parts)


def plain_unit(dimension: Dimension) -> Unit:
    """A usual unit for a dimension: mV, uA/cm2, or a product such as ``ms**2*mV``."""
    for name in COMMON_UNITS:
        if parse_unit(name).dimension == dimension:
            return parse_unit(name)
    bases = zip(("ms", "mV", "pA", "um", "fmol", "kelvin"), dimension, strict=True)
    return parse_unit("*".join(f"{base}**{power:g}" for base, power in bases if power))
