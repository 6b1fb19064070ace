"""Strips of a matrix, laid out for a register tile to stream; what is transposed is so in the registers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from neurosim.kernels.core.jit import inline
from neurosim.kernels.core.vector_code import load, merged, store, vectors_of, word
from neurosim.kernels.rate.register_tile import PANEL_VECTORS, REGISTER_BYTES, lanes_of

Floats = NDArray[np.floating[Any]]


@intrinsic  # type: ignore[untyped-decorator]
def transpose_tile(
    typing_context: Any, matrix: Any, start: Any, pitch: Any, out: Any, place: Any, out_pitch: Any
) -> Any:
    """Write a tile of as many rows and columns as a register has lanes, rows as columns.

    ``out[place + k*out_pitch + j] = matrix[start + j*pitch + k]``. Both arrays are of one dimension; nothing
    is checked.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, data = vectors_of(context, builder, signature, REGISTER_BYTES)
        source, target = data(arguments, 0), data(arguments, 3)
        _, start, pitch, _, place, out_pitch = arguments
        n = vector.count
        rows = [
            load(builder, source, builder.add(start, builder.mul(pitch, word(j))), vector) for j in range(n)
        ]
        size = 1
        while size < n:  # blocks of this size beside the diagonal change places
            for i in (i for i in range(n) if not i & size):
                upper, lower = rows[i], rows[i | size]
                rows[i] = merged(
                    builder, upper, lower, [c if not c & size else n + c - size for c in range(n)]
                )
                rows[i | size] = merged(
                    builder, upper, lower, [c + size if not c & size else n + c for c in range(n)]
                )
            size *= 2
        for k in range(n):
            store(builder, rows[k], target, builder.add(place, builder.mul(out_pitch, word(k))))
        return context.get_dummy_value()

    return types.void(matrix, start, pitch, out, place, out_pitch), generate


@intrinsic  # type: ignore[untyped-decorator]
def copy_panel_row(typing_context: Any, matrix: Any, start: Any, out: Any, place: Any) -> Any:
    """Copy as many numbers as a panel is wide: ``out[place + i] = matrix[start + i]``; nothing is checked."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, data = vectors_of(context, builder, signature, REGISTER_BYTES)
        source, target = data(arguments, 0), data(arguments, 2)
        _, start, _, place = arguments
        for v in range(PANEL_VECTORS):
            along = word(v * vector.count)
            value = load(builder, source, builder.add(start, along), vector)
            store(builder, value, target, builder.add(place, along))
        return context.get_dummy_value()

    return types.void(matrix, start, out, place), generate


@inline
def lay_strip(matrix: Floats, transposed: bool, column: int, term: int, n: int, strip: Floats) -> None:
    """Lay some columns and rows of a matrix, or of its transpose, into a strip as wide as a panel.

    Columns that there are not are zero.

    Parameters
    ----------
    matrix : ndarray of shape (n_terms, n_columns), or (n_columns, n_terms) if `transposed`
    transposed : bool
    column, term : int
        The first ones.
    n : int
        How many terms.
    strip : ndarray of shape (at least n*width,)
        Filled.
    """
    lanes, source, pitch = lanes_of(matrix), matrix.reshape(-1), matrix.shape[1]
    width = PANEL_VECTORS * lanes
    there = (matrix.shape[0] if transposed else pitch) - column
    along, down = (pitch, 1) if transposed else (1, pitch)
    start, whole = column * along + term * down, 0
    if there >= width and transposed:
        whole = n // lanes * lanes
        for k in range(0, whole, lanes):
            for j in range(0, width, lanes):
                transpose_tile(source, start + j * pitch + k, pitch, strip, k * width + j, width)
    elif there >= width:
        whole = n
        for k in range(n):
            copy_panel_row(source, start + k * pitch, strip, k * width)
    for k in range(whole, n):
        for j in range(width):
            strip[k * width + j] = source[start + j * along + k * down] if j < there else 0
