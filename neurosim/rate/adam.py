"""Gradient descent with a step of its own for each weight."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.checks import is_real
from neurosim.rate.operations import Array
from neurosim.rate.optimiser import Optimiser
from neurosim.rate.variable import Variable


class Adam(Optimiser):
    """Adam: step along the mean gradient over the root of the mean squared one, both corrected for bias.

    Parameters
    ----------
    parameters : iterable of Variable
        What to learn.
    learning_rate : float, default 0.001
        Size of a step.
    beta_1, beta_2 : float, default 0.9 and 0.999
        Share of the running means of the gradient and of its square that is kept, below 1.
    epsilon : float, default 1e-8
        Added to the root, outside of it.
    weight_decay : float, default 0.0
        Pull of the weights towards 0.
    decoupled : bool, default False
        Shrink the weights by learning_rate*weight_decay themselves (AdamW) instead of adding
        weight_decay*w to the gradient.

    Raises
    ------
    ParameterError
        If a number is out of its range.

    References
    ----------
    Kingma & Ba 2015, arXiv:1412.6980, algorithm 1; Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2.
    """

    def __init__(
        self,
        parameters: Iterable[Variable],
        learning_rate: float = 0.001,
        *,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled: bool = False,
    ) -> None:
        super().__init__(parameters, learning_rate)
        self.beta_1 = self._checked_share("beta_1", beta_1)
        self.beta_2 = self._checked_share("beta_2", beta_2)
        if not (is_real(epsilon) and 0.0 < epsilon < np.inf):
            raise ParameterError("Adam.epsilon", epsilon, "must be positive and finite")
        self.epsilon = float(epsilon)
        self.weight_decay = self._checked_amount("weight_decay", weight_decay)
        self.decoupled = decoupled
        self._mean = [np.zeros_like(p.value) for p in self.parameters]
        self._mean_square = [np.zeros_like(p.value) for p in self.parameters]
        self._n_steps = [0] * len(self.parameters)

    def _update(self, index: int, value: Array, grad: Array) -> None:
        if self.weight_decay and self.decoupled:
            value *= 1.0 - self.learning_rate * self.weight_decay
        elif self.weight_decay:
            grad = grad + self.weight_decay * value
        self._n_steps[index] += 1
        mean, mean_square = self._mean[index], self._mean_square[index]
        mean *= self.beta_1
        mean += (1.0 - self.beta_1) * grad
        mean_square *= self.beta_2
        mean_square += (1.0 - self.beta_2) * np.square(grad)
        mean_correction = 1.0 - self.beta_1 ** self._n_steps[index]
        square_correction = 1.0 - self.beta_2 ** self._n_steps[index]
        root = np.sqrt(mean_square)
        root *= square_correction**-0.5
        root += self.epsilon
        value -= (self.learning_rate / mean_correction) * (mean / root)
