"""Noise that makes a network robust while it learns."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.rate.autodiff.operations import Array, LinearOperation
from neurosim.rate.autodiff.variable import Variable, apply
from neurosim.rate.checks import Checked, checked_amount, checked_share
from neurosim.rate.layers.stochastic import StochasticLayer
from neurosim.rate.randomness import Seed


class GaussianNoise(StochasticLayer):
    """Add independent Gaussian noise during training, nothing otherwise.

    Noise on the activations stands for the variability of spike counts and filtered spike trains, so that
    a network trained with it keeps its accuracy with spiking units.

    Parameters
    ----------
    std : float
        Standard deviation, in units of the layer's input.
    rng : numpy.random.Generator or int, optional
        Source of the noise, or its seed; see `StochasticLayer`.

    Raises
    ------
    ParameterError
        If `std` is negative or not finite.

    References
    ----------
    Hunsberger & Eliasmith 2015, arXiv:1510.08829, section 2.2.
    """

    stepwise = True

    std = Checked(checked_amount)

    def __init__(self, std: float, rng: Seed = None) -> None:
        self.std = std
        super().__init__(rng)

    def forward(self, x: Variable) -> Variable:
        """Return `x` with noise while training."""
        if not self.training or self.std == 0.0:
            return x
        noise = self._rng.standard_normal(x.shape)
        return x + (self.std * noise).astype(x.dtype)

    def describe(self) -> str:
        """Name the standard deviation."""
        return f"GaussianNoise(std={self.std:g})"

    def _arguments(self) -> dict[str, Any]:
        return {"std": self.std}


class Dropout(StochasticLayer):
    """Silence a random share of the units during training, and scale up the others; nothing otherwise.

    The scale, 1/(1 - share), keeps the mean drive of the next layer, so that nothing has to be corrected
    after training.

    Parameters
    ----------
    share : float, default 0.5
        Probability of a unit to be silent, from 0 up to, not including, 1; drawn anew for each sample.
    rng : numpy.random.Generator or int, optional
        Source of the draws, or its seed; see `StochasticLayer`.

    Raises
    ------
    ParameterError
        If `share` is out of its range.

    References
    ----------
    Srivastava et al. 2014, JMLR 15:1929, section 4 and, for the scale, section 10.
    """

    stepwise = True

    share = Checked(checked_share)

    def __init__(self, share: float = 0.5, rng: Seed = None) -> None:
        self.share = share
        super().__init__(rng)

    def forward(self, x: Variable) -> Variable:
        """Return `x` with units silenced while training."""
        if not self.training or self.share == 0.0:
            return x
        kept = self._rng.random(x.shape, "float32") >= self.share
        return apply(_Mask(kept * x.dtype.type(1.0 / (1.0 - self.share))), x)

    def describe(self) -> str:
        """Name the share."""
        return f"Dropout({self.share:g})"

    def _arguments(self) -> dict[str, Any]:
        return {"share": self.share}


class _Mask(LinearOperation):
    """Multiply by a constant array."""

    def __init__(self, factors: Array) -> None:
        self._factors = factors

    @property
    def name(self) -> str:
        return "Dropout"

    def forward(self, *inputs: Array) -> Array:
        return np.asarray(inputs[0] * self._factors)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        return (g * self._factors,)
