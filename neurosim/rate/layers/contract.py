"""What every Layer promises, as a check that anyone can run on a new one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity.contract import ContractError, require_close
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.gradients import check_gradients
from neurosim.rate.autodiff.graph import no_grad
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.layers.layer import Layer
from neurosim.rate.layers.layer_state import arrays_of


def check_layer(layer: Layer, x: ArrayLike, *, relative: float = 1e-6) -> None:
    """Check that `layer` is a Layer in deed.

    Checked are: a batch gives what its samples give one at a time, and an empty one is refused; the same
    input gives the same output outside training, in the dtype of input and parameters; the input is not
    changed; `no_grad` records nothing; the parameters are always the same variables; gradients for the input
    and each parameter equal finite differences, in training too; `state` and `load_state` bring back all that
    training changes, the source of its noise included.

    Parameters
    ----------
    layer : Layer
        Built, with parameters of float64, and not in training mode. Gradients are overwritten.
    x : array of shape (batch, ...)
        A small batch, away from kinks of the layer.
    relative : float, default 1e-6
        Largest difference allowed between gradients, relative to the largest and at least to 1.

    Raises
    ------
    ContractError
        Naming the first promise that is broken.
    """
    name = type(layer).__name__
    batch = np.array(x, dtype=np.float64)
    _check_values(name, layer, batch)
    parameters = layer.parameters()
    if [id(p) for p in parameters] != [id(p) for p in layer.parameters()]:
        raise ContractError(f"{name}: parameters() returns the same variables every time.")
    inputs = Variable(batch, requires_grad=not layer.takes_symbols)
    variables = {"x": inputs} if inputs.requires_grad else {}
    variables |= {f"parameter {i}": p for i, p in enumerate(parameters)}
    if not variables:
        return
    check_gradients(name, lambda: layer(inputs), variables, relative=relative)
    _check_state(name, layer, batch)
    start = layer.state()
    layer.train()
    try:
        check_gradients(
            f"{name} in training", lambda: _from(start, layer, inputs), variables, relative=relative
        )
    finally:
        layer.evaluate()
        layer.load_state(start)


def _from(start: dict[str, Any], layer: Layer, x: Variable) -> Variable:
    """Apply a layer as if it had done nothing since `start`, with the parameters it has now."""
    now = [p.value.copy() for p in layer.parameters()]
    layer.load_state(start)
    for parameter, value in zip(layer.parameters(), now, strict=True):
        parameter.value[...] = value
    return layer(x)


def _check_values(name: str, layer: Layer, batch: Array) -> None:
    original = batch.copy()
    with no_grad():
        output = layer(batch)
        if output.requires_grad or output.creator is not None:
            raise ContractError(f"{name}: records nothing inside no_grad().")
    if not np.array_equal(batch, original):
        raise ContractError(f"{name}: leaves its input unchanged.")
    require_close(
        f"{name}: the same input gives the same output", layer(batch).value, output.value, relative=0.0
    )
    if output.dtype != np.float64:
        raise ContractError(f"{name}: keeps the dtype of its input and its parameters.")
    if not layer.parameters() and layer(batch.astype(np.float32)).dtype != np.float32:
        raise ContractError(f"{name}: keeps the dtype of its input, float32.")
    one_by_one = np.concatenate([layer(batch[i : i + 1]).value for i in range(len(batch))])
    require_close(f"{name}: a batch gives what its samples give one at a time", one_by_one, output.value)
    try:
        layer(batch[:0])
    except ParameterError:
        return
    raise ContractError(f"{name}: refuses an empty batch.")


def _check_state(name: str, layer: Layer, batch: Array) -> None:
    """Check that training after `load_state` repeats what it did after `state`."""
    start = layer.state()
    layer.train()
    try:
        first = [layer(batch).value, layer(batch).value]
        layer.load_state(start)
        for before, array in zip(start["arrays"].values(), arrays_of(layer).values(), strict=True):
            require_close(f"{name}: load_state brings back the state", array, before, relative=0.0)
        again = [layer(batch).value, layer(batch).value]
        for a, b in zip(first, again, strict=True):
            require_close(f"{name}: load_state brings back the source of its noise", b, a, relative=0.0)
    finally:
        layer.evaluate()
        layer.load_state(start)
