"""Networks of layers on sequences of which only some steps count."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.functions import where
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable, as_variable
from neurosim.rate.layers.course import running_steps
from neurosim.rate.layers.layer import Layer, Mask


def apply_masked(
    network: Layer,
    x: Variable | ArrayLike,
    lengths: ArrayLike | None = None,
    mask: ArrayLike | None = None,
) -> tuple[Variable, Mask | None]:
    """Return the output for sequences, and which of its steps count; None where it has no steps.

    Parameters
    ----------
    network : Layer
    x : Variable or array, shape (batch, time, ...)
    lengths : integer array of shape (batch,), optional
        Steps of each sequence.
    mask : array of bool, shape (batch, time), optional
        In place of `lengths`.

    Raises
    ------
    ParameterError
        If there are no sequences, lengths or mask do not fit them, or a layer mixes the steps.
    """
    given = as_variable(x, where=f"{network.describe()}(x)")
    if given.ndim < 2 or not given.size:
        limit = "must be sequences, (batch, time, ...), of at least one step"
        raise ParameterError(f"{network.describe()}(x)", given.shape, limit)
    n_rows, n_times = given.shape[:2]
    counted = running_steps(network.describe(), n_rows, n_times, lengths, mask).T
    if not counted.all():  # 0 times what is no number would be no number
        given = where(counted.reshape(*counted.shape, *(1,) * (given.ndim - 2)), given, 0.0)
    return network.masked(given, counted)


def compared(network: Layer, x: Array, y: Array, lengths: Array | None) -> tuple[Variable, Array]:
    """Return the output and the targets that a loss compares, of sequences only at steps that count.

    Parameters
    ----------
    network : Layer
    x : ndarray of shape (batch, ...)
    y : ndarray of shape (batch, ...)
        Targets, of each step where the output has steps.
    lengths : ndarray of shape (batch,) or None
        Steps of each sequence. None: everything is compared.

    Returns
    -------
    output : Variable of shape (batch, ...) or (n_steps, ...)
    targets : ndarray of the same length
    """
    if lengths is None:
        return network(x), y
    output, counted = apply_masked(network, x, lengths)
    if counted is None:
        return output, y
    if y.shape[:2] != counted.shape:
        limit = f"needs an entry for each of {counted.shape[1]} steps, since the network answers at each"
        raise ParameterError("fit.y, shape of a target", y.shape[1:], limit)
    places = np.flatnonzero(counted)
    steps = output.reshape(-1, *output.shape[2:])
    return steps[places], y.reshape(-1, *y.shape[2:])[places]
