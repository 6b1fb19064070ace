"""A given number of synapses in all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurosim.connectivity.rules.checks import checked_count, checked_flag
from neurosim.connectivity.rules.rule import Rows, Rule, Task
from neurosim.errors import ParameterError


@dataclass(frozen=True, eq=False, repr=False)
class FixedTotalNumber(Rule):
    """A given number of synapses, each between a pair drawn at random.

    Parameters
    ----------
    number : int
        Of synapses.
    autapses : bool, default True
        Whether a neuron may be joined to itself.
    multapses : bool, default False
        Whether a pair may be joined more than once.
    weight, delay
        See `Rule`.

    Raises
    ------
    ParameterError
        If the number is not a whole number from 0 on; when building, if there are fewer pairs.
    """

    number: int
    autapses: bool = True
    multapses: bool = False

    def __post_init__(self) -> None:
        checked_count("FixedTotalNumber.number", self.number)
        checked_flag("FixedTotalNumber.autapses", self.autapses)
        checked_flag("FixedTotalNumber.multapses", self.multapses)

    def _count(self, task: Task) -> float:
        return self.number

    def _wire(self, task: Task) -> Rows:
        shift = None if self.autapses else task.shift
        n_pairs, n_post = task.n_pre * task.n_post, task.n_post
        available = n_pairs - (0 if shift is None else task.n_common)
        most = available if not self.multapses else self.number if available else 0
        if self.number > most:
            limit = f"there are only {available} pairs"
            raise ParameterError("FixedTotalNumber.number", self.number, limit, "Allow multapses.")
        rng = task.generator(0)

        def draw(n: int) -> NDArray[np.int64]:
            """Draw n pairs ``pre*n_post + post``, fewer by those that are autapses."""
            pairs = rng.integers(n_pairs, size=n)
            return pairs if shift is None else pairs[pairs % n_post != pairs // n_post + shift]

        def draw_all(n: int, distinct: bool) -> NDArray[np.int64]:
            # Topping up by what is missing takes the first n distinct pairs of a sequence: an even draw.
            pairs = np.zeros(0, np.int64)
            while pairs.size < n:
                pairs = np.sort(np.concatenate([pairs, draw(n - pairs.size)]))
                if distinct:
                    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
            return pairs

        if self.multapses or 2 * self.number <= available:
            pairs = draw_all(self.number, not self.multapses)
        else:
            left_out = np.zeros((task.n_pre, n_post), bool)
            left_out.ravel()[draw_all(available - self.number, True)] = True
            if shift is not None:
                pre = np.arange(max(0, -shift), min(task.n_pre, n_post - shift))
                left_out[pre, pre + shift] = True
            pairs = np.flatnonzero(~left_out)
        starts = np.searchsorted(pairs, np.arange(task.n_pre + 1) * n_post)
        return Rows(starts, (pairs % n_post).astype(np.int32))
