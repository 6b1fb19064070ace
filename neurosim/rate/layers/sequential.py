"""Layers one after the other."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.layers.composite import Composite
from neurosim.rate.layers.layer import Layer, Mask, Shape
from neurosim.rate.layers.masking import apply_masked
from neurosim.rate.layers.summary import summarise
from neurosim.rate.randomness import Seed


class Sequential(Composite):
    """A network in which each layer takes the output of the one before.

    It is built as soon as the shape of its input is known: here, or where the first layer tells it. Then
    every layer is tried on a sample of zeros, so that shapes that do not fit are found at once; otherwise
    call `build`.

    Parameters
    ----------
    *layers : Layer
        At least one, in the order of application.
    input_shape : int or tuple of int, optional
        Shape of a sample, without the axis of the batch.
    dtype : {"float32", "float64"}, optional
        Of parameters that are made now; that of the first layer if left out.
    seed : int or numpy.random.Generator, optional
        Of parameters that are made now, and of layers that draw random numbers and have no seed.

    Raises
    ------
    ParameterError
        If there is no layer, something is not a Layer, or a layer does not fit the one before.

    Examples
    --------
    >>> from neurosim.rate import Affine, ReLU, Sequential
    >>> network = Sequential(Affine(64, initialise="he_normal"), ReLU(), Affine(10), input_shape=784, seed=0)
    >>> network
    Sequential(Affine(Dense 784 → 64), ReLU, Affine(Dense 64 → 10))
    """

    def __init__(
        self,
        *layers: Layer,
        input_shape: int | Shape | None = None,
        dtype: DTypeLike | None = None,
        seed: Seed = None,
    ) -> None:
        super().__init__(*layers)
        self._shape: Shape | None = None
        shape = self.input_shape if input_shape is None else input_shape
        if shape is not None:
            self.build(shape, dtype=dtype, seed=seed)

    def __call__(
        self, x: Variable | ArrayLike, *, lengths: ArrayLike | None = None, mask: ArrayLike | None = None
    ) -> Variable:
        """Apply all layers in order.

        Parameters
        ----------
        x : Variable or array, shape (batch, ...)
        lengths : integer array of shape (batch,), optional
            For sequences, shape (batch, time, ...): steps of each, from 1 to time. What comes after them is
            not looked at; what the output holds there means nothing.
        mask : array of bool, shape (batch, time), optional
            True where a step counts, in place of `lengths`.

        Raises
        ------
        ParameterError
            As for `Layer`; if lengths or mask do not fit; or if with them a layer mixes the steps.
        """
        if lengths is None and mask is None:
            return super().__call__(x)
        return apply_masked(self, x, lengths, mask)[0]

    def forward(self, x: Variable) -> Variable:
        """Apply all layers in order."""
        return self._apply_all(x)

    def masked(self, x: Variable, mask: Mask) -> tuple[Variable, Mask | None]:
        """Apply all layers in order, the mask as far as there are steps."""
        return self._mask_all(x, mask)

    def summary(self) -> str:
        """Return a table of the layers: shape of a sample, parameters, synapses, multiply-accumulates.

        For images there is also the receptive field: how much of the input a unit sees.

        Raises
        ------
        ParameterError
            If the network is not built.
        """
        return summarise(self, self._shape)

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        super()._build(sample, rng)
        self._shape = sample.shape[1:]

    def description(self) -> dict[str, Any]:
        """The layers, and the shape of a sample if it is known."""
        return {**super().description(), "input_shape": self._shape}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make one from what `description` returned."""
        return cls(*description["layers"], input_shape=description["input_shape"])
