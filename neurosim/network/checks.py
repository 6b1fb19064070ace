"""What names, switches and numbers must be before anything is done with them."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from neurosim.errors import ParameterError


def whole_number(where: str, value: Any, least: int, most: int) -> int:
    """The value as an int, if it is a whole number between two limits.

    Raises
    ------
    ParameterError
        If it is not.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or not least <= number <= most:
        raise ParameterError(where, value, f"must be a whole number from {least} to {most}")
    return number


def checked_flag(where: str, value: Any) -> bool:
    """The value, if it is True or False.

    Raises
    ------
    ParameterError
        If it is not: the text ``"no"`` would count as true.
    """
    if not isinstance(value, bool | np.bool_):
        raise ParameterError(where, value, "must be True or False")
    return bool(value)


def checked_name(where: str, value: Any, otherwise: str) -> str:
    """The name that a user gave, if it is text, or another where there is none.

    Raises
    ------
    ParameterError
        If it is not text.
    """
    if value is not None and not isinstance(value, str):
        raise ParameterError(where, value, "must be text")
    return value or otherwise


def checked_mapping(where: str, value: Any) -> Mapping[str, Any]:
    """Values by name, none if there are none.

    Raises
    ------
    ParameterError
        If it is no mapping.
    """
    if value is not None and not isinstance(value, Mapping):
        raise ParameterError(where, value, "must give values by name, such as {'f': '10 Hz'}")
    return value or {}
