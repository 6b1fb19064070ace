"""Square tiles of a matrix, transposed in the registers of a vector processor."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from neurosim.kernels.jit import kernel
from neurosim.kernels.register_tile import _load, _store, _vectors, _word, lanes_of

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
        vector, data = _vectors(context, builder, signature)
        source, target = data(arguments, 0), data(arguments, 3)
        _, start, pitch, _, place, out_pitch = arguments
        n = vector.count
        rows = [
            _load(builder, source, builder.add(start, builder.mul(pitch, _word(j))), vector) for j in range(n)
        ]
        size = 1
        while size < n:  # blocks of this size beside the diagonal change places
            for i in (i for i in range(n) if not i & size):
                upper, lower = rows[i], rows[i | size]
                rows[i] = _merged(
                    builder, upper, lower, [c if not c & size else n + c - size for c in range(n)]
                )
                rows[i | size] = _merged(
                    builder, upper, lower, [c + size if not c & size else n + c for c in range(n)]
                )
            size *= 2
        for k in range(n):
            _store(builder, rows[k], target, builder.add(place, builder.mul(out_pitch, _word(k))))
        return context.get_dummy_value()

    return types.void(matrix, start, pitch, out, place, out_pitch), generate


def _merged(builder: Any, first: Any, second: Any, lanes: list[int]) -> Any:
    """Lanes of two vectors, those of the second counted on."""
    chosen = ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), lanes)
    return builder.shuffle_vector(first, second, chosen)


@kernel
def lay_transposed(matrix: Floats, first_row: int, first_column: int, strip: Floats) -> None:
    """Lay rows of `matrix`, from a row and a column on, as the columns of `strip` (n_columns, n_rows).

    Columns of rows that `matrix` doesn't have are zero.
    """
    n, width = strip.shape
    lanes, pitch = lanes_of(matrix), matrix.shape[1]
    source, target = matrix.reshape(-1), strip.reshape(-1)
    there = min(width, matrix.shape[0] - first_row)
    whole = n // lanes * lanes if there == width else 0
    for k in range(0, whole, lanes):
        for j in range(0, width, lanes):
            start = (first_row + j) * pitch + first_column + k
            transpose_tile(source, start, pitch, target, k * width + j, width)
    for k in range(whole, n):
        strip[k, there:] = 0
        for j in range(there):
            strip[k, j] = matrix[first_row + j, first_column + k]
