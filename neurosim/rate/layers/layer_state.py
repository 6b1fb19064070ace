"""All that training changes in a layer, taken out and put back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from neurosim.connectivity.checks import read_numbers
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.optimisers.optimiser_state import check_entries
from neurosim.rate.randomness import generator_state, load_generator

if TYPE_CHECKING:
    from neurosim.rate.layers.layer import Layer


def arrays_of(layer: Layer) -> dict[str, Array]:
    """Return the arrays of a layer that training changes, by name; not copies."""
    parameters = {f"parameter {k}": p.value for k, p in enumerate(layer.parameters())}
    return parameters | layer.buffers()


def take_state(layer: Layer) -> dict[str, Any]:
    """Return copies of all that training changes; see `Layer.state`."""
    return {
        "arrays": {name: array.copy() for name, array in arrays_of(layer).items()},
        "generators": [generator_state(generator) for generator in layer.generators()],
    }


def put_state(layer: Layer, state: Mapping[str, Any]) -> None:
    """Write a state into a layer; see `Layer.load_state`."""
    where = f"{type(layer).__name__}.load_state(state)"
    own, generators = arrays_of(layer), layer.generators()
    check_entries(where, state, {"arrays": None, "generators": None})
    check_entries(f"{where}['arrays']", state["arrays"], own)
    arrays = {name: read_numbers(f"{where}['arrays'][{name!r}]", state["arrays"][name]) for name in own}
    for name, array in arrays.items():
        if array.shape != own[name].shape:
            place = f"{where}['arrays'][{name!r}]"
            raise ParameterError(place, array.shape, f"the shape must be {own[name].shape}")
    if len(state["generators"]) != len(generators):
        place = f"{where}['generators']"
        raise ParameterError(place, len(state["generators"]), f"there must be {len(generators)}")
    for generator, its_state in zip(generators, state["generators"], strict=True):
        load_generator(generator, its_state)
    write_arrays(layer, arrays)


def write_arrays(layer: Layer, arrays: Mapping[str, Array]) -> None:
    """Write arrays into those of `arrays_of`, and let graphs know that the parameters have changed."""
    for name, own in arrays_of(layer).items():
        own[...] = arrays[name]
    for parameter in layer.parameters():
        parameter.version += 1
