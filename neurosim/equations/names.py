"""Which names a variable or parameter may have."""

from __future__ import annotations

import keyword
import re

from neurosim.equations.functions import FUNCTIONS

RESERVED = frozenset({"t", "dt", "range", "min", "kernel", "advance", "arrive"})
"""Names that mean something in the generated kernels."""


def objection(name: object) -> str:
    """Say why a name cannot be used; empty if it can."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII):
        return "must be a letter followed by letters, digits and underscores"
    if "__" in name:
        return "must not hold two underscores in a row, which mark the names that kernels make up"
    if name in FUNCTIONS or name in RESERVED or keyword.iskeyword(name):
        return "is reserved; choose another name"
    return ""
