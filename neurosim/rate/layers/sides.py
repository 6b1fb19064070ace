"""Sides of windows and images: a number for all axes, or one for each."""

from __future__ import annotations

from typing import Any

from neurosim.errors import ParameterError
from neurosim.rate.checks import is_whole

Sides = int | tuple[int, ...]


def checked_sides(where: str, sides: Any, n_axes: int | None, least: int = 1) -> tuple[int, ...]:
    """Return a number for each axis.

    Parameters
    ----------
    where : str
        What to call the argument in an error.
    sides : int or tuple of int
        A single number stands for all axes.
    n_axes : int or None
        How many there are; None where that is not known yet, and one or two will do.
    least : int, default 1

    Raises
    ------
    ParameterError
        If these are no whole numbers of at least `least`, or as many as there are axes.
    """
    numbers = tuple(sides) if isinstance(sides, tuple | list) else (sides,) * (n_axes or 1)
    fits = len(numbers) == n_axes if n_axes else len(numbers) in (1, 2)
    if not fits or any(not is_whole(n) or n < least for n in numbers):
        number = {None: "one for each axis", 1: "a tuple of one"}.get(n_axes, f"a tuple of {n_axes}")
        raise ParameterError(where, sides, f"must be a whole number from {least} on, or {number}")
    return tuple(int(n) for n in numbers)
