"""Elements moved, taken, repeated and joined, but not changed."""

from __future__ import annotations

from itertools import accumulate
from types import EllipsisType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.rate.autodiff.operations import Array, LinearOperation, Operation


class Reshape(LinearOperation):
    """The same elements in another shape."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._new_shape = shape

    def forward(self, *inputs: Array) -> Array:
        """Return the array in its new shape."""
        (x,) = inputs
        self._shape = x.shape
        return x.reshape(self._new_shape)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return `g` in the old shape."""
        return (g.reshape(self._shape),)


class Transpose(LinearOperation):
    """The axes in another order; reversed by default."""

    def __init__(self, axes: tuple[int, ...] | None = None) -> None:
        self._axes = axes

    def forward(self, *inputs: Array) -> Array:
        """Return the array with its axes permuted."""
        return np.transpose(inputs[0], self._axes)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Put the axes back."""
        if self._axes is None:
            return (np.transpose(g),)
        return (np.transpose(g, np.argsort([axis % g.ndim for axis in self._axes])),)


class Index(LinearOperation):
    """``x[key]`` for any NumPy index; an element taken twice receives both gradients."""

    def __init__(self, key: Any) -> None:
        self._key = key

    def forward(self, *inputs: Array) -> Array:
        """Return x[key]."""
        (x,) = inputs
        self._shape = x.shape
        return np.asarray(x[self._key])

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Add `g` to the places it was taken from."""
        if isinstance(self._key, np.ndarray) and self._key.dtype.kind in "iu" and len(self._shape) > 1:
            return (_add_rows(self._key, g, self._shape),)
        full = np.zeros(self._shape, g.dtype)
        if _takes_once(self._key):
            full[self._key] = g
        else:
            np.add.at(full, self._key, g)
        return (full,)


def _takes_once(key: Any) -> bool:
    """Tell whether an index surely takes no element twice: it has slices and single places only."""
    parts = key if isinstance(key, tuple) else (key,)
    return all(
        part is None
        or (isinstance(part, int | np.integer | slice | EllipsisType) and not isinstance(part, bool))
        for part in parts
    )


def _add_rows(rows: NDArray[np.integer[Any]], g: Array, shape: tuple[int, ...]) -> Array:
    """Add each row of `g` to one of the rows of zeros, by a sparse product: much faster than one by one."""
    from scipy.sparse import csr_array

    n, length = rows.size, int(np.prod(shape[1:]))
    places = (np.ones(n, g.dtype), rows.reshape(-1) % shape[0], np.arange(n + 1))
    return np.asarray(csr_array(places, shape=(n, shape[0])).T @ g.reshape(n, length)).reshape(shape)


class Gather(LinearOperation):
    """Elements taken along one axis, each line by indices of its own."""

    def __init__(self, indices: NDArray[np.integer[Any]], axis: int) -> None:
        self._indices = indices
        self._axis = axis

    def forward(self, *inputs: Array) -> Array:
        """Return the elements taken."""
        (x,) = inputs
        self._shape = x.shape
        return np.take_along_axis(x, self._indices, self._axis)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Add `g` to the places it was taken from."""
        full = np.zeros(self._shape, g.dtype)
        places: list[Any] = list(np.ix_(*(np.arange(n) for n in g.shape)))
        for axis, n in enumerate(self._shape):
            if n == 1:
                places[axis] = np.zeros_like(places[axis])
        places[self._axis] = self._indices
        np.add.at(full, tuple(places), g)
        return (full,)


class Pad(Operation):
    """A constant put around the array.

    Parameters
    ----------
    width : int, pair or a pair for each axis
        Numbers of elements before and after.
    value : float
        The constant.
    """

    def __init__(self, width: Any, value: float) -> None:
        self._width = width
        self._constant = value

    def forward(self, *inputs: Array) -> Array:
        """Return the padded array."""
        (x,) = inputs
        before = np.broadcast_to(self._width, (x.ndim, 2))[:, 0]
        self._inner = tuple(slice(b, b + n) for b, n in zip(before.tolist(), x.shape, strict=True))
        return np.pad(x, self._width, constant_values=self._constant)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Cut the margin off."""
        return (g[self._inner],)

    def tangent(self, *tangents: Array | None) -> Array:
        """Pad the tangent with zeros."""
        (t,) = tangents
        return np.pad(np.asarray(t), self._width)


class Concatenate(Operation):
    """Arrays joined along an existing axis."""

    def __init__(self, axis: int = 0) -> None:
        self._axis = axis

    def forward(self, *inputs: Array) -> Array:
        """Return the joined array."""
        self._shapes = [x.shape for x in inputs]
        return np.concatenate(inputs, axis=self._axis)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Cut `g` into the parts again."""
        ends = list(accumulate(shape[self._axis] for shape in self._shapes))
        return tuple(np.split(g, ends[:-1], axis=self._axis))

    def tangent(self, *tangents: Array | None) -> Array:
        """Join the tangents."""
        return np.concatenate(_with_zeros(tangents, self._shapes), axis=self._axis)


class Stack(Operation):
    """Arrays of one shape joined along a new axis."""

    def __init__(self, axis: int = 0) -> None:
        self._axis = axis

    def forward(self, *inputs: Array) -> Array:
        """Return the stacked array."""
        self._shapes = [x.shape for x in inputs]
        return np.stack(inputs, axis=self._axis)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Take the layers apart."""
        return tuple(np.moveaxis(g, self._axis, 0))

    def tangent(self, *tangents: Array | None) -> Array:
        """Stack the tangents."""
        return np.stack(_with_zeros(tangents, self._shapes), axis=self._axis)


def _with_zeros(tangents: tuple[Array | None, ...], shapes: list[tuple[int, ...]]) -> list[Array]:
    return [
        np.zeros(shape, np.float32) if t is None else t for t, shape in zip(tangents, shapes, strict=True)
    ]
