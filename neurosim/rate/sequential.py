"""Layers one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from neurosim.errors import ParameterError
from neurosim.rate.layer import Layer
from neurosim.rate.variable import Variable


class Sequential(Layer):
    """A network in which each layer takes the output of the one before.

    Parameters
    ----------
    *layers : Layer
        At least one, in the order of application.

    Raises
    ------
    ParameterError
        If there is no layer, or something is not a Layer.
    """

    def __init__(self, *layers: Layer) -> None:
        if not layers:
            raise ParameterError("Sequential.layers", layers, "needs at least one layer")
        for i, layer in enumerate(layers):
            if not isinstance(layer, Layer):
                raise ParameterError(f"Sequential.layers[{i}]", layer, "must be a Layer")
        self.layers = layers

    def forward(self, x: Variable) -> Variable:
        """Apply all layers in order."""
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self) -> list[Variable]:
        """Return the parameters of all layers, those of the first layer first; shared ones once."""
        return list(dict.fromkeys(parameter for layer in self.layers for parameter in layer.parameters()))

    def train(self, training: bool = True) -> None:
        """Switch every layer to training, or back."""
        super().train(training)
        for layer in self.layers:
            layer.train(training)

    def summary(self) -> str:
        """Return a table of the layers and their numbers of parameters."""
        rows = [(layer.describe(), sum(p.size for p in layer.parameters())) for layer in self.layers]
        total = sum(count for _, count in rows)
        width = max(len(name) for name, _ in [*rows, ("total", 0)])
        lines = [f"{i:>3}  {name:<{width}}  {count:>12,}" for i, (name, count) in enumerate(rows)]
        return "\n".join(
            [
                f"{'':>3}  {'layer':<{width}}  {'parameters':>12}",
                *lines,
                f"{'':>3}  {'total':<{width}}  {total:>12,}",
            ]
        )

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __getitem__(self, index: int) -> Layer:
        return self.layers[index]

    def describe(self) -> str:
        """Name the layers in order."""
        return f"Sequential({', '.join(layer.describe() for layer in self.layers)})"
