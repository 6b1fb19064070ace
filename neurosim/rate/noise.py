"""Noise that makes a network robust while it learns."""

from __future__ import annotations

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.checks import is_real
from neurosim.rate.layer import Layer
from neurosim.rate.variable import Variable


class GaussianNoise(Layer):
    """Add independent Gaussian noise during training, nothing otherwise.

    Noise on the activations stands for the variability of spike counts and filtered spike trains, so that
    a network trained with it keeps its accuracy with spiking units.

    Parameters
    ----------
    std : float
        Standard deviation, in units of the layer's input.
    rng : numpy.random.Generator
        Source of the noise.

    Raises
    ------
    ParameterError
        If `std` is negative or not finite.

    References
    ----------
    Hunsberger & Eliasmith 2015, arXiv:1510.08829, section 2.2.
    """

    def __init__(self, std: float, rng: np.random.Generator) -> None:
        if not (is_real(std) and 0.0 <= std < np.inf):
            raise ParameterError("GaussianNoise.std", std, "must be at least 0 and finite")
        self.std = float(std)
        self._rng = rng

    def forward(self, x: Variable) -> Variable:
        """Return `x` with noise while training."""
        if not self.training or self.std == 0.0:
            return x
        noise = self._rng.standard_normal(x.shape)
        return x + (self.std * noise).astype(x.dtype)

    def describe(self) -> str:
        """Name the standard deviation."""
        return f"GaussianNoise(std={self.std:g})"
