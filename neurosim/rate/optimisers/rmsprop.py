"""Gradient descent with steps divided by the recent size of the gradient."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import checked_flag, checked_positive, checked_share
from neurosim.rate.optimisers.optimiser import Optimiser
from neurosim.rate.optimisers.optimiser_options import Shared
from neurosim.rate.optimisers.schedule import LearningRate


class RMSProp(Optimiser):
    """RMSProp: s <- rho*s + (1 - rho)*g^2; w <- w - rate*g/(sqrt(s) + epsilon).

    Parameters
    ----------
    parameters : iterable of Variable
        What to learn.
    learning_rate : float or callable, default 0.01
        Size of a step, or a schedule.
    rho : float, default 0.99
        Share of the running mean square s that is kept, below 1.
    epsilon : float, default 1e-8
        Added to the root, outside of it.
    momentum : float, default 0.0
        Share of a velocity of the divided gradients that is kept, below 1; the step goes along it.
    centred : bool, default False
        Divide by the standard deviation of the gradient instead: s less the square of its running mean.
    **shared
        Clipping, penalties and limits: see `Optimiser`.

    Raises
    ------
    ParameterError
        If a number is out of its range.

    References
    ----------
    Tieleman & Hinton 2012, Coursera lecture 6.5; with momentum and centred: Graves 2013, arXiv:1308.0850,
    equations 38 to 41 (with epsilon outside the root).
    """

    def __init__(
        self,
        parameters: Iterable[Variable],
        learning_rate: LearningRate = 0.01,
        *,
        rho: float = 0.99,
        epsilon: float = 1e-8,
        momentum: float = 0.0,
        centred: bool = False,
        **shared: Unpack[Shared],
    ) -> None:
        self.rho = checked_share("RMSProp.rho", rho)
        self.epsilon = checked_positive("RMSProp.epsilon", epsilon)
        self.momentum = checked_share("RMSProp.momentum", momentum)
        self.centred = checked_flag("RMSProp.centred", centred)
        super().__init__(parameters, learning_rate, **shared)

    @property
    def states(self) -> tuple[str, ...]:
        """The mean square, the mean where it is centred, the velocity where there is momentum."""
        mean, velocity = ("mean",) * self.centred, ("velocity",) * bool(self.momentum)
        return ("mean_square", *mean, *velocity)

    @property
    def rule(self) -> str:
        """Average the squares, and divide by their root."""
        lines = ["mean_square = rho*mean_square + rest*g*g", "spread = mean_square"]
        if self.centred:
            # Rounding may leave less than nothing.
            lines += ["mean = rho*mean + rest*g", "spread = maximum(mean_square - mean*mean, zero)"]
        lines.append("direction = g/(sqrt(spread) + epsilon)")
        if self.momentum:
            lines += ["velocity = momentum*velocity + direction", "direction = velocity"]
        return "\n".join([*lines, "w = w - rate*direction"])

    def numbers(self, update: int, rate: float) -> dict[str, float]:
        """Return shares kept and replaced."""
        return {
            "rho": self.rho,
            "rest": 1.0 - self.rho,
            "epsilon": self.epsilon,
            "momentum": self.momentum,
        }
