"""Convolution as an operation of the graph, alone or with what follows it."""

from __future__ import annotations

import numpy as np

from neurosim.connectivity.feature_maps import MapErrors
from neurosim.connectivity.shared_kernels import SharedKernels
from neurosim.connectivity.transposed import TransposedImageOperator
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.layers.connected import Connect

Operator = SharedKernels | TransposedImageOperator


class Convolve(Connect):
    """Apply an operator to images, and add a bias to each channel."""

    def __init__(self, operator: Operator) -> None:
        super().__init__(operator)
        self._shapes = operator.input_shape, operator.output_shape

    def forward(self, *inputs: Array) -> Array:
        """Return the output channels, for images, kernels and perhaps biases."""
        x, weights, *bias = inputs
        y = super().forward(_flat(x), weights).reshape(len(x), *self._shapes[1])
        if bias:
            y += _by_channel(bias[0], y.ndim)
        return y

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return the gradients for images, kernels and biases."""
        by_x, by_weights = super().backward(_flat(g))
        by_images = None if by_x is None else by_x.reshape(len(g), *self._shapes[0])
        by_bias = [g.reshape(*g.shape[:2], -1).sum(axis=2).sum(axis=0)] if any(self.needed[2:]) else [None]
        return (by_images, by_weights, *by_bias)[: len(self.needed)]

    def tangent(self, *tangents: Array | None) -> Array:
        """Return how fast the output channels change."""
        x, weights, *bias = tangents
        along = super().tangent(None if x is None else _flat(x), weights)
        images = along.reshape(len(self._x), *self._shapes[1])
        return images if not bias or bias[0] is None else images + _by_channel(bias[0], images.ndim)


class FeatureMaps(Convolve):
    """The same with kernels that are shared by all places, and with what follows: all in one pass.

    Parameters
    ----------
    operator : SharedKernels
    rectified : bool, default False
        Whether the maps are those behind a ReLU.
    pooled : bool, default False
        Whether they are those behind a MaxPool of 2x2, after the ReLU.
    """

    def __init__(self, operator: SharedKernels, rectified: bool = False, pooled: bool = False) -> None:
        super().__init__(operator)
        self._operator, self._rectified, self._pooled = operator, rectified, pooled

    @property
    def name(self) -> str:
        """Names of the layers."""
        return super().name + ", ReLU" * self._rectified + ", MaxPool" * self._pooled

    def forward(self, *inputs: Array) -> Array:
        """Return the maps, for images, kernels and perhaps biases."""
        x, _, *bias = inputs
        self._x = _flat(x)
        maps, self._winners = self._operator.feature_maps(
            self._x, *bias, rectified=self._rectified, pooled=self._pooled
        )
        self._values = maps if self._rectified else None
        channels, *sides = self._shapes[1]
        return maps.reshape(len(x), channels, *(side // (1 + self._pooled) for side in sides))

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return the gradients for images, kernels and biases."""
        errors = MapErrors(_flat(g), self._values, self._winners)
        by_images = by_kernels = by_bias = None
        if self.needed[0]:
            by_images = self._operator.images_gradient(errors).reshape(len(g), *self._shapes[0])
        if any(self.needed[1:]):
            by_kernels, by_bias = self._operator.kernel_gradients(self._x, errors)
        return (by_images, by_kernels, by_bias)[: len(self.needed)]

    def tangent(self, *tangents: Array | None) -> Array:
        """Return how fast the maps change."""
        along = super().tangent(*tangents)
        if self._values is None:
            return along
        values = self._values.reshape(len(along), along.shape[1], -1)
        if self._winners is None:
            return np.where(values.reshape(along.shape) > 0, along, along.dtype.type(0))
        from neurosim.kernels.rate.pooling import take_from_winners

        n, channels, height, width = along.shape
        taken = np.empty((n * channels, height // 2, width // 2), along.dtype)
        images = np.ascontiguousarray(along).reshape(-1, height, width)
        take_from_winners(images, self._winners.reshape(taken.shape), taken, (2, 2, 0, 2, 2, 0))
        return np.where(values.reshape(taken.shape) > 0, taken, taken.dtype.type(0)).reshape(
            n, channels, height // 2, width // 2
        )


def _flat(images: Array) -> Array:
    return images.reshape(len(images), -1)


def _by_channel(bias: Array, n_axes: int) -> Array:
    return bias.reshape(-1, *(1,) * (n_axes - 2))
