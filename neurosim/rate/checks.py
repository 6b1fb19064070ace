"""What a number must be to count as one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import numpy as np

from neurosim.errors import ParameterError


def is_whole(number: Any) -> bool:
    """Tell whether this is a whole number; True and False are none."""
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def is_real(number: Any) -> bool:
    """Tell whether this is one real number, whole or not; True and False are none."""
    return is_whole(number) or isinstance(number, float | np.floating)


def checked_share(where: str, number: Any) -> float:
    """Return a number from 0 up to, not including, 1."""
    if not (is_real(number) and 0.0 <= number < 1.0):
        raise ParameterError(where, number, "must be from 0 up to, not including, 1")
    return float(number)


def checked_amount(where: str, number: Any) -> float:
    """Return a finite number of at least 0."""
    if not (is_real(number) and 0.0 <= number < np.inf):
        raise ParameterError(where, number, "must be at least 0 and finite")
    return float(number)


def checked_positive(where: str, number: Any) -> float:
    """Return a positive, finite number."""
    if not (is_real(number) and 0.0 < number < np.inf):
        raise ParameterError(where, number, "must be positive and finite")
    return float(number)


def checked_count(where: str, number: Any, least: int = 1) -> int:
    """Return a whole number of at least `least`."""
    if not (is_whole(number) and number >= least):
        raise ParameterError(where, number, f"must be a whole number, at least {least}")
    return int(number)


def suggestion(name: Any, known: Iterable[str]) -> str:
    """Return the sentence "Did you mean ...?" with the nearest known name, or else the known names."""
    names = list(known)
    near = get_close_matches(name, names, n=1) if isinstance(name, str) else []
    return f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(names)}."
