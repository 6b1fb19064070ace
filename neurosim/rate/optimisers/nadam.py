"""Adam with Nesterov's momentum."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Unpack

from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import checked_amount
from neurosim.rate.optimisers.adam import Adam
from neurosim.rate.optimisers.optimiser_options import Shared
from neurosim.rate.optimisers.schedule import LearningRate

_NOTHING = 1e-20  # a product of momenta below it cannot be told from 0 where it is taken from 1


class NAdam(Adam):
    """NAdam: Adam that steps along the mean gradient as it will be one step ahead.

    The momentum of update t is mu(t) = beta_1*(1 - 0.96^(t*momentum_decay)/2).

    Parameters
    ----------
    parameters : iterable of Variable
        What to learn.
    learning_rate : float or callable, default 0.002
        Size of a step, or a schedule.
    beta_1, beta_2 : float, default 0.9 and 0.999
        Share of the running means of the gradient and of its square that is kept, below 1.
    epsilon : float, default 1e-8
        Added to the root, outside of it.
    momentum_decay : float, default 0.004
        How fast the momentum rises to beta_1.
    **shared
        Clipping, penalties and limits: see `Optimiser`.

    Raises
    ------
    ParameterError
        If a number is out of its range.

    References
    ----------
    Dozat 2016, ICLR workshop, "Incorporating Nesterov momentum into Adam", algorithm 2.
    """

    def __init__(
        self,
        parameters: Iterable[Variable],
        learning_rate: LearningRate = 0.002,
        *,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        momentum_decay: float = 0.004,
        **shared: Unpack[Shared],
    ) -> None:
        self.momentum_decay = checked_amount("NAdam.momentum_decay", momentum_decay)
        self._products = [1.0]  # entry t: mu(1)*...*mu(t), as far as it was needed
        super().__init__(parameters, learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon, **shared)

    @property
    def rule(self) -> str:
        """Average gradients and squares, and step along a mixture of gradient and mean."""
        return """mean = beta_1*mean + rest_1*g
            mean_square = beta_2*mean_square + rest_2*g*g
            w = w - (of_gradient*g + of_mean*mean)/(sqrt(mean_square)*correction + epsilon)"""

    def numbers(self, update: int, rate: float) -> dict[str, float]:
        """Return those of Adam, and the steps along the gradient and along its mean."""
        now, ahead = self._momentum(update), self._momentum(update + 1)
        product = self._product(update)
        return super().numbers(update, rate) | {
            "of_gradient": rate * (1.0 - now) / (1.0 - product),
            "of_mean": rate * ahead / (1.0 - product * ahead),
        }

    def _momentum(self, update: int) -> float:
        return self.beta_1 * (1.0 - 0.5 * math.pow(0.96, update * self.momentum_decay))

    def _product(self, update: int) -> float:
        while len(self._products) <= update and self._products[-1] > _NOTHING:
            self._products.append(self._products[-1] * self._momentum(len(self._products)))
        return self._products[min(update, len(self._products) - 1)]
