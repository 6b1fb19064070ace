"""What every Layer promises, as a check that anyone can run on a new one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity.contract import ContractError, require_close
from neurosim.rate.gradients import check_gradients
from neurosim.rate.graph import no_grad
from neurosim.rate.layer import Layer
from neurosim.rate.variable import Variable


def check_layer(layer: Layer, x: ArrayLike, *, relative: float = 1e-6) -> None:
    """Check that `layer` is a Layer in deed.

    Checked are: a batch gives what its samples give one at a time; the same input gives the same output
    outside training; the input is not changed; `no_grad` records nothing; the parameters are always the same
    variables; gradients for the input and each parameter equal finite differences.

    Parameters
    ----------
    layer : Layer
        With parameters of float64, and not in training mode. Their gradients are overwritten.
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
    one_by_one = np.concatenate([layer(batch[i : i + 1]).value for i in range(len(batch))])
    require_close(f"{name}: a batch gives what its samples give one at a time", one_by_one, output.value)
    parameters = layer.parameters()
    if [id(p) for p in parameters] != [id(p) for p in layer.parameters()]:
        raise ContractError(f"{name}: parameters() returns the same variables every time.")
    variables = {"x": Variable(batch)} | {f"parameter {i}": p for i, p in enumerate(parameters)}
    check_gradients(name, lambda: layer(variables["x"]), variables, relative=relative)
