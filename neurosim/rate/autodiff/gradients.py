"""Gradients by finite differences, to hold automatic ones against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity.contract import require_close
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.graph import no_grad, push_forward, sort_graph
from neurosim.rate.autodiff.operations import Array, Operation
from neurosim.rate.autodiff.variable import Variable

# The cube root of the rounding error balances it against the error of the central difference.
_STEP = float(np.cbrt(np.finfo(np.float64).eps))


def finite_differences(function: Callable[[], Array], array: Array, g: Array) -> Array:
    """Return the gradient of ``sum(function()*g)`` with respect to `array`, by central differences.

    Parameters
    ----------
    function : callable
        Without arguments; its result depends on `array`.
    array : ndarray of float64
        Changed in place one element at a time, and restored.
    g : array of the shape of the result

    Returns
    -------
    ndarray of the shape of `array`
    """
    gradient = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        original = float(array[index])
        step = _STEP * max(1.0, abs(original))
        values = []
        for changed in (original - step, original + step):
            array[index] = changed
            values.append(np.array(function()))
        array[index] = original
        # Subtract before summing: the elements that did not change cancel exactly.
        gradient[index] = ((values[1] - values[0]) * g).sum() / (2.0 * step)
    return gradient


def grad_check(
    function: Callable[..., Variable], *arrays: ArrayLike, relative: float = 1e-6, seed: int = 0
) -> None:
    """Check the derivatives of a function of variables, in double precision.

    Gradients are held against central differences, and then the forward derivative (`jvp`) against the
    gradients, unless an operation has none.

    Parameters
    ----------
    function : callable
        Takes as many Variables as there are arrays, and returns a Variable of any shape.
    *arrays : array
        Where to check; keep away from kinks. Converted to float64, and not changed.
    relative : float, default 1e-6
        Largest difference allowed, relative to the largest gradient and at least to 1.
    seed : int, default 0
        Of the random weights that turn the result into a scalar.

    Raises
    ------
    ParameterError
        If `function` does not return a Variable.
    ContractError
        If a derivative is off; the message names the argument.
    """
    variables = [Variable(np.array(a, dtype=np.float64)) for a in arrays]
    check_gradients(
        function_name(function),
        lambda: function(*variables),
        {f"argument {i}": v for i, v in enumerate(variables)},
        relative=relative,
        seed=seed,
    )


def check_gradients(
    name: str,
    function: Callable[[], Variable],
    variables: dict[str, Variable],
    *,
    relative: float = 1e-6,
    seed: int = 0,
) -> None:
    """Check the gradients of ``function()`` for variables it depends on.

    Parameters
    ----------
    name : str
        What to call the function in an error.
    function : callable
        Without arguments.
    variables : dict of str to Variable
        Leaves of float64 by name; their gradients are overwritten.
    relative, seed
        As for `grad_check`.

    Raises
    ------
    ParameterError
        If a variable is not of double precision, too coarse to compare with differences.
    ContractError
        If a gradient is off.
    """
    for label, variable in variables.items():
        if variable.dtype != np.float64:
            raise ParameterError(f"{name}, {label}", variable.dtype, "must be float64 for finite differences")
        variable.zero_grad()
    result = checked_result(name, function())
    g = np.random.default_rng(seed).standard_normal(result.shape)
    result.backward(g)
    for label, variable in variables.items():
        found = np.zeros(variable.shape) if variable.grad is None else variable.grad
        with no_grad():
            expected = finite_differences(lambda: function().value, variable.value, g)
        require_close(
            f"{name}: gradient for {label} equals finite differences", found, expected, relative=relative
        )
    _check_forward(name, result, g, variables, relative)


def function_name(function: Callable[..., Any]) -> str:
    """Return what errors call a function."""
    return getattr(function, "__name__", "function")


def checked_result(name: str, result: Any) -> Variable:
    """Return what a function of that name gave, or raise a ParameterError where it is no Variable."""
    if not isinstance(result, Variable):
        limit = "must return a Variable"
        raise ParameterError(f"{name}(*variables)", result, limit, "Its value is an array outside the graph.")
    return result


def _check_forward(
    name: str, result: Variable, g: Array, variables: dict[str, Variable], relative: float
) -> None:
    """Check <J t, g> = <t, g J> for tangents t that depend on nothing but the shapes."""
    operations = [variable.creator for variable in sort_graph(result) if variable.creator is not None]
    if any(type(operation).tangent is Operation.tangent for operation in operations):
        return
    tangents = {id(v): np.cos(np.arange(1.0, 1.0 + v.size)).reshape(v.shape) for v in variables.values()}
    products = [(tangents[id(v)] * v.grad).sum() for v in variables.values() if v.grad is not None]
    forward = push_forward(result, tangents)
    require_close(
        f"{name}: the forward derivative agrees with the gradients",
        0.0 if forward is None else (forward * g).sum(),
        sum(products),
        relative=relative,
        scale=1.0 + float(np.abs(products).sum()),
    )
