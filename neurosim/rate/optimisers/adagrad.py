"""Gradient descent with steps that shrink where gradients were large."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import checked_positive
from neurosim.rate.optimisers.optimiser import Optimiser
from neurosim.rate.optimisers.optimiser_options import Shared
from neurosim.rate.optimisers.schedule import LearningRate


class AdaGrad(Optimiser):
    """AdaGrad: s <- s + g^2; w <- w - rate*g/(sqrt(s) + epsilon).

    Parameters
    ----------
    parameters : iterable of Variable
        What to learn.
    learning_rate : float or callable, default 0.01
        Size of a step, or a schedule.
    epsilon : float, default 1e-10
        Added to the root, outside of it.
    **shared
        Clipping, penalties and limits: see `Optimiser`.

    Raises
    ------
    ParameterError
        If a number is out of its range.

    References
    ----------
    Duchi, Hazan & Singer 2011, JMLR 12:2121, figure 1 (diagonal matrices).
    """

    def __init__(
        self,
        parameters: Iterable[Variable],
        learning_rate: LearningRate = 0.01,
        *,
        epsilon: float = 1e-10,
        **shared: Unpack[Shared],
    ) -> None:
        self.epsilon = checked_positive("AdaGrad.epsilon", epsilon)
        super().__init__(parameters, learning_rate, **shared)

    @property
    def states(self) -> tuple[str, ...]:
        """The sum of squared gradients."""
        return ("square_sum",)

    @property
    def rule(self) -> str:
        """Sum the squares, and divide by their root."""
        return "square_sum = square_sum + g*g\nw = w - rate*g/(sqrt(square_sum) + epsilon)"

    def numbers(self, update: int, rate: float) -> dict[str, float]:
        """Return what is added to the root."""
        return {"epsilon": self.epsilon}
