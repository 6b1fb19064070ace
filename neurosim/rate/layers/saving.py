"""Layers and whole networks of them in files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from neurosim.archive import checked_path, read_archive, write_archive
from neurosim.description import Describer, Maker
from neurosim.errors import DataError, NeurosimError

if TYPE_CHECKING:
    from neurosim.rate.layers.layer import Layer

L = TypeVar("L", bound="Layer")

WHAT = "neurosim rate network"
EXAMPLE = "network.nsim"
FAULTS = (NeurosimError, LookupError, TypeError, ValueError, AttributeError)
"""What a description makes constructors raise that do not understand it."""


def save(layer: Layer, path: str | os.PathLike[str]) -> None:
    """Write a layer to a file; see `Layer.save`."""
    describer = Describer()
    content = {
        "what": WHAT,
        "layer": describer.plain(layer, "layer"),
        "objects": describer.objects,
    }
    write_archive(checked_path(f"{type(layer).__name__}.save.path", path, EXAMPLE), content, describer.arrays)


def load(kind: type[L], path: str | os.PathLike[str]) -> L:
    """Make the layer anew that `save` has written; see `Layer.load`."""
    place = checked_path(f"{kind.__name__}.load.path", path, EXAMPLE)
    header, arrays = read_archive(place)
    if header.get("what") != WHAT:
        raise DataError(f"{place}: holds no rate network.")
    try:
        layer = Maker(header["objects"], arrays).value(header["layer"])
    except FAULTS as error:
        raise DataError(f"{place}: cannot be made into a network here: {error}") from error
    if not isinstance(layer, kind):
        found = type(layer).__name__
        raise DataError(f"{place}: the layer in it is not of the kind {kind.__name__}, but {found}.")
    return layer
