"""From the language of equations to Brian2's: units, functions, names, and numbers of either unit system.

Brian2 reads the same notation, so the text of a model goes over as it stands. What differs: variables are
declared in SI units, some functions are unknown, and inside Brian2 all numbers are in SI.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np

from neurosim.equations.expression import expression, names_in, renamed, substituted
from neurosim.equations.functions import FUNCTIONS, dexprel
from neurosim.units import COMMON_UNITS, DIMENSIONLESS, UNITS, Dimension, Unit, parse_unit

SI_DECADES = (-3, -3, -12, -5, -15, 0)
"""Logarithms to base 10 of the coherent units ms, mV, pA, 10 um, fmol and kelvin in SI."""

SI_DIMENSIONS = {
    "s": (1, -3, 0, 0, 0, 0),
    "m": (0, 2, 0, 1, 0, 0),
    "kg": (0, 1, 0, 0, 0, 0),
    "A": (0, -1, 1, 0, 0, 0),
    "mol": (0, 0, 0, 0, 1, 0),
    "K": (0, 0, 0, 0, 0, 1),
}
"""Power of each SI base unit in the dimensions time, voltage, current, length, substance, temperature."""

COHERENT = {parse_unit(n).dimension: n for n in reversed(COMMON_UNITS) if parse_unit(n).decades == 0}


def package() -> Any:
    """The package brian2.

    Raises
    ------
    ImportError
        If it is not installed, or does not fit the installed NumPy; it says what to install.
    """
    try:
        import brian2
    except ImportError as error:
        message = f"Brian2 cannot be imported ({error}): pip install 'neurosim[brian2]'."
        raise ImportError(message, name="brian2") from error
    return brian2


def si_scale(dimension: Dimension) -> float:
    """One coherent unit of a dimension in SI: 1e-3 for mV."""
    return float(10.0 ** sum(p * d for p, d in zip(dimension, SI_DECADES, strict=True)))


def brian_dimension(dimension: Dimension) -> Any:
    """Brian2's own object for a dimension."""
    powers = {
        si: sum(p * q for p, q in zip(dimension, row, strict=True)) for si, row in SI_DIMENSIONS.items()
    }
    from brian2.units.fundamentalunits import get_or_create_dimension

    return get_or_create_dimension(
        [powers[k] for k in ("m", "kg", "s", "A", "K", "mol")] + [0]  # the last is luminous intensity
    )


def brian_unit(unit: Unit) -> Any:
    """One of a unit as a quantity of Brian2."""
    return package().Quantity(unit.scale * si_scale(unit.dimension), dim=brian_dimension(unit.dimension))


def coherent_name(dimension: Dimension) -> str:
    """The coherent unit of a dimension, as text Brian2 can read with `namespace`: ``mV``."""
    if dimension in COHERENT:
        return COHERENT[dimension]
    bases = zip(("ms", "mV", "pA", "(10*um)", "fmol", "kelvin"), dimension, strict=True)
    return "*".join(f"{base}**{power:g}" for base, power in bases if power)


def known_names(texts: Iterable[str], variables: Iterable[str]) -> dict[str, Any]:
    """What Brian2 has to be told about the names in some texts: units and functions.

    Parameters
    ----------
    texts : iterable of str
        Expressions.
    variables : iterable of str
        Names that are variables, not units.
    """
    used = {n.id for text in texts for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    from brian2.core.namespace import DEFAULT_UNITS

    found = {n: brian_unit(UNITS[n]) for n in used - set(variables) if n in UNITS and n not in DEFAULT_UNITS}
    return found | {name: f for name, f in functions().items() if name in used}


@cache
def functions() -> dict[str, Any]:
    """Functions of the equation language that Brian2 lacks, for its three ways of running."""
    from brian2.core.functions import Function

    same = {"arg_units": [None, "x"], "arg_names": ["x", "y"], "return_unit": lambda x, y: x}
    where = {"arg_units": [bool, None, "x"], "arg_names": ["c", "x", "y"], "return_unit": lambda c, x, y: x}
    made = {
        "minimum": Function(np.minimum, **same),
        "maximum": Function(np.maximum, **same),
        "where": Function(FUNCTIONS["where"].numpy, **where),
        "dexprel": Function(dexprel, arg_units=[1], return_unit=1),
    }
    for function in made.values():
        # By itself Brian2 would look after the units of each value, in every step.
        function.implementations.add_implementation("numpy", function.pyfunc)
    for name, (arguments, body) in _COMPILED.items():
        typed = ", ".join(f"double {a}" for a in arguments)
        cpp = f"static inline double _{name}({typed}) {{ {body} }}"
        cython = f'cdef extern from *:\n    """\n    {cpp}\n    """\n    double _{name}({typed}) nogil'
        made[name].implementations.add_implementation("cpp", cpp, name=f"_{name}")
        made[name].implementations.add_implementation("cython", cython, name=f"_{name}")
    return made


_COMPILED = {
    "minimum": ("xy", "return x < y ? x : y;"),
    "maximum": ("xy", "return x > y ? x : y;"),
    "where": ("cxy", "return c != 0 ? x : y;"),
    "dexprel": (
        "x",
        "if (x > -0.05 && x < 0.05) return 1.0/2 + x*(1.0/3 + x*(1.0/8 + x*(1.0/30 + x*(1.0/144 + "
        "x*(1.0/840 + x/5760))))); return (exp(x)*(x - 1) + 1)/(x*x);",
    ),
}
"""Arguments and body in C."""


def in_si(node: ast.expr, units: Mapping[str, Unit], names: Mapping[str, str], wanted: Unit) -> str:
    """An expression of coherent numbers as one of quantities.

    Parameters
    ----------
    node : ast.expr
        Without units: names stand for coherent numbers.
    units : mapping of str to Unit
        Of the names.
    names : mapping of str to str
        What Brian2 calls them, where that differs.
    wanted : Unit
        Of the result.
    """
    called = {}
    for name in names_in(node):
        unit, own = units[name], names.get(name, name)
        plain = unit.dimension == DIMENSIONLESS
        called[name] = own if plain else f"({own}/({coherent_name(unit.dimension)}))"
    text = ast.unparse(substituted(node, {name: expression(own) for name, own in called.items()}))
    return text if wanted.dimension == DIMENSIONLESS else f"({text})*{coherent_name(wanted.dimension)}"


def suffixed(text: str, variables: Iterable[str], suffix: str) -> str:
    """The expression with ``_pre`` or ``_post`` behind the names of variables."""
    return ast.unparse(renamed(expression(text), {name: name + suffix for name in variables}))
