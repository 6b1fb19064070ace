"""Where in a network numbers went to infinity."""

from __future__ import annotations

import numpy as np

from neurosim.rate.autodiff.graph import no_grad
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.layers.composite import Composite
from neurosim.rate.layers.layer import Layer
from neurosim.rate.layers.sequential import Sequential


def find_non_finite(network: Layer, x: Array) -> str | None:
    """Name the first layer whose parameters or output for `x` are not finite; None if there is none."""
    layers = network if isinstance(network, Sequential) else [network]
    return _first(layers, Variable(x, requires_grad=False), "layer ")


def _first(layers: Composite | list[Layer], value: Variable, place: str) -> str | None:
    for i, layer in enumerate(layers):
        named = f"{place}{i}, {layer.describe()},"
        before = value
        with no_grad(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            value = layer(before)
        parameters = all(np.isfinite(p.value).all() for p in layer.parameters())
        if parameters and np.isfinite(value.value).all():
            continue
        within = None
        if isinstance(layer, Composite) and layer.one_after_the_other:
            within = _first(layer, before, f"{place}{i}.")
        if within is None and not parameters:
            return f"parameters of {named} are not finite"
        return within or f"the output of {named} is not finite"
    return None
