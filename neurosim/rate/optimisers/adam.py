"""Gradient descent with a step of its own for each weight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import checked_positive, checked_share
from neurosim.rate.optimisers.optimiser import Optimiser
from neurosim.rate.optimisers.optimiser_options import Shared
from neurosim.rate.optimisers.schedule import LearningRate


class Adam(Optimiser):
    """Adam: step along the mean gradient over the root of the mean squared one, both corrected for bias.

    Parameters
    ----------
    parameters : iterable of Variable
        What to learn.
    learning_rate : float or callable, default 0.001
        Size of a step, or a schedule.
    beta_1, beta_2 : float, default 0.9 and 0.999
        Share of the running means of the gradient and of its square that is kept, below 1.
    epsilon : float, default 1e-8
        Added to the root, outside of it.
    **shared
        Clipping, penalties and limits: see `Optimiser`.

    Raises
    ------
    ParameterError
        If a number is out of its range.

    References
    ----------
    Kingma & Ba 2015, arXiv:1412.6980, algorithm 1.
    """

    def __init__(
        self,
        parameters: Iterable[Variable],
        learning_rate: LearningRate = 0.001,
        *,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        **shared: Unpack[Shared],
    ) -> None:
        self.beta_1 = checked_share(self._place("beta_1"), beta_1)
        self.beta_2 = checked_share(self._place("beta_2"), beta_2)
        self.epsilon = checked_positive(self._place("epsilon"), epsilon)
        super().__init__(parameters, learning_rate, **shared)

    @property
    def states(self) -> tuple[str, ...]:
        """The running means of the gradient and of its square."""
        return "mean", "mean_square"

    @property
    def rule(self) -> str:
        """Average gradients and squares, and divide by the corrected root."""
        return """mean = beta_1*mean + rest_1*g
            mean_square = beta_2*mean_square + rest_2*g*g
            w = w - size*mean/(sqrt(mean_square)*correction + epsilon)"""

    def numbers(self, update: int, rate: float) -> dict[str, float]:
        """Return the shares, and the step and the factor on the root with both biases corrected."""
        return {
            "beta_1": self.beta_1,
            "rest_1": 1.0 - self.beta_1,
            "beta_2": self.beta_2,
            "rest_2": 1.0 - self.beta_2,
            "epsilon": self.epsilon,
            "size": rate / (1.0 - self.beta_1**update),
            "correction": (1.0 - self.beta_2**update) ** -0.5,
        }


class AdamW(Adam):
    """Adam with decoupled weight decay: weights shrink at a rate that does not depend on their gradients.

    The parameters are those of `Adam`, with ``weight_decay=0.01`` and ``decoupled=True`` by default.

    References
    ----------
    Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2.
    """

    def __init__(
        self,
        parameters: Iterable[Variable],
        learning_rate: LearningRate = 0.001,
        *,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        **shared: Unpack[Shared],
    ) -> None:
        options: Shared = {"weight_decay": 0.01, "decoupled": True, **shared}
        super().__init__(parameters, learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon, **options)
