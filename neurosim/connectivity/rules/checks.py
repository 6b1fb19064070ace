"""What the arguments of wiring rules must be."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.errors import ParameterError


def checked_probability(where: str, value: Any) -> float:
    """Return `value` as a float if it is a probability.

    Raises
    ------
    ParameterError
        If it is not.
    """
    if not isinstance(value, float | int | np.number) or isinstance(value, bool) or not 0 <= value <= 1:
        raise ParameterError(where, value, "must be a probability, from 0 to 1")
    return float(value)


def checked_count(where: str, value: Any) -> int:
    """Return `value` as an int if it is a whole number from 0 on.

    Raises
    ------
    ParameterError
        If it is not.
    """
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 0:
        raise ParameterError(where, value, "must be a whole number, 0 or more")
    return int(value)


def checked_flag(where: str, value: Any) -> None:
    """Raise ParameterError unless `value` is True or False."""
    if not isinstance(value, bool | np.bool_):
        raise ParameterError(where, value, "must be True or False")
