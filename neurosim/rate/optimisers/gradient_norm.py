"""The gradients of all parameters as one vector: checked, and their common norm."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable


def checked_gradients(name: str, parameters: Sequence[Variable]) -> list[tuple[int, Array]]:
    """Return the gradients that there are, flat and of the parameters' types.

    Parameters
    ----------
    name : str
        The optimiser's, for errors.
    parameters : sequence of Variable

    Returns
    -------
    list of (int, ndarray of shape (n,))
        With the number of the parameter.

    Raises
    ------
    ParameterError
        If no parameter has a gradient, or one has another shape than its parameter.
    """
    gradients = []
    for k, parameter in enumerate(parameters):
        gradient, value = parameter.grad, parameter.value
        if gradient is None:
            continue
        if np.shape(gradient) != value.shape:
            raise ParameterError(
                f"{name}.parameters[{k}].grad",
                np.shape(gradient),
                f"the shape must be {value.shape}, as that of the parameter",
            )
        gradients.append((k, np.ascontiguousarray(gradient, value.dtype).reshape(-1)))
    if not gradients:
        remedy = "Call backward first, of a loss that depends on one."
        raise ParameterError(f"{name}.step()", None, "no parameter has a gradient", remedy)
    return gradients


def common_norm(name: str, parameters: Sequence[Variable], gradients: Sequence[tuple[int, Array]]) -> float:
    """Return the Euclidean norm of all gradients together.

    Raises
    ------
    NonFiniteError
        If an entry is not finite; the message names parameter and place.
    """
    from neurosim.kernels.rate.descent import sum_of_squares

    total = 0.0
    for _, gradient in gradients:
        total += sum_of_squares(gradient)
    if math.isfinite(total):
        return math.sqrt(total)
    for k, gradient in gradients:
        finite = np.isfinite(gradient)
        if not finite.all():
            first, shape = int(np.argmin(finite)), parameters[k].shape
            place = [int(i) for i in np.unravel_index(first, shape)]
            raise NonFiniteError(
                f"{name}.step: the gradient of parameters[{k}], of shape {shape}, is {gradient[first]} at "
                f"{place}; no parameter was changed. Lower the learning rate, or look for the operation that "
                "has no derivative there."
            )
    # Only the squares overflow.
    largest = max(float(np.abs(gradient).max()) for _, gradient in gradients if gradient.size)
    return largest * float(np.sqrt(sum(np.square(gradient / largest).sum() for _, gradient in gradients)))
