"""Functions of several variables or of axes, under NumPy's names."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity.checks import read_array
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.elementwise import Where
from neurosim.rate.autodiff.products import Einsum
from neurosim.rate.autodiff.rearrangements import Concatenate, Gather, Pad, Stack
from neurosim.rate.autodiff.variable import FUNCTIONS, Operand, Variable, apply, as_variable
from neurosim.rate.checks import is_whole

_F = TypeVar("_F", bound=Callable[..., Any])

FUNCTIONS.update(
    {
        np.sum: Variable.sum,
        np.mean: Variable.mean,
        np.var: Variable.var,
        np.max: Variable.max,
        np.min: Variable.min,
        np.clip: Variable.clip,
        np.reshape: Variable.reshape,
        np.transpose: Variable.transpose,
    }
)


def _stands_for(function: Callable[..., Any]) -> Callable[[_F], _F]:
    """Let a function of NumPy's do this where it meets a variable."""

    def register(own: _F) -> _F:
        FUNCTIONS[function] = own
        return own

    return register


@_stands_for(np.concatenate)
def concatenate(variables: Sequence[Operand], axis: int = 0) -> Variable:
    """Join variables and arrays along an existing axis.

    Raises
    ------
    ParameterError
        If there is nothing to join, or the shapes differ along another axis.
    """
    _check_some("concatenate", variables)
    return apply(Concatenate(axis), *variables)


@_stands_for(np.stack)
def stack(variables: Sequence[Operand], axis: int = 0) -> Variable:
    """Join variables and arrays of one shape along a new axis.

    Raises
    ------
    ParameterError
        If there is nothing to join, or the shapes differ.
    """
    _check_some("stack", variables)
    return apply(Stack(axis), *variables)


@_stands_for(np.split)
def split(x: Variable, parts: int | Sequence[int], axis: int = 0) -> list[Variable]:
    """Cut a variable into parts along an axis.

    Parameters
    ----------
    x : Variable
    parts : int or sequence of int
        Number of equal parts, or the places of the cuts.
    axis : int, default 0

    Returns
    -------
    list of Variable

    Raises
    ------
    ParameterError
        If there is no such axis, or its length is no multiple of `parts`.
    """
    if not is_whole(axis) or not -x.ndim <= axis < x.ndim:
        raise ParameterError("split(axis)", axis, f"there is no such axis in the shape {x.shape}")
    length = x.shape[axis]
    places = read_array("split(parts)", parts)
    if places.ndim > 1 or (places.dtype.kind not in "iu" and places.size):
        raise ParameterError("split(parts)", parts, "must be a whole number, or some in a row")
    if places.ndim == 0:
        n_parts = int(places)
        if n_parts < 1 or length % n_parts:
            raise ParameterError("split(parts)", parts, f"must divide the length of the axis, {length}")
        cuts = list(range(0, length, length // n_parts))[1:] if length else [0] * (n_parts - 1)
    else:
        cuts = places.tolist()
    before = (slice(None),) * (axis % x.ndim)
    return [x[(*before, slice(a, b))] for a, b in zip([None, *cuts], [*cuts, None], strict=True)]


@_stands_for(np.where)
def where(condition: ArrayLike, x: Operand, y: Operand) -> Variable:
    """Take elements of `x` where a condition holds, and of `y` elsewhere.

    Parameters
    ----------
    condition : array of bool
        Of values, such as ``x.value > 0``; broadcast against `x` and `y`.
    x, y : Variable, array or number

    Raises
    ------
    ParameterError
        If the condition consists of anything but truth values, or the shapes do not fit.
    """
    chosen = read_array("where(condition)", condition)
    if chosen.dtype != np.bool_:
        raise ParameterError("where(condition)", chosen.dtype, "must be truth values", "Such as x.value > 0.")
    return apply(Where(chosen), x, y)


@_stands_for(np.pad)
def pad(x: Operand, width: ArrayLike, value: float = 0.0) -> Variable:
    """Put a constant around an array.

    Parameters
    ----------
    x : Variable or array
    width : int, pair of int, or a pair for each axis
        Number of elements before and after.
    value : float, default 0.0

    Raises
    ------
    ParameterError
        If a width is negative or there are not as many as axes.
    """
    return apply(Pad(width, value), as_variable(x))


@_stands_for(np.take_along_axis)
def gather(x: Operand, indices: ArrayLike, axis: int = -1) -> Variable:
    """Take elements along an axis, each line by indices of its own; ``x[rows]`` takes whole rows.

    Parameters
    ----------
    x : Variable or array
    indices : integer array
        With as many axes as `x`; along `axis` of any length, along the others as long as `x`, or 1.
    axis : int, default -1

    Raises
    ------
    ParameterError
        If the indices are not whole numbers or out of range, or the shapes do not fit.
    """
    places = read_array("gather(indices)", indices)
    if places.dtype.kind not in "iu":
        raise ParameterError("gather(indices)", places.dtype, "must be whole numbers")
    return apply(Gather(places, axis), as_variable(x))


@_stands_for(np.einsum)
def einsum(subscripts: str, *operands: Operand) -> Variable:
    """Sum products in Einstein's notation: ``einsum("bi,ij,bj->b", x, w, y)``.

    Parameters
    ----------
    subscripts : str
        A letter for each axis of each operand and, after an arrow, of the result; none twice in one operand.
    *operands : Variable or array

    Raises
    ------
    ParameterError
        If the subscripts cannot be used, or the shapes do not fit.
    """
    return apply(Einsum(subscripts), *operands)


def _check_some(name: str, variables: Sequence[Operand]) -> None:
    if not isinstance(variables, Sized) or len(variables) == 0:
        raise ParameterError(f"{name}(variables)", variables, "needs a list of at least one")
