"""Which names a variable or parameter may have."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

from neurosim.equations.functions import FUNCTIONS
from neurosim.units import Unit, parse_unit

TIMES = ("t", "t_step")
"""The time, and the time at the beginning of the step that it is in: they differ inside a step."""

RESERVED = frozenset({*TIMES, "dt", "range", "min", "kernel", "advance", "arrive"})
"""Names that mean something in equations, as the time ``t`` does, or in the generated kernels."""

TIME = parse_unit("ms")
NOISE = parse_unit("ms**-0.5")
"""Units of the times, and of ``xi`` and ``xi_<name>``: white noise with <xi(t) xi(s)> = delta(t - s)."""


def is_noise(name: str) -> bool:
    """Whether a name stands for white noise."""
    return name == "xi" or name.startswith("xi_")


def built_in(names: Iterable[str]) -> dict[str, Unit]:
    """Units of those of `names` that the language itself defines."""
    return {name: TIME if name in TIMES else NOISE for name in names if name in TIMES or is_noise(name)}


def objection(name: object) -> str:
    """Say why a name cannot be used; empty if it can."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII):
        return "must be a letter followed by letters, digits and underscores"
    if "__" in name:
        return "must not hold two underscores in a row, which mark the names that kernels make up"
    if name in FUNCTIONS or name in RESERVED or keyword.iskeyword(name):
        return "is reserved; choose another name"
    if is_noise(name):
        return "is reserved for white noise; choose another name"
    return ""
