"""Normalisation by the activity of neighbouring channels."""

from __future__ import annotations

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array, Operation
from neurosim.rate.autodiff.variable import Variable, apply
from neurosim.rate.checks import Checked, checked_amount, checked_count, checked_positive
from neurosim.rate.layers.layer import Layer


class LocalResponseNorm(Layer):
    """y_i = x_i/(k + alpha/size*sum of x_j^2)^beta over the channels j around i: lateral inhibition.

    Parameters
    ----------
    size : int, default 5
        Number of channels in the sum; of an even number, one more lies before i than behind. There are fewer
        at the first and the last channels.
    alpha : float, default 1e-4
        Strength; the paper's alpha is this over `size`.
    beta : float, default 0.75
    k : float, default 1.0
        The paper has 2.

    Raises
    ------
    ParameterError
        If a number is out of its range; and when applied, if a sample has no axis of channels.

    References
    ----------
    Krizhevsky, Sutskever & Hinton 2012, doi:10.1145/3065386, section 3.3.
    """

    size = Checked(checked_count)
    alpha = Checked(checked_amount)
    beta = Checked(checked_amount)
    k = Checked(checked_positive)

    def __init__(self, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, x: Variable) -> Variable:
        """Return the normalised channels, for `x` of shape (batch, n_channels, ...)."""
        if x.ndim < 2:
            raise ParameterError(
                f"{self.describe()}, input", x.shape, "the shape must be (batch, channels, ...)"
            )
        return apply(_Inhibit(self.size, self.alpha / self.size, self.beta, self.k), x)

    def describe(self) -> str:
        """Name the number of channels in a sum."""
        return f"LocalResponseNorm({self.size})"


class _Inhibit(Operation):
    """Divide channels by a power of the sum of squares around them."""

    def __init__(self, size: int, strength: float, beta: float, k: float) -> None:
        self._before = size // 2
        self._behind = size - 1 - size // 2
        self._strength, self._beta, self._k = strength, beta, k

    @property
    def name(self) -> str:
        return "LocalResponseNorm"

    def forward(self, *inputs: Array) -> Array:
        (self._x,) = inputs
        squares = _windowed(np.square(self._x), self._before, self._behind)
        self._base = self._k + self._strength * squares
        self._factor = self._base**-self._beta
        return np.asarray(self._x * self._factor)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        # Whom i inhibits are the neighbours on the other side.
        around = _windowed(g * self._x * self._factor / self._base, self._behind, self._before)
        return (np.asarray(g * self._factor - self._slope() * self._x * around),)

    def tangent(self, *tangents: Array | None) -> Array:
        t = np.asarray(tangents[0])
        around = _windowed(t * self._x, self._before, self._behind)
        return np.asarray(t * self._factor - self._slope() * self._x * self._factor / self._base * around)

    def _slope(self) -> float:
        return 2.0 * self._strength * self._beta


def _windowed(values: Array, before: int, behind: int) -> Array:
    """Sum over the channels, axis 1, from so many before to so many behind each."""
    n = values.shape[1]
    total = values.copy()
    for distance in range(1, min(before, n - 1) + 1):
        total[:, distance:] += values[:, :-distance]
    for distance in range(1, min(behind, n - 1) + 1):
        total[:, :-distance] += values[:, distance:]
    return total
