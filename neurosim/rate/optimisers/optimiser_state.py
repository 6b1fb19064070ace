"""What a saved state of an optimiser must hold to be restored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from neurosim.connectivity.checks import read_numbers
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.checks import checked_count, checked_positive, suggestion


def checked_state(where: str, state: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Array]:
    """Compare a state with the present one of an optimiser, and return its arrays by name.

    Parameters
    ----------
    where : str
        What to call the argument in an error.
    state, present : mapping
        As `Optimiser.state` returns them.

    Raises
    ------
    ParameterError
        If entries are missing, unknown, of another kind of optimiser, of the wrong shape or not finite.
    """
    check_entries(where, state, present)
    if state["optimiser"] != present["optimiser"]:
        raise ParameterError(
            f"{where}['optimiser']", state["optimiser"], f"must be {present['optimiser']!r}, as this one"
        )
    checked_count(f"{where}['n_steps']", state["n_steps"], least=0)
    if state["learning_rate"] is not None:
        checked_positive(f"{where}['learning_rate']", state["learning_rate"])
    n = len(present["updates"])
    if not isinstance(state["updates"], list) or len(state["updates"]) != n:
        raise ParameterError(f"{where}['updates']", state["updates"], f"needs {n} numbers, one a parameter")
    for count in state["updates"]:
        checked_count(f"{where}['updates']", count, least=0)
    check_entries(f"{where}['arrays']", state["arrays"], present["arrays"])
    arrays = {}
    for name, own in present["arrays"].items():
        array = read_numbers(f"{where}['arrays'][{name!r}]", state["arrays"][name])
        if array.shape != own.shape:
            raise ParameterError(
                f"{where}['arrays'][{name!r}]", array.shape, f"the shape must be {own.shape}"
            )
        if not np.isfinite(array).all():
            raise ParameterError(f"{where}['arrays'][{name!r}]", array, "must be finite")
        arrays[name] = array
    return arrays


def check_entries(where: str, state: Any, present: Mapping[str, Any]) -> None:
    """Raise a ParameterError unless `state` has the same entries as `present`."""
    if not isinstance(state, Mapping):
        raise ParameterError(where, state, "must be a mapping as state() returns it")
    for name in state:
        if name not in present:
            raise ParameterError(where, name, "is no entry of this state", suggestion(name, present))
    for name in present:
        if name not in state:
            raise ParameterError(where, sorted(state), f"the entry {name!r} is missing")
