"""Learning rates as closed formulas of the step."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

from neurosim.errors import ParameterError
from neurosim.rate.checks import (
    checked_amount,
    checked_choice,
    checked_count,
    checked_flag,
    checked_positive,
)
from neurosim.rate.optimisers.schedule import Schedule


@dataclass(frozen=True)
class StepDecay(Schedule):
    """A rate that is multiplied by `factor` every so many steps.

    Parameters
    ----------
    rate : float
        The first.
    every : int or tuple of int
        Steps between two changes, or the steps, rising, at which it changes.
    factor : float, default 0.1

    Raises
    ------
    ParameterError
        If a number is out of its range, or the steps do not rise.
    """

    rate: float
    every: int | tuple[int, ...]
    factor: float = 0.1

    def __post_init__(self) -> None:
        checked_positive("StepDecay.rate", self.rate)
        checked_positive("StepDecay.factor", self.factor)
        if not isinstance(self.every, tuple):
            checked_count("StepDecay.every", self.every)
            return
        for step in self.every:
            checked_count("StepDecay.every", step)
        if list(self.every) != sorted(set(self.every)):
            raise ParameterError("StepDecay.every", self.every, "must rise from step to step")

    def _rate(self, step: int) -> float:
        n = bisect_right(self.every, step) if isinstance(self.every, tuple) else step // self.every
        return float(self.rate * self.factor**n)


@dataclass(frozen=True)
class ExponentialDecay(Schedule):
    """rate * factor^step.

    Parameters
    ----------
    rate : float
        The first.
    factor : float
        From one step to the next.

    Raises
    ------
    ParameterError
        If a number is not positive and finite.
    """

    rate: float
    factor: float

    def __post_init__(self) -> None:
        checked_positive("ExponentialDecay.rate", self.rate)
        checked_positive("ExponentialDecay.factor", self.factor)

    def _rate(self, step: int) -> float:
        try:
            return float(self.rate * self.factor**step)
        except OverflowError:
            return math.inf


@dataclass(frozen=True)
class InverseDecay(Schedule):
    """rate / (1 + decay*step): the 1/t of stochastic approximation (Robbins & Monro 1951).

    Parameters
    ----------
    rate : float
        The first.
    decay : float
        1/decay is the step at which the rate has halved.

    Raises
    ------
    ParameterError
        If `rate` is not positive, or `decay` negative.

    References
    ----------
    doi:10.1214/aoms/1177729586
    """

    rate: float
    decay: float

    def __post_init__(self) -> None:
        checked_positive("InverseDecay.rate", self.rate)
        checked_amount("InverseDecay.decay", self.decay)

    def _rate(self, step: int) -> float:
        return float(self.rate / (1.0 + self.decay * step))


@dataclass(frozen=True)
class CosineDecay(Schedule):
    """lowest + (rate - lowest)*(1 + cos(pi*t/period))/2, with t the steps since the last restart.

    Parameters
    ----------
    rate : float
        The first, and after each restart.
    period : int
        Steps to the first restart.
    lowest : float, default 0.0
        The rate at the end of a period.
    stretch : int, default 1
        Each period is so many times as long as the one before.
    restarts : bool, default True
        Whether the rate jumps back after a period; otherwise it stays at the lowest.

    Raises
    ------
    ParameterError
        If a number is out of its range.

    References
    ----------
    Loshchilov & Hutter 2017, arXiv:1608.03983, equation 5.
    """

    rate: float
    period: int
    lowest: float = 0.0
    stretch: int = 1
    restarts: bool = True

    def __post_init__(self) -> None:
        checked_positive("CosineDecay.rate", self.rate)
        checked_count("CosineDecay.period", self.period)
        checked_count("CosineDecay.stretch", self.stretch)
        checked_flag("CosineDecay.restarts", self.restarts)
        if checked_amount("CosineDecay.lowest", self.lowest) > self.rate:
            raise ParameterError("CosineDecay.lowest", self.lowest, f"must be at most the rate, {self.rate}")

    def _rate(self, step: int) -> float:
        length = self.period
        if not self.restarts:
            step = min(step, length)
        elif self.stretch == 1:
            step %= length
        else:
            while step >= length:
                step, length = step - length, length * self.stretch
        share = 0.5 * (1.0 + math.cos(math.pi * step / length))
        return float(self.lowest + (self.rate - self.lowest) * share)


@dataclass(frozen=True)
class Cyclical(Schedule):
    """A rate that rises linearly from `lowest` to `highest` and falls again, over and over.

    Parameters
    ----------
    lowest, highest : float
    up : int
        Steps of the rise.
    down : int, optional
        Steps of the fall; as many as of the rise if left out.
    shape : {"triangular", "halving", "exponential"}, default "triangular"
        Whether the height of the triangles stays, is halved with each, or is multiplied by `factor` with each
        step.
    factor : float, default 1.0

    Raises
    ------
    ParameterError
        If a number is out of its range, or `shape` is unknown.

    References
    ----------
    Smith 2017, doi:10.1109/WACV.2017.58, section 3.2.
    """

    lowest: float
    highest: float
    up: int
    down: int | None = None
    shape: str = "triangular"
    factor: float = 1.0

    def __post_init__(self) -> None:
        checked_amount("Cyclical.lowest", self.lowest)
        if checked_positive("Cyclical.highest", self.highest) < self.lowest:
            raise ParameterError("Cyclical.highest", self.highest, f"must be at least {self.lowest}")
        checked_count("Cyclical.up", self.up)
        if self.down is not None:
            checked_count("Cyclical.down", self.down)
        if checked_positive("Cyclical.factor", self.factor) > 1.0:
            raise ParameterError("Cyclical.factor", self.factor, "must be at most 1")
        checked_choice("Cyclical.shape", self.shape, ("triangular", "halving", "exponential"))

    def _rate(self, step: int) -> float:
        down = self.up if self.down is None else self.down
        cycle, place = divmod(step, self.up + down)
        height = place / self.up if place <= self.up else (self.up + down - place) / down
        if self.shape == "halving":
            height *= 0.5**cycle
        elif self.shape == "exponential":
            height *= self.factor**step
        return float(self.lowest + (self.highest - self.lowest) * height)
