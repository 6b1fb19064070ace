"""How a recurrent layer goes through its steps, and which of them count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.connectivity.checks import read_array
from neurosim.errors import ParameterError


@dataclass(frozen=True)
class Course:
    """How a recurrent layer goes through its steps.

    Attributes
    ----------
    runs : ndarray of bool, shape (time, batch)
        Where False a sample keeps its state.
    reverse : bool
        From the last step to the first.
    window : int or None
        No gradient passes from a multiple of so many steps to the step before it; None: it always does.
    only_last : bool
        Whether nothing but the state after the step processed last is wanted.
    n_wanted : int
        Numbers of a state that are wanted, from the first on.
    """

    runs: NDArray[np.bool_]
    reverse: bool
    window: int | None
    only_last: bool
    n_wanted: int


def running_steps(name: str, n_rows: int, n_times: int, lengths: Any, mask: Any) -> NDArray[np.bool_]:
    """Tell which steps count, shape (time, batch).

    Parameters
    ----------
    name : str
        Of the layer, for messages.
    n_rows, n_times : int
        Sequences, and steps of the longest.
    lengths : integer array of shape (batch,) or None
    mask : array of bool, shape (batch, time), or None

    Raises
    ------
    ParameterError
        If there are both, they are not as above, or they leave a sequence without a step.
    """
    if lengths is not None and mask is not None:
        raise ParameterError(f"{name}(mask)", "given", "the lengths tell it already", "Give one of them.")
    if lengths is not None:
        counts = read_array(f"{name}(lengths)", lengths)
        if counts.shape != (n_rows,) or counts.dtype.kind not in "iu":
            limit = f"must be {n_rows} whole numbers, one for each sequence"
            raise ParameterError(f"{name}(lengths)", lengths, limit)
        if counts.min() < 1 or counts.max() > n_times:
            wrong = counts[(counts < 1) | (counts > n_times)][0]
            raise ParameterError(f"{name}(lengths)", wrong, f"must be from 1 to the {n_times} steps of x")
        return np.arange(n_times)[:, np.newaxis] < counts
    if mask is None:
        return np.ones((n_times, n_rows), np.bool_)
    counted = read_array(f"{name}(mask)", mask)
    if counted.shape != (n_rows, n_times) or counted.dtype != np.bool_:
        limit = f"must be truth values of shape ({n_rows}, {n_times})"
        raise ParameterError(f"{name}(mask)", counted, limit, "True where a step counts.")
    if not counted.any(axis=1).all():
        empty = int(np.flatnonzero(~counted.any(axis=1))[0])
        raise ParameterError(f"{name}(mask)", empty, "leaves the sequence of this number without a step")
    return np.ascontiguousarray(counted.T)
