"""What layers made of layers have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Never, Self

import numpy as np

from neurosim.errors import ParameterError
from neurosim.keywords import refuse_keywords
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.layers.layer import Layer, Mask
from neurosim.rate.layers.receptive_field import ReceptiveField


class Composite(Layer):
    """Layers one after the other, and perhaps something around them.

    Parameters
    ----------
    *layers : Layer
        At least one, in the order of application.

    Raises
    ------
    ParameterError
        If there is no layer, or something is not a Layer.
    """

    one_after_the_other: bool = True
    """Whether each layer takes the output of the one before."""

    def __init__(self, *layers: Layer, **unknown: Never) -> None:
        refuse_keywords(type(self), unknown)
        name = type(self).__name__
        if not layers:
            raise ParameterError(f"{name}.layers", layers, "needs at least one layer")
        for i, layer in enumerate(layers):
            if not isinstance(layer, Layer):
                raise ParameterError(f"{name}.layers[{i}]", layer, "must be a Layer")
        self.layers = layers

    def parameters(self) -> list[Variable]:
        """Return the parameters of all layers, those of the first layer first; shared ones once."""
        return list(dict.fromkeys(parameter for layer in self.layers for parameter in layer.parameters()))

    def buffers(self) -> dict[str, Array]:
        """Return the buffers of all layers; the number of the layer stands before each name."""
        return {
            f"{i}.{name}": array
            for i, layer in enumerate(self.layers)
            for name, array in layer.buffers().items()
        }

    def generators(self) -> list[np.random.Generator]:
        """Return the sources of random numbers of all layers; shared ones once."""
        return list({id(g): g for layer in self.layers for g in layer.generators()}.values())

    def train(self, training: bool = True) -> None:
        """Switch every layer to training, or back."""
        super().train(training)
        for layer in self.layers:
            layer.train(training)

    @property
    def input_shape(self) -> tuple[int, ...] | None:
        """Shape of a sample that the first layer needs."""
        return self.layers[0].input_shape

    @property
    def n_synapses(self) -> int:
        """Number of synapses of all layers."""
        return sum(layer.n_synapses for layer in self.layers)

    def shapes(self, input_shape: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Return the shape of a sample before the first layer and after each, for a network that is built."""
        shapes = [input_shape]
        for layer in self.layers:
            shapes.append(layer.build(shapes[-1]))
        return shapes

    def multiply_accumulates(self, input_shape: tuple[int, ...]) -> int:
        """Return the number of products of all layers."""
        counted = zip(self.layers, self.shapes(input_shape), strict=False)
        return sum(layer.multiply_accumulates(shape) for layer, shape in counted)

    def seen(self, field: ReceptiveField) -> ReceptiveField | None:
        """Return the receptive field behind all layers."""
        known: ReceptiveField | None = field
        for layer in self.layers:
            known = None if known is None else layer.seen(known)
        return known

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        for i, layer in enumerate(self.layers):
            before = sample.shape[1:]
            try:
                sample = layer.trial(sample, rng)
            except ParameterError as error:
                place = f"layer {i} of {type(self).__name__}, {layer.describe()}"
                error.add_note(f"While building {place}, for samples of shape {before}.")
                raise

    def _own_dtype(self) -> np.dtype[Any]:
        return self.layers[0]._own_dtype()

    def _apply_all(self, x: Variable) -> Variable:
        done = 0
        while done < len(self.layers):
            x, more = self.layers[done].forward_with(x, self.layers[done + 1 :])
            done += 1 + more
        return x

    def _mask_all(self, x: Variable, mask: Mask) -> tuple[Variable, Mask | None]:
        left: Mask | None = mask
        for layer in self.layers:
            if left is None:
                x = layer(x)
            else:
                x, left = layer.masked(x, left)
        return x, left

    def description(self) -> dict[str, Any]:
        """The layers."""
        return {"layers": list(self.layers)}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make one from what `description` returned."""
        return cls(*description["layers"])

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __getitem__(self, index: int) -> Layer:
        return self.layers[index]

    def describe(self) -> str:
        """Name the layers in order."""
        return f"{type(self).__name__}({_named(self.layers)})"


def _named(layers: Sequence[Layer]) -> str:
    return ", ".join(layer.describe() for layer in layers)
