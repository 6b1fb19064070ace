"""Gradient descent with steps in the units of the weights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import checked_positive, checked_share
from neurosim.rate.optimisers.optimiser import Optimiser
from neurosim.rate.optimisers.optimiser_options import Shared
from neurosim.rate.optimisers.schedule import LearningRate


class AdaDelta(Optimiser):
    """AdaDelta: the gradient over its recent size, times the recent size of the steps.

    s <- rho*s + (1 - rho)*g^2; d = g*sqrt(u + epsilon)/sqrt(s + epsilon); u <- rho*u + (1 - rho)*d^2;
    w <- w - rate*d. Here epsilon belongs inside the roots: the first step, with u = 0, starts from it.

    Parameters
    ----------
    parameters : iterable of Variable
        What to learn.
    learning_rate : float or callable, default 1.0
        Factor on the steps, or a schedule.
    rho : float, default 0.9
        Share of the running mean squares that is kept, below 1.
    epsilon : float, default 1e-6
        Added to the mean squares.
    **shared
        Clipping, penalties and limits: see `Optimiser`.

    Raises
    ------
    ParameterError
        If a number is out of its range.

    References
    ----------
    Zeiler 2012, arXiv:1212.5701, algorithm 1.
    """

    def __init__(
        self,
        parameters: Iterable[Variable],
        learning_rate: LearningRate = 1.0,
        *,
        rho: float = 0.9,
        epsilon: float = 1e-6,
        **shared: Unpack[Shared],
    ) -> None:
        self.rho = checked_share("AdaDelta.rho", rho)
        self.epsilon = checked_positive("AdaDelta.epsilon", epsilon)
        super().__init__(parameters, learning_rate, **shared)

    @property
    def states(self) -> tuple[str, ...]:
        """The mean squares of gradients and of steps."""
        return "mean_square", "mean_square_step"

    @property
    def rule(self) -> str:
        """Average the squares of gradients and of steps, and step by the ratio of their roots."""
        return """mean_square = rho*mean_square + rest*g*g
            direction = sqrt(mean_square_step + epsilon)/sqrt(mean_square + epsilon)*g
            mean_square_step = rho*mean_square_step + rest*direction*direction
            w = w - rate*direction"""

    def numbers(self, update: int, rate: float) -> dict[str, float]:
        """Return shares kept and replaced, and what is added to the squares."""
        return {"rho": self.rho, "rest": 1.0 - self.rho, "epsilon": self.epsilon}
