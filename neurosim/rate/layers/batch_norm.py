"""Normalisation over the samples of a batch."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable, apply
from neurosim.rate.checks import Checked, checked_part, checked_positive
from neurosim.rate.layers.layer import Layer
from neurosim.rate.layers.normalise import NormaliseUnits


class BatchNorm(Layer):
    """y = gain*(x - mean)/sqrt(variance + epsilon) + shift, for each unit or each channel of an image.

    While training, mean and variance are those of the batch, over the samples and the places of an image;
    otherwise running averages over the batches that were seen.

    Parameters
    ----------
    momentum : float, default 0.1
        Weight of the newest batch in the running averages, above 0 and below 1.
    epsilon : float, default 1e-5
        Keeps units that never vary from a division by 0.

    Attributes
    ----------
    gain, shift : Variable of shape (n_units,)
        They start at 1 and 0. There are none before the layer is built.
    mean, variance : ndarray of shape (n_units,)
        The running averages; that of the variance is of its unbiased estimate. They start at 0 and 1.

    Raises
    ------
    ParameterError
        If a number is out of its range; when applied, if the layer is not built or the number of units
        differs; and in training, if there is but one value of a unit.

    References
    ----------
    Ioffe & Szegedy 2015, arXiv:1502.03167, algorithms 1 and 2.
    """

    momentum = Checked(checked_part)
    epsilon = Checked(checked_positive)

    def __init__(self, momentum: float = 0.1, epsilon: float = 1e-5) -> None:
        self.momentum = momentum
        self.epsilon = epsilon
        self._learnt: tuple[Variable, Variable, Array, Array] | None = None

    @property
    def gain(self) -> Variable:
        """Factor on each unit."""
        return self._made()[0]

    @property
    def shift(self) -> Variable:
        """Mean of each unit after the layer."""
        return self._made()[1]

    @property
    def mean(self) -> Array:
        """Running mean of each unit."""
        return self._made()[2]

    @property
    def variance(self) -> Array:
        """Running variance of each unit."""
        return self._made()[3]

    def forward(self, x: Variable) -> Variable:
        """Return the normalised units, for `x` of shape (batch, n_units) or (batch, n_units, ...)."""
        self._check(x.shape)
        if not self.training:
            inverse = 1.0 / np.sqrt(self.variance + self.variance.dtype.type(self.epsilon))
            factor: Variable = self.gain * inverse
            offset: Variable = self.shift - factor * self.mean
            if x.ndim > 2:
                broadcast = (-1, *(1,) * (x.ndim - 2))
                factor, offset = factor.reshape(broadcast), offset.reshape(broadcast)
            return x * factor + offset
        n = x.size // x.shape[1]
        if n == 1:
            limit = "training needs more than one value of each unit, and this batch has one"
            raise ParameterError(self._where(), x.shape, limit, "Use larger batches, or evaluate().")
        normalise = NormaliseUnits(self.epsilon)
        value = apply(normalise, x, self.gain, self.shift)
        unbiased = normalise.variance * (n / (n - 1))
        for running, new in ((self.mean, normalise.mean), (self.variance, unbiased)):
            running += self.momentum * (new - running)
        return value

    def parameters(self) -> list[Variable]:
        """Return gain and shift."""
        return [self.gain, self.shift]

    def buffers(self) -> dict[str, Array]:
        """Return the running averages."""
        return {"mean": self.mean, "variance": self.variance}

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        if sample.ndim < 2:
            raise ParameterError(self._where(), sample.shape[1:], "a sample needs an axis of units")
        if self._learnt is None:
            n, dtype = sample.shape[1], sample.dtype
            ones, zeros = (np.ones(n, dtype), np.zeros(n, dtype))
            self._learnt = (Variable(ones.copy()), Variable(zeros.copy()), zeros, ones)
        self._check(sample.shape)

    def _check(self, shape: tuple[int, ...]) -> None:
        n = self.gain.size
        if len(shape) < 2 or shape[1] != n:
            raise ParameterError(self._where(), shape, f"the shape must be (batch, {n}) or (batch, {n}, ...)")

    def _made(self) -> tuple[Variable, Variable, Array, Array]:
        if self._learnt is None:
            limit = "the number of units is not known yet"
            raise ParameterError(self._where(), None, limit, "Call build(input_shape) first.")
        return self._learnt

    def _where(self) -> str:
        return f"{self.describe()}, input"

    def description(self) -> dict[str, Any]:
        """The two numbers, and what has been learnt."""
        learnt = (
            None if self._learnt is None else [self.gain.value, self.shift.value, self.mean, self.variance]
        )
        return {"momentum": self.momentum, "epsilon": self.epsilon, "learnt": learnt}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make a layer from what `description` returned."""
        layer = cls(description["momentum"], description["epsilon"])
        if description["learnt"] is not None:
            gain, shift, mean, variance = description["learnt"]
            layer._learnt = (Variable(gain), Variable(shift), mean, variance)
        return layer

    def describe(self) -> str:
        """Name the number of units."""
        return f"BatchNorm({'?' if self._learnt is None else self.gain.size})"
