"""Wiring without chance: every pair, or each unit with its counterpart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurosim.connectivity.rules.checks import checked_flag
from neurosim.connectivity.rules.rule import Rows, Rule, Task
from neurosim.errors import ParameterError


@dataclass(frozen=True, eq=False, repr=False)
class AllToAllRule(Rule):
    """Every presynaptic unit is joined to every postsynaptic unit.

    Parameters
    ----------
    autapses : bool, default True
        Whether a neuron is joined to itself.
    weight, delay
        See `Rule`.
    """

    autapses: bool = True

    def __post_init__(self) -> None:
        checked_flag("AllToAllRule.autapses", self.autapses)

    def _count(self, task: Task) -> float:
        return task.n_pre * task.n_post

    def _wire(self, task: Task) -> Rows:
        n_pre, n_post = task.n_pre, task.n_post
        targets = np.tile(np.arange(n_post, dtype=np.int32), n_pre)
        degrees = np.full(n_pre, n_post)
        if not self.autapses and task.n_common and task.shift is not None:
            pre = max(0, -task.shift) + np.arange(task.n_common)
            targets = np.delete(targets, pre * n_post + pre + task.shift)
            degrees[pre] -= 1
        return Rows(np.concatenate([[0], np.cumsum(degrees)]), targets)


@dataclass(frozen=True, eq=False, repr=False)
class OneToOneRule(Rule):
    """Each presynaptic unit is joined to the postsynaptic unit of the same number.

    Parameters
    ----------
    weight, delay
        See `Rule`.

    Raises
    ------
    ParameterError
        When building, if the two sides differ in size.
    """

    def _wire(self, task: Task) -> Rows:
        if task.n_pre != task.n_post:
            sizes = (task.n_pre, task.n_post)
            raise ParameterError("OneToOneRule(n_pre, n_post)", sizes, "the two must be equal")
        return Rows(np.arange(task.n_pre + 1), np.arange(task.n_pre, dtype=np.int32))
