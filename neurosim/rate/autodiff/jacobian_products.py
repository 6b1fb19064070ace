"""Products of a function's Jacobian with a vector, from either side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity.checks import read_numbers
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.gradients import checked_result, function_name
from neurosim.rate.autodiff.graph import pull_back, push_forward, with_grad
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable


def vjp(
    function: Callable[..., Variable], *arrays: ArrayLike, seed: ArrayLike
) -> tuple[Array, tuple[Array, ...]]:
    """Return a function's value and the vector-Jacobian product ``seed @ J`` for each argument.

    One pass backward, as in `Variable.backward`; but no variable's `grad` is touched.

    Parameters
    ----------
    function : callable
        Takes as many Variables as there are arrays, and returns a Variable of any shape.
    *arrays : array
        Where to differentiate.
    seed : array of the shape of the value
        The vector: weight of each element of the value.

    Returns
    -------
    value : ndarray
    products : tuple of ndarray
        Gradients of ``sum(seed*value)``, each of its argument's shape.

    Raises
    ------
    ParameterError
        If the seed has another shape than the value, or `function` does not return a Variable.

    Examples
    --------
    >>> vjp(lambda x: x * x, [1.0, 2.0], seed=[1.0, 10.0])
    (array([1., 4.]), (array([ 2., 40.]),))
    """
    variables = [Variable(a) for a in arrays]
    with with_grad():
        result = checked_result(function_name(function), function(*variables))
    start = _of_shape("vjp(seed)", seed, result)
    found: dict[int, Array] = {}
    if result.requires_grad:
        found = {id(variable): g for variable, g in pull_back(result, start)}
    products = tuple(np.array(found[id(v)]) if id(v) in found else np.zeros_like(v.value) for v in variables)
    return result.value, products


def jvp(
    function: Callable[..., Variable], *arrays: ArrayLike, tangents: Sequence[ArrayLike]
) -> tuple[Array, Array]:
    """Return a function's value and the Jacobian-vector product ``J @ tangent``, summed over the arguments.

    One pass forward along the graph. This is the exact derivative of the value as the arguments move together
    along the tangents.

    Parameters
    ----------
    function : callable
        Takes as many Variables as there are arrays, and returns a Variable of any shape.
    *arrays : array
        Where to differentiate.
    tangents : sequence of array
        The vector: for each argument an array of its shape.

    Returns
    -------
    value, product : ndarray
        Both of the shape of the value.

    Raises
    ------
    ParameterError
        If a tangent is missing or has another shape than its argument, `function` does not return a Variable,
        or an operation on the way has only a backward derivative.

    Examples
    --------
    >>> jvp(lambda x: x * x, [1.0, 2.0], tangents=[[1.0, 10.0]])
    (array([1., 4.]), array([ 2., 40.]))
    """
    variables = [Variable(a) for a in arrays]
    if len(tangents) != len(variables):
        raise ParameterError("jvp(tangents)", len(tangents), f"needs {len(variables)}, one for each argument")
    along = {
        id(v): _of_shape(f"jvp(tangents[{i}])", t, v)
        for i, (v, t) in enumerate(zip(variables, tangents, strict=True))
    }
    with with_grad():
        result = checked_result(function_name(function), function(*variables))
    product = push_forward(result, along)
    if product is None:
        return result.value, np.zeros_like(result.value)
    return result.value, np.array(np.broadcast_to(product, result.shape), result.dtype)


def _of_shape(where: str, given: ArrayLike, variable: Variable) -> Array:
    array = read_numbers(where, given)
    if array.shape != variable.shape:
        raise ParameterError(where, array.shape, f"the shape must be {variable.shape}")
    return array.astype(variable.dtype, copy=False)
