"""Normalisation over the units of a layer."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable, apply
from neurosim.rate.checks import Checked, checked_count, checked_positive
from neurosim.rate.layers.layer import Layer
from neurosim.rate.layers.normalise import NormaliseSamples


class LayerNorm(Layer):
    """y = gain*(x - mean)/sqrt(variance + epsilon) + shift, each sample with its own mean and variance.

    Both are taken over the units, in training and evaluation alike.

    Parameters
    ----------
    n_axes : int, default 1
        Number of axes, counted from the last, to normalise over.
    epsilon : float, default 1e-5
        Keeps samples that are the same everywhere from a division by 0.

    Attributes
    ----------
    gain, shift : Variable of the shape of the last `n_axes` axes
        They start at 1 and 0. There are none before the layer is built.

    Raises
    ------
    ParameterError
        If a number is out of its range; when applied, if the layer is not built or the shape differs.

    References
    ----------
    Ba, Kiros & Hinton 2016, arXiv:1607.06450, equations 3 and 4.
    """

    epsilon = Checked(checked_positive)

    def __init__(self, n_axes: int = 1, epsilon: float = 1e-5) -> None:
        self.n_axes = checked_count("LayerNorm.n_axes", n_axes)
        self.epsilon = epsilon
        self.stepwise = self.n_axes == 1
        self._learnt: tuple[Variable, Variable] | None = None

    @property
    def gain(self) -> Variable:
        """Factor on each unit."""
        return self._made()[0]

    @property
    def shift(self) -> Variable:
        """Added to each unit."""
        return self._made()[1]

    def forward(self, x: Variable) -> Variable:
        """Return the normalised units."""
        self._check(x.shape)
        return apply(NormaliseSamples(self.epsilon), x, self.gain, self.shift)

    def parameters(self) -> list[Variable]:
        """Return gain and shift."""
        return [self.gain, self.shift]

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        if sample.ndim <= self.n_axes:
            raise ParameterError(
                self._where(), sample.shape[1:], f"a sample needs {self.n_axes} axes or more"
            )
        if self._learnt is None:
            shape = sample.shape[-self.n_axes :]
            self._learnt = (Variable(np.ones(shape, sample.dtype)), Variable(np.zeros(shape, sample.dtype)))
        self._check(sample.shape)

    def _check(self, shape: tuple[int, ...]) -> None:
        if shape[-self.n_axes :] != self.gain.shape:
            raise ParameterError(self._where(), shape, f"the last axes must be {self.gain.shape}")

    def _made(self) -> tuple[Variable, Variable]:
        if self._learnt is None:
            limit = "the number of units is not known yet"
            raise ParameterError(self._where(), None, limit, "Call build(input_shape) first.")
        return self._learnt

    def _where(self) -> str:
        return f"{self.describe()}, input"

    def description(self) -> dict[str, Any]:
        """The two numbers, and what has been learnt."""
        learnt = None if self._learnt is None else [p.value for p in self._learnt]
        return {"n_axes": self.n_axes, "epsilon": self.epsilon, "learnt": learnt}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make a layer from what `description` returned."""
        layer = cls(description["n_axes"], description["epsilon"])
        if description["learnt"] is not None:
            gain, shift = description["learnt"]
            layer._learnt = (Variable(gain), Variable(shift))
        return layer

    def describe(self) -> str:
        """Name the shape of what is normalised."""
        if self._learnt is None:
            return "LayerNorm(?)"
        return f"LayerNorm({' × '.join(map(str, self.gain.shape))})"
