"""What every plan for the learning rate is, and warm-up before any of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.checks import checked_count, checked_positive, checked_share, is_real

LearningRate = float | Callable[[int], float]
"""A number, or a function of the number of steps taken before, such as a `Schedule`."""


class Schedule(ABC):
    """A learning rate that depends on the number of steps taken; any optimiser takes it as `learning_rate`.

    A step is one update of the parameters, a batch, not an epoch: with b batches in an epoch, write ``10*b``
    for ten epochs.
    """

    def __call__(self, step: int) -> float:
        """Return the learning rate after `step` steps, 0 for the first one.

        Raises
        ------
        ParameterError
            If `step` is not a whole number of at least 0.
        """
        return self._rate(checked_count(f"{type(self).__name__}(step)", step, least=0))

    @abstractmethod
    def _rate(self, step: int) -> float:
        """Return the learning rate for a checked step."""

    def observe(self, loss: float) -> None:  # noqa: B027  (to be replaced where the loss matters)
        """Take note of the loss after an epoch; most schedules do not look at it."""

    def state(self) -> dict[str, Any]:
        """Return what `observe` changes, as numbers that can be written as JSON."""
        return {}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` returned.

        Raises
        ------
        ParameterError
            If it is the state of another kind of schedule; nothing has then changed.
        """
        if state:
            raise ParameterError(f"{type(self).__name__}.load_state(state)", dict(state), "must be empty")


@dataclass(frozen=True)
class WarmUp(Schedule):
    """A rate that rises linearly from ``start`` times its first value to that value, then follows a schedule.

    Parameters
    ----------
    then : float or callable
        The rate afterwards: a number, or a schedule, which begins with its step 0 when the warm-up ends.
    steps : int
        Length of the warm-up.
    start : float, default 0.0
        Share of the rate that the first step has, below 1.

    Raises
    ------
    ParameterError
        If a number is out of its range.

    References
    ----------
    Goyal et al. 2017, arXiv:1706.02677, section 2.2.
    """

    then: LearningRate
    steps: int
    start: float = 0.0

    def __post_init__(self) -> None:
        if not callable(self.then):
            checked_positive("WarmUp.then", self.then)
        checked_count("WarmUp.steps", self.steps)
        checked_share("WarmUp.start", self.start)

    def _rate(self, step: int) -> float:
        behind = max(0, step - self.steps)
        first = self.then if not callable(self.then) else checked_rate("WarmUp.then(step)", self.then(behind))
        return first * min(1.0, self.start + (1.0 - self.start) * step / self.steps)

    def observe(self, loss: float) -> None:
        """Pass the loss on to the schedule that follows."""
        if isinstance(self.then, Schedule):
            self.then.observe(loss)

    def state(self) -> dict[str, Any]:
        """Return the state of the schedule that follows."""
        return self.then.state() if isinstance(self.then, Schedule) else {}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Restore the state of the schedule that follows."""
        if isinstance(self.then, Schedule):
            self.then.load_state(state)
        else:
            super().load_state(state)


@dataclass(frozen=True)
class EachEpoch(Schedule):
    """A schedule that counts epochs instead of steps.

    Parameters
    ----------
    schedule : callable
        Gives the rate by the number of epochs finished, such as any other `Schedule`.
    n_batches : int
        Steps in an epoch: the number of samples over that of a batch, rounded up.

    Raises
    ------
    ParameterError
        If `n_batches` is not a positive whole number, or `schedule` cannot be called.
    """

    schedule: Callable[[int], float]
    n_batches: int

    def __post_init__(self) -> None:
        if not callable(self.schedule):
            raise ParameterError("EachEpoch.schedule", self.schedule, "must be a function of the epoch")
        checked_count("EachEpoch.n_batches", self.n_batches)

    def _rate(self, step: int) -> float:
        return self.schedule(step // self.n_batches)

    def observe(self, loss: float) -> None:
        """Pass the loss on."""
        if isinstance(self.schedule, Schedule):
            self.schedule.observe(loss)

    def state(self) -> dict[str, Any]:
        """Return the state of the schedule."""
        return self.schedule.state() if isinstance(self.schedule, Schedule) else {}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Restore the state of the schedule."""
        if isinstance(self.schedule, Schedule):
            self.schedule.load_state(state)
        else:
            super().load_state(state)


def checked_rate(where: str, rate: Any) -> float:
    """Return what a schedule gave, if it is a finite number of at least 0."""
    if not (is_real(rate) and 0.0 <= rate < np.inf):
        raise ParameterError(where, rate, "a schedule must give numbers of at least 0, and finite")
    return float(rate)
