"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.operations import Array
from neurosim.rate.optimiser import Optimiser
from neurosim.rate.variable import Variable


class SGD(Optimiser):
    """Gradient descent with momentum: u <- momentum*u + g; w <- w - learning_rate*u.

    Parameters
    ----------
    parameters : iterable of Variable
        What to learn.
    learning_rate : float, default 0.01
        Size of a step.
    momentum : float, default 0.0
        Share of the velocity u that is kept, below 1.
    weight_decay : float, default 0.0
        Adds weight_decay*w to the gradient g.
    nesterov : bool, default False
        Step along g + momentum*u instead of u: the gradient one step ahead.

    Raises
    ------
    ParameterError
        If a number is out of its range, or `nesterov` is asked for without momentum.

    References
    ----------
    Sutskever, Martens, Dahl & Hinton 2013, ICML, "On the importance of initialization and momentum".
    """

    def __init__(
        self,
        parameters: Iterable[Variable],
        learning_rate: float = 0.01,
        *,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(parameters, learning_rate)
        self.momentum = self._checked_share("momentum", momentum)
        self.weight_decay = self._checked_amount("weight_decay", weight_decay)
        if nesterov and momentum == 0.0:
            raise ParameterError("SGD.nesterov", nesterov, "needs momentum above 0")
        self.nesterov = nesterov
        self._velocity = [np.zeros_like(p.value) for p in self.parameters]

    def _update(self, index: int, value: Array, grad: Array) -> None:
        if self.weight_decay:
            grad = grad + self.weight_decay * value
        if self.momentum:
            velocity = self._velocity[index]
            velocity *= self.momentum
            velocity += grad
            grad = grad + self.momentum * velocity if self.nesterov else velocity
        value -= self.learning_rate * grad
