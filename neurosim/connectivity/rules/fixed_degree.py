"""A given number of synapses for each unit of one side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.connectivity.rules.checks import checked_flag
from neurosim.connectivity.rules.rule import Rows, Rule, Task
from neurosim.errors import ParameterError

REMEDY = "Ask for fewer, or allow multapses or autapses."


@dataclass(frozen=True, eq=False, repr=False)
class FixedIndegree(Rule):
    """Each postsynaptic unit gets a given number of synapses, from presynaptic units drawn at random.

    Parameters
    ----------
    indegree : int or integer array of shape (n_post,)
        Number of synapses.
    autapses : bool, default True
        Whether a neuron may be joined to itself.
    multapses : bool, default False
        Whether a pair may be joined more than once.
    weight, delay
        See `Rule`.

    Raises
    ------
    ParameterError
        If the number is not a whole number from 0 on; when building, if there are too few units to choose
        from.

    Examples
    --------
    >>> FixedIndegree(2, weight=0.2).build(4, 3, seed=1).in_degrees().tolist()
    [2, 2, 2]
    """

    indegree: Any
    autapses: bool = True
    multapses: bool = False

    def __post_init__(self) -> None:
        _check_degree("FixedIndegree.indegree", self.indegree)
        checked_flag("FixedIndegree.autapses", self.autapses)
        checked_flag("FixedIndegree.multapses", self.multapses)

    def _count(self, task: Task) -> float:
        return float(_degrees("FixedIndegree.indegree", self.indegree, task.n_post).sum())

    def _wire(self, task: Task) -> Rows:
        shift = None if self.autapses or task.shift is None else -task.shift
        degrees = _degrees("FixedIndegree.indegree", self.indegree, task.n_post)
        drawn = _drawn_rows(
            "FixedIndegree.indegree", task, degrees, task.n_pre, shift, distinct=not self.multapses
        )
        return _transposed(drawn, task.n_pre)


@dataclass(frozen=True, eq=False, repr=False)
class FixedOutdegree(Rule):
    """Each presynaptic unit gets a given number of synapses, to postsynaptic units drawn at random.

    Parameters
    ----------
    outdegree : int or integer array of shape (n_pre,)
        Number of synapses.
    autapses : bool, default True
        Whether a neuron may be joined to itself.
    multapses : bool, default False
        Whether a pair may be joined more than once.
    weight, delay
        See `Rule`.

    Raises
    ------
    ParameterError
        If the number is not a whole number from 0 on; when building, if there are too few units to choose
        from.
    """

    outdegree: Any
    autapses: bool = True
    multapses: bool = False

    def __post_init__(self) -> None:
        _check_degree("FixedOutdegree.outdegree", self.outdegree)
        checked_flag("FixedOutdegree.autapses", self.autapses)
        checked_flag("FixedOutdegree.multapses", self.multapses)

    def _count(self, task: Task) -> float:
        return float(_degrees("FixedOutdegree.outdegree", self.outdegree, task.n_pre).sum())

    def _wire(self, task: Task) -> Rows:
        shift = None if self.autapses else task.shift
        degrees = _degrees("FixedOutdegree.outdegree", self.outdegree, task.n_pre)
        drawn = _drawn_rows(
            "FixedOutdegree.outdegree", task, degrees, task.n_post, shift, distinct=not self.multapses
        )
        # Seen from the other side and back, the targets of each row are sorted, faster than by sorting.
        return _transposed(_transposed(drawn, task.n_post), task.n_pre)


def _check_degree(where: str, degree: Any) -> None:
    numbers = np.asarray(degree)
    if numbers.dtype.kind not in "iu" or numbers.ndim > 1 or (numbers < 0).any():
        raise ParameterError(where, degree, "must be a whole number, 0 or more, or a list of them")


def _degrees(where: str, degree: Any, n: int) -> NDArray[np.int64]:
    numbers = np.asarray(degree, dtype=np.int64)
    if numbers.shape not in ((), (n,)):
        raise ParameterError(where, numbers.shape, f"the shape must be () or ({n},)")
    return np.broadcast_to(numbers, (n,))


def _drawn_rows(
    where: str, task: Task, degrees: NDArray[np.int64], n_columns: int, shift: int | None, *, distinct: bool
) -> Rows:
    """Rows of the given lengths, unsorted, none holding the unit ``row + shift``."""
    from neurosim.kernels.connections.wiring import sample_rows

    available = np.full(degrees.size, n_columns)
    if shift is not None:
        available[max(0, -shift) : max(0, n_columns - shift)] -= 1
    too_many = degrees > available if distinct else degrees > np.where(available > 0, degrees, 0)
    if too_many.any():
        unit = int(np.argmax(too_many))
        limit = f"unit {unit} has only {available[unit]} units to choose from"
        raise ParameterError(where, int(degrees[unit]), limit, REMEDY)
    starts = np.concatenate([[0], np.cumsum(degrees)])
    columns = np.empty(starts[-1], np.int32)
    own = n_columns if shift is None else shift
    sample_rows(task.kernel_seed, n_columns, own, distinct, starts, columns)
    return Rows(starts, columns)


def _transposed(rows: Rows, n_columns: int) -> Rows:
    """The same synapses from the other side, sorted."""
    from neurosim.kernels.connections.wiring import transpose_rows

    starts = np.zeros(n_columns + 1, np.int64)
    np.cumsum(np.bincount(rows.targets, minlength=n_columns), out=starts[1:])
    targets = np.empty_like(rows.targets)
    transpose_rows(rows.starts, rows.targets, starts, targets)
    return Rows(starts, targets)
