"""Keywords that a class does not know, for constructors that many classes have in common.

Python would name the class in which a constructor is written; here the error names the one that was called.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Never

from neurosim.errors import ParameterError


def refuse_keywords(kind: type, unknown: Mapping[str, Any]) -> None:
    """Raise where a constructor was given keywords that it does not know.

    Parameters
    ----------
    kind : type
        The class that was called.
    unknown : mapping of str to object
        What the constructor was given beside its arguments.

    Raises
    ------
    ParameterError
        If there is one; the message suggests an argument that is nearly the same, or lists all.
    """
    for name, value in unknown.items():
        known = _arguments(kind)
        near = get_close_matches(name, known, n=1)
        remedy = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(known)}."
        raise ParameterError(f"{kind.__name__}.{name}", value, "there is no such argument", remedy)


def _arguments(kind: type) -> list[str]:
    """Names of the arguments of a class, also of those it hands on to the classes it is derived from."""
    named: dict[str, None] = {}
    for base in kind.__mro__[:-1]:
        if "__init__" in vars(base):
            parameters = list(inspect.signature(vars(base)["__init__"]).parameters.values())[1:]
            named |= dict.fromkeys(p.name for p in parameters if p.kind is not p.VAR_KEYWORD)
            if not any(p.kind is p.VAR_KEYWORD and p.annotation not in ("Never", Never) for p in parameters):
                break
    return list(named)
