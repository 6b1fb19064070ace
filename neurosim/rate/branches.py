"""Layers side by side."""

from __future__ import annotations

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.composite import Composite
from neurosim.rate.functions import concatenate
from neurosim.rate.layer import Shape
from neurosim.rate.operations import Array
from neurosim.rate.receptive_field import ReceptiveField
from neurosim.rate.variable import Variable


class Branches(Composite):
    """y = (f(x), g(x), ...): every layer sees the same input, and what they make of it stands side by side.

    A branch of several layers is a Sequential.

    Parameters
    ----------
    *layers : Layer
        At least one; their outputs may differ in the first axis of a sample only: units, or channels.

    Raises
    ------
    ParameterError
        If there is no layer, or something is not a Layer; and when built, if the outputs do not fit together.

    References
    ----------
    Szegedy et al. 2015, arXiv:1409.4842, figure 2.
    """

    def forward(self, x: Variable) -> Variable:
        """Return the outputs, joined along the first axis of a sample."""
        outputs = [layer(x) for layer in self.layers]
        shapes = [y.shape[1:] for y in outputs]
        if not shapes[0] or any(shape[1:] != shapes[0][1:] for shape in shapes):
            limit = (
                f"the branches make it {', '.join(map(str, shapes))}, and may differ in the first axis only"
            )
            raise ParameterError(f"{self.describe()}, input", x.shape[1:], limit)
        return concatenate(outputs, axis=1)

    def multiply_accumulates(self, input_shape: Shape) -> int:
        """Return the number of products of all branches."""
        return sum(layer.multiply_accumulates(input_shape) for layer in self.layers)

    def seen(self, field: ReceptiveField) -> ReceptiveField | None:
        """Return the largest of the fields of the branches; None if one of them sees everything."""
        fields = [layer.seen(field) for layer in self.layers]
        known = [each for each in fields if each is not None]
        if len(known) < len(fields):
            return None
        total = known[0]
        for other in known[1:]:
            total = total.joined(other)
        return total

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        for layer in self.layers:
            layer.trial(sample, rng)
