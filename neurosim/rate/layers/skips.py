"""Layers whose input goes past them to the output."""

from __future__ import annotations

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.functions import concatenate
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.layers.composite import Composite
from neurosim.rate.layers.layer import Mask
from neurosim.rate.layers.receptive_field import ReceptiveField


class Residual(Composite):
    """y = x + f(x): the layers learn only what is to be added to their input.

    Parameters
    ----------
    *layers : Layer
        Applied one after the other they are f, which must keep the shape of its input.

    Raises
    ------
    ParameterError
        If there is no layer, or something is not a Layer; and when built, if f changes the shape.

    References
    ----------
    He et al. 2016, arXiv:1512.03385, equation 1.
    """

    def forward(self, x: Variable) -> Variable:
        """Return x + f(x)."""
        return self._added(x, self._apply_all(x))

    def masked(self, x: Variable, mask: Mask) -> tuple[Variable, Mask | None]:
        """Return x + f(x) at the steps that count."""
        y, left = self._mask_all(x, mask)
        return self._added(x, y), left

    def _added(self, x: Variable, y: Variable) -> Variable:
        if y.shape != x.shape:
            limit = f"the layers make it {y.shape[1:]}, and must keep the shape"
            raise ParameterError(f"{self.describe()}, input", x.shape[1:], limit)
        return x + y

    def seen(self, field: ReceptiveField) -> ReceptiveField | None:
        """Return the field of the layers, or of the input where it is larger."""
        beyond = super().seen(field)
        return None if beyond is None else field.joined(beyond)


class Concatenating(Composite):
    """y = (x, f(x)): the input, and what the layers make of it beside it.

    Parameters
    ----------
    *layers : Layer
        Applied one after the other they are f, which may change the first axis of a sample: its units, or the
        channels of an image.

    Raises
    ------
    ParameterError
        If there is no layer, or something is not a Layer; and when built, if f changes another axis.

    References
    ----------
    Huang et al. 2017, arXiv:1608.06993, equation 2.
    """

    def forward(self, x: Variable) -> Variable:
        """Return the input and f of it, joined along the first axis of a sample."""
        y = self._apply_all(x)
        if x.ndim < 2 or y.ndim != x.ndim or y.shape[2:] != x.shape[2:]:
            limit = f"the layers make it {y.shape[1:]}, and may change the first axis only"
            raise ParameterError(f"{self.describe()}, input", x.shape[1:], limit)
        return concatenate([x, y], axis=1)

    def seen(self, field: ReceptiveField) -> ReceptiveField | None:
        """Return the field of the layers, or of the input where it is larger."""
        beyond = super().seen(field)
        return None if beyond is None else field.joined(beyond)
