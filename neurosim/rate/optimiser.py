"""What every rule for changing parameters by their gradients is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.checks import is_real
from neurosim.rate.operations import Array
from neurosim.rate.variable import Variable


class Optimiser(ABC):
    """Changes parameters in place, so that whoever shares their memory sees the change.

    Parameters
    ----------
    parameters : iterable of Variable
        What to learn; a parameter without a gradient is left alone.
    learning_rate : float
        Size of a step; may be changed between steps.

    Raises
    ------
    ParameterError
        If there are no parameters, or `learning_rate` is not positive and finite.
    """

    def __init__(self, parameters: Iterable[Variable], learning_rate: float) -> None:
        self.parameters = list(parameters)
        if not self.parameters:
            raise ParameterError(
                f"{type(self).__name__}.parameters", self.parameters, "there is nothing to learn"
            )
        if not (is_real(learning_rate) and 0.0 < learning_rate < np.inf):
            raise ParameterError(
                f"{type(self).__name__}.learning_rate", learning_rate, "must be positive and finite"
            )
        self.learning_rate = learning_rate

    def step(self) -> None:
        """Change every parameter once."""
        for index, parameter in enumerate(self.parameters):
            if parameter.grad is not None:
                self._update(index, parameter.value, parameter.grad)

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters:
            parameter.zero_grad()

    @abstractmethod
    def _update(self, index: int, value: Array, grad: Array) -> None:
        """Change `value`, the array of parameter number `index`, in place."""

    def _checked_share(self, name: str, number: float) -> float:
        if not (is_real(number) and 0.0 <= number < 1.0):
            raise ParameterError(
                f"{type(self).__name__}.{name}", number, "must be from 0 up to, not including, 1"
            )
        return float(number)

    def _checked_amount(self, name: str, number: float) -> float:
        if not (is_real(number) and 0.0 <= number < np.inf):
            raise ParameterError(f"{type(self).__name__}.{name}", number, "must be at least 0 and finite")
        return float(number)
