"""Adam with the largest recent gradient in place of the mean square."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.optimisers.adam import Adam
from neurosim.rate.optimisers.optimiser_options import Shared
from neurosim.rate.optimisers.schedule import LearningRate


class AdaMax(Adam):
    """AdaMax: m <- beta_1*m + (1 - beta_1)*g; u <- max(beta_2*u, abs(g) + epsilon); w <- w - rate*m/u.

    The mean m is corrected for its bias; u needs no correction.

    Parameters
    ----------
    parameters : iterable of Variable
        What to learn.
    learning_rate : float or callable, default 0.002
        Size of a step, or a schedule.
    beta_1, beta_2 : float, default 0.9 and 0.999
        Share of the mean gradient and of the largest one that is kept, below 1.
    epsilon : float, default 1e-8
        Added to the size of the gradient, so that u is never 0.
    **shared
        Clipping, penalties and limits: see `Optimiser`.

    Raises
    ------
    ParameterError
        If a number is out of its range.

    References
    ----------
    Kingma & Ba 2015, arXiv:1412.6980, algorithm 2.
    """

    def __init__(
        self,
        parameters: Iterable[Variable],
        learning_rate: LearningRate = 0.002,
        *,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        **shared: Unpack[Shared],
    ) -> None:
        super().__init__(parameters, learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon, **shared)

    @property
    def states(self) -> tuple[str, ...]:
        """The running mean of the gradient, and the fading largest one."""
        return "mean", "largest"

    @property
    def rule(self) -> str:
        """Average gradients, and divide by the largest."""
        return """mean = beta_1*mean + rest_1*g
            largest = maximum(beta_2*largest, abs(g) + epsilon)
            w = w - size*mean/largest"""
