"""Samples in another shape."""

from __future__ import annotations

import math
from typing import Any, Self

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import is_whole
from neurosim.rate.layers.layer import Layer


class Reshape(Layer):
    """The same units in another shape, such as the channels, rows and columns of an image.

    Operators on images take and give their units in one row, and normalisation wants an axis of channels.

    Parameters
    ----------
    *shape : int
        Of a sample, without the axis of the batch; one length may be -1, which stands for what is left.
        ``Reshape(-1)`` puts all units in one row.

    Raises
    ------
    ParameterError
        If a length is not a positive whole number or more than one is -1; and when applied, if the number of
        units does not fit.
    """

    def __init__(self, *shape: int) -> None:
        if not shape or any(not is_whole(n) or (n < 1 and n != -1) for n in shape) or shape.count(-1) > 1:
            raise ParameterError(
                "Reshape.shape", shape, "must be positive whole numbers, of which one may be -1"
            )
        self.shape = tuple(int(n) for n in shape)

    def forward(self, x: Variable) -> Variable:
        """Return the samples in their new shape."""
        n, known = math.prod(x.shape[1:]), math.prod(n for n in self.shape if n != -1)
        if n % known if -1 in self.shape else n != known:
            limit = f"its {n} units do not fit the shape {self.shape}"
            raise ParameterError(f"{self.describe()}, input", x.shape[1:], limit)
        return x.reshape(x.shape[0], *self.shape)

    def description(self) -> dict[str, Any]:
        """The shape."""
        return {"shape": list(self.shape)}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make a layer from what `description` returned."""
        return cls(*description["shape"])

    def describe(self) -> str:
        """Name the shape."""
        return f"Reshape({', '.join(map(str, self.shape))})"


class Flatten(Reshape):
    """All units of a sample in one row, channel by channel: ``Reshape(-1)``."""

    def __init__(self) -> None:
        super().__init__(-1)

    def description(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make one."""
        return cls()

    def describe(self) -> str:
        """Name the layer."""
        return "Flatten"
