"""The mean of a window."""

from __future__ import annotations

import warnings
from functools import lru_cache

import numpy as np

from neurosim.connectivity import AveragePool2d
from neurosim.connectivity.image_axis import ImageAxis
from neurosim.rate.autodiff.variable import Variable, apply
from neurosim.rate.layers.connected import Connect
from neurosim.rate.layers.layer import Shape
from neurosim.rate.layers.pool import Pool


class AveragePool(Pool):
    """Each output is the mean of a window of one channel: an AveragePool2d whose weight is not learnt.

    Padding is 0, and counts in the mean. Parameters and errors are those of `Pool`.
    """

    def forward(self, x: Variable) -> Variable:
        """Return the means, for `x` of shape (batch, channels, height, width) or (..., length)."""
        axes = self.axes(x.shape[1:])
        connectivity = _kept_operator(x.shape[1:], axes, x.dtype.name)
        weight = Variable(connectivity.weights, requires_grad=False)
        y = apply(Connect(connectivity), x.reshape(len(x), -1), weight)
        return y.reshape(*x.shape[:2], *(axis.n_out for axis in axes))

    def connectivity(self, shape: Shape, dtype: str = "float64") -> AveragePool2d:
        """Return a new operator for samples of a shape, such as for a network of spiking neurons.

        Parameters
        ----------
        shape : tuple of int
            (channels, height, width) or (channels, length).
        dtype : {"float64", "float32"}, default "float64"
            Of the weight.
        """
        return _operator(shape, self.axes(shape), dtype)


def _operator(shape: Shape, axes: tuple[ImageAxis, ...], dtype: str) -> AveragePool2d:
    windows = [(axis.size, axis.taps, axis.stride, axis.before) for axis in axes]
    rows, columns = windows if len(windows) == 2 else [(1, 1, 1, 0), *windows]
    image, size, stride, padding = zip(rows, columns, strict=True)
    return AveragePool2d((shape[0], *image), size, stride, padding, dtype=np.dtype(dtype))


@lru_cache(maxsize=64)
def _kept_operator(shape: Shape, axes: tuple[ImageAxis, ...], dtype: str) -> AveragePool2d:
    with warnings.catch_warnings():  # the layer itself has warned when it was built
        warnings.simplefilter("ignore")
        return _operator(shape, axes, dtype)
