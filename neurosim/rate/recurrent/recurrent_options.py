"""What the arguments of a recurrent layer must be."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.connectivity import Connectivity
from neurosim.errors import ParameterError
from neurosim.machine import check_room
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.checks import checked_choice, checked_count, checked_vector, is_whole

RETURNS = ("last", "all")


def checked_returns(where: str, returns: Any) -> str:
    """Return one of `RETURNS`."""
    return checked_choice(where, returns, RETURNS)


def checked_window(where: str, window: Any) -> int | None:
    """Return a number of steps, or None for all."""
    return None if window is None else checked_count(where, window)


def checked_start(where: str, start: Any, n_state: int) -> Array | None:
    """Return the array that an initial state is learned from, or None where it is to stay 0."""
    if isinstance(start, str):
        if start not in ("zero", "learned"):
            raise ParameterError(where, start, "must be 'zero', 'learned' or an array to start learning from")
        return None if start == "zero" else np.zeros(n_state)
    return checked_vector(where, start, n_state)


def checked_units(name: str, gates: int, connectivity: Any, recurrent: Any) -> int:
    """Return the number of units, given itself or by two operators that fit together.

    Parameters
    ----------
    name : str
        Of the layer, for messages.
    gates : int
        Columns of the operators for each unit.
    connectivity : int or Connectivity
    recurrent : Connectivity or None
    """
    if is_whole(connectivity) and connectivity >= 1:
        if recurrent is not None:
            limit = "the number of units tells it already"
            raise ParameterError(f"{name}.recurrent", recurrent, limit, "Give both operators, or none.")
        least = np.dtype(np.float32).itemsize
        check_room(f"{name}.connectivity", connectivity, gates * int(connectivity) ** 2 * least)
        return int(connectivity)
    for side, operator in (("connectivity", connectivity), ("recurrent", recurrent)):
        if not isinstance(operator, Connectivity):
            limit = "must be a Connectivity, or `connectivity` alone a number of units"
            raise ParameterError(f"{name}.{side}", operator, limit, "Wrap a matrix in Dense.")
    n = int(recurrent.n_pre)
    for side, operator in (("recurrent", recurrent), ("connectivity", connectivity)):
        if operator.n_post != gates * n:
            limit = f"must lead to {gates * n} units, {gates} for each of {n}"
            raise ParameterError(f"{name}.{side}", operator, limit)
    return n
