"""One number for each channel of an image."""

from __future__ import annotations

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.layers.layer import Layer
from neurosim.rate.layers.receptive_field import ReceptiveField


class GlobalAveragePool(Layer):
    """The mean of each channel over all places, so that images of any size become a row of channels.

    References
    ----------
    Lin, Chen & Yan 2014, arXiv:1312.4400, section 3.2.
    """

    def forward(self, x: Variable) -> Variable:
        """Return the means, shape (batch, channels), for `x` of shape (batch, channels, ...)."""
        return x.mean(axis=_places(self, x))

    def seen(self, field: ReceptiveField) -> ReceptiveField | None:
        """Return None: the whole image is seen."""
        return None


class GlobalMaxPool(Layer):
    """The largest value of each channel over all places; equal ones share the gradient evenly."""

    def forward(self, x: Variable) -> Variable:
        """Return the largest values, shape (batch, channels), for `x` of shape (batch, channels, ...)."""
        return x.max(axis=_places(self, x))

    def seen(self, field: ReceptiveField) -> ReceptiveField | None:
        """Return None: the whole image is seen."""
        return None


def _places(layer: Layer, x: Variable) -> tuple[int, ...]:
    """The axes behind the channels."""
    if x.ndim < 3:
        raise ParameterError(f"{layer.describe()}, input", x.shape[1:], "a sample needs channels and places")
    return tuple(range(2, x.ndim))
