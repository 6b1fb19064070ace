"""What a number must be to count as one, and a name to be found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Generic, Self, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from neurosim.connectivity.checks import read_array
from neurosim.errors import ParameterError

T = TypeVar("T")

_NAMES_ELSEWHERE = {
    "sigmoid": "logistic",
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "bce": "binary_cross_entropy",
    "cross_entropy": "softmax_cross_entropy",
    "lr": "learning_rate",
}
"""What other libraries call things, and what they are called here."""


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


def checked_part(where: str, number: Any) -> float:
    """Return a number between 0 and 1, neither of which it is."""
    if not (is_real(number) and 0.0 < number < 1.0):
        raise ParameterError(where, number, "must be above 0 and below 1")
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


class Checked(Generic[T]):
    """A number of an object, checked whenever it is set.

    Parameters
    ----------
    check : callable
        Takes what errors call the number and what it is set to; returns it or raises a ParameterError.
    """

    def __init__(self, check: Callable[[str, Any], T]) -> None:
        self._check = check

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, holder: None, owner: type | None = None) -> Self: ...

    @overload
    def __get__(self, holder: object, owner: type | None = None) -> T: ...

    def __get__(self, holder: object | None, owner: type | None = None) -> T | Self:
        if holder is None:
            return self
        number: T = getattr(holder, f"_{self._name}")
        return number

    def __set__(self, holder: object, number: T) -> None:
        where = f"{type(holder).__name__}.{self._name}"
        setattr(holder, f"_{self._name}", self._check(where, number))


def checked_flag(where: str, flag: Any) -> bool:
    """Return a truth value, Python's or NumPy's."""
    if not isinstance(flag, bool | np.bool_):
        raise ParameterError(where, flag, "must be True or False")
    return bool(flag)


def checked_vector(where: str, values: Any, n: int) -> NDArray[Any]:
    """Return n finite real numbers."""
    vector = read_array(where, values)
    if vector.shape != (n,):
        raise ParameterError(where, vector.shape, f"the shape must be ({n},)")
    if vector.dtype.kind not in "biuf" or not np.isfinite(vector).all():
        raise ParameterError(where, vector, "must be finite real numbers")
    return vector


def checked_choice(where: str, name: Any, known: Iterable[str]) -> str:
    """Return a name that is among the known ones."""
    names = list(known)
    if isinstance(name, str) and name in names:
        return name
    raise ParameterError(where, name, f"must be one of {', '.join(names)}", _did_you_mean(name, names))


def suggestion(name: Any, known: Iterable[str]) -> str:
    """Return the sentence "Did you mean ...?" with the nearest known name, or else the known names."""
    names = list(known)
    return _did_you_mean(name, names) or f"There are {', '.join(names)}."


def find_named(where: str, name: Any, known: Mapping[str, T], kind: str) -> T:
    """Return what has that name.

    Parameters
    ----------
    where : str
        What to call the argument in an error.
    name : str
        What was given.
    known : mapping of str to object
        All that can be found.
    kind : str
        What else would be allowed, for the error: ``"an Activation"``.

    Raises
    ------
    ParameterError
        If there is no such name; the message lists all, and suggests one that is nearly the same.
    """
    if isinstance(name, str) and name in known:
        return known[name]
    raise ParameterError(
        where, name, f"must be {kind} or one of {', '.join(known)}", _did_you_mean(name, known)
    )


def _did_you_mean(name: Any, known: Iterable[str]) -> str:
    if not isinstance(name, str):
        return ""
    names = {one.lower(): one for one in known}
    asked = _NAMES_ELSEWHERE.get(name.lower(), name.lower())
    near = get_close_matches(asked, names, n=1)
    return f"Did you mean {names[near[0]]!r}?" if near else ""
