"""Layers side by side."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.functions import concatenate
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import is_whole
from neurosim.rate.layers.composite import Composite
from neurosim.rate.layers.layer import Layer, Mask, Shape
from neurosim.rate.layers.receptive_field import ReceptiveField


class Branches(Composite):
    """y = (f(x), g(x), ...): every layer sees the same input, and what they make of it stands side by side.

    A branch of several layers is a Sequential.

    Parameters
    ----------
    *layers : Layer
        At least one; their outputs may differ in `axis` only.
    axis : {0, -1}, default 0
        Axis of a sample to join them along: the first (units, or the channels of an image) or the last (the
        units at each step of a sequence).

    Raises
    ------
    ParameterError
        If there is no layer, something is not a Layer, or there is no such axis; and when built, if the
        outputs do not fit together.

    References
    ----------
    Szegedy et al. 2015, arXiv:1409.4842, figure 2.
    """

    one_after_the_other = False

    def __init__(self, *layers: Layer, axis: int = 0) -> None:
        super().__init__(*layers)
        if not is_whole(axis) or axis not in (0, -1):
            raise ParameterError("Branches.axis", axis, "must be 0 or -1")
        self.axis = axis

    def forward(self, x: Variable) -> Variable:
        """Return the outputs, joined along the axis."""
        return self._joined(x, [layer(x) for layer in self.layers])

    def masked(self, x: Variable, mask: Mask) -> tuple[Variable, Mask | None]:
        """Return the outputs at the steps that count, joined along the axis."""
        pairs = [layer.masked(x, mask) for layer in self.layers]
        return self._joined(x, [output for output, _ in pairs]), pairs[0][1]

    def _joined(self, x: Variable, outputs: list[Variable]) -> Variable:
        shapes = [y.shape[1:] for y in outputs]
        others = {shape[:-1] if self.axis else shape[1:] for shape in shapes}
        if not shapes[0] or len(others) > 1:
            axis = "last" if self.axis else "first"
            limit = (
                f"the branches make it {', '.join(map(str, shapes))}, and may differ in the {axis} axis only"
            )
            raise ParameterError(f"{self.describe()}, input", x.shape[1:], limit)
        return concatenate(outputs, axis=-1 if self.axis else 1)

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

    def description(self) -> dict[str, Any]:
        """The layers and the axis."""
        return {**super().description(), "axis": self.axis}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make one from what `description` returned; older files tell no axis."""
        return cls(*description["layers"], axis=description.get("axis", 0))

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        for layer in self.layers:
            layer.trial(sample, rng)
