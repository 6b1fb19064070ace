"""Products of matrices by panels: strips of the second matrix, laid out so that a register tile streams them.

A strip has as many columns as the registers of a tile are wide; it lies in one piece, row by row, filled up
with zeros. Each sum runs over its terms in order, whatever rows are computed together, so that a row's result
depends neither on its neighbours nor on the number of threads. BLAS promises neither, wakes its threads for
each product, and takes narrower registers on processors that it doesn't know yet.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.crew import share
from neurosim.kernels.jit import inline, kernel
from neurosim.kernels.prefetch import fetch
from neurosim.kernels.register_tile import PANEL_ROWS, PANEL_VECTORS, REGISTER_BYTES, add_products, lanes_of
from neurosim.kernels.threads import processors

Floats = NDArray[np.floating[Any]]

TERMS_AT_ONCE = 128
"""Terms of a sum over samples that are gone through at a time; what they need stays in the cache."""

ROWS_AT_ONCE = 16
"""Rows that go through all steps of a sequence together."""

PANELS_AT_ONCE = 8
"""Panels that a thread fills with sums over rows at a time."""

WORTH_SHARING = 5_000_000
"""Products that take about as long as a thread takes to wake."""


def empty_panels(n_rows: int, n_columns: int, dtype: np.dtype[Any]) -> Floats:
    """Return room for the panels of a matrix, shape (n_panels, n_rows, width)."""
    width = PANEL_VECTORS * REGISTER_BYTES // dtype.itemsize
    return np.empty((-(-n_columns // width), n_rows, width), dtype)


def packed(matrix: Floats, dtype: np.dtype[Any]) -> Floats:
    """Return the panels of a matrix (n, m), shape (n_panels, n, width)."""
    n, m = matrix.shape
    panels = empty_panels(n, m, dtype)
    lay_panels(np.ascontiguousarray(matrix, dtype), 0, 0, panels)
    return panels


def share_rows(kernel: Any, arguments: tuple[Any, ...], arrays: Floats, panels: Floats) -> None:
    """Call ``kernel(*arguments, first, last)`` for the rows of `arrays` (time, batch, m), as `share` does.

    The work is a product with `panels` at each time.
    """
    n_times, n_rows, _ = arrays.shape
    pays = n_times * n_rows * panels.size > WORTH_SHARING
    share(kernel, arguments, n_rows, ROWS_AT_ONCE if pays else n_rows)


def sum_over_rows(parts: tuple[tuple[Floats, int], ...], g: Floats) -> list[Floats]:
    """Return ``x[:, :n].T @ g`` for each part (x, n), on threads where it pays; arrays are C-contiguous."""
    arrays, widths = zip(*parts, strict=True)
    sizes = [-(-width // PANEL_ROWS) * PANEL_ROWS for width in widths]
    width = PANEL_VECTORS * REGISTER_BYTES // g.itemsize
    n_panels = -(-g.shape[1] // width)
    sums = np.empty((sum(sizes), n_panels * width), g.dtype)
    pays = g.size * sum(sizes) > WORTH_SHARING
    at_once = min(PANELS_AT_ONCE, -(-n_panels // processors())) if pays else n_panels
    share(fill_over_rows, (arrays, widths, g, sums), n_panels, at_once)
    ends = np.cumsum(sizes)
    return [
        np.ascontiguousarray(sums[end - size : end - size + n, : g.shape[1]])
        for n, size, end in zip(widths, sizes, ends, strict=True)
    ]


@inline
def _lay(
    matrix: Floats, first_row: int, first_column: int, end_column: int, strips: Floats, width: int
) -> None:
    """Lay strips of `matrix`, from a row on and of some columns, into `strips` (n_strips, n_rows, width)."""
    for k in range(strips.shape[1]):
        for s in range(strips.shape[0]):
            start = first_column + s * width
            row, source = strips[s, k], matrix[first_row + k, start:end_column]
            if source.size >= width:
                for j in range(width):  # a number of turns that the compiler knows
                    row[j] = source[j]
            else:
                row[:] = 0
                for j in range(source.size):
                    row[j] = source[j]


@kernel
def lay_panels(matrix: Floats, first_row: int, first_column: int, panels: Floats) -> None:
    """Lay panels of `matrix`, from a row and a column on, into `panels` (n_panels, n_rows, width)."""
    width = PANEL_VECTORS * lanes_of(matrix)
    _lay(matrix, first_row, first_column, matrix.shape[1], panels, width)


@kernel
def lay_columns(matrix: Floats, first_row: int, n_columns: int, strips: Floats) -> None:
    """Lay the first columns of `matrix`, from a row on, into `strips` (n_strips, n_rows, PANEL_ROWS)."""
    _lay(matrix, first_row, 0, n_columns, strips, PANEL_ROWS)


@kernel
def add_rows(a: Floats, start: int, pitch: int, step: int, n_rows: int, panels: Floats, out: Floats) -> None:
    """Add the product of rows and a matrix to `out`.

    Parameters
    ----------
    a : ndarray of shape (n,)
        Term k of row r is ``a[start + r*pitch + k*step]``.
    start, pitch, step, n_rows : int
    panels : ndarray of shape (n_panels, n_terms, width)
        Of the matrix.
    out : ndarray of shape (at least n_rows, n_panels*width)
    """
    n_panels, n, width = panels.shape
    strips, sums, out_pitch = panels.reshape(-1), out.reshape(-1), out.shape[1]
    whole = n_rows // PANEL_ROWS * PANEL_ROWS
    for p in range(n_panels):
        strip, column = p * n * width, p * width
        for r in range(0, whole, PANEL_ROWS):
            place = r * out_pitch + column
            add_products(
                a, start + r * pitch, pitch, step, strips, strip, n, sums, place, out_pitch, PANEL_ROWS
            )
        for r in range(whole, n_rows):
            place = r * out_pitch + column
            add_products(a, start + r * pitch, pitch, step, strips, strip, n, sums, place, out_pitch, 1)


@kernel
def fill_over_rows(
    arrays: tuple[Floats, ...], widths: tuple[int, ...], g: Floats, sums: Floats, first: int, last: int
) -> None:
    """Fill panels `first` to `last` of the products of columns of `arrays` and of `g`, summed over rows.

    While some terms are multiplied, the next are fetched from memory.

    Parameters
    ----------
    arrays : tuple of ndarray of shape (n, at least the width)
    widths : tuple of int
        Columns to take of each; in the sums those of the next begin at a multiple of `PANEL_ROWS`.
    g : ndarray of shape (n, m)
    sums : ndarray of shape (n_sums, n_panels*width)
    first, last : int
    """
    n, m = g.shape
    n_sums, pitch = sums.shape
    width = PANEL_VECTORS * lanes_of(g)
    n_strips = n_sums // PANEL_ROWS
    columns = np.empty((n_strips, TERMS_AT_ONCE, PANEL_ROWS), g.dtype)
    panels = np.empty((last - first, TERMS_AT_ONCE, width), g.dtype)
    a, b, out, source = columns.reshape(-1), panels.reshape(-1), sums.reshape(-1), g.reshape(-1)
    ahead = -(-TERMS_AT_ONCE // n_strips)
    sums[:, first * width : last * width] = 0
    for begin in range(0, n, TERMS_AT_ONCE):
        terms = min(TERMS_AT_ONCE, n - begin)
        strip = 0
        for i in range(len(arrays)):
            end = strip - (-widths[i] // PANEL_ROWS)
            lay_columns(arrays[i], begin, widths[i], columns[strip:end, :terms])
            strip = end
        lay_panels(g, begin, first * width, panels[:, :terms])
        for p in range(last - first):
            for s in range(n_strips):
                for k in range(s * ahead, (s + 1) * ahead):
                    for lane in range(0, width, lanes_of(g)):
                        fetch(source, (begin + TERMS_AT_ONCE + k) * m + (first + p) * width + lane)
                place = s * PANEL_ROWS * pitch + (first + p) * width
                start, panel = s * TERMS_AT_ONCE * PANEL_ROWS, p * TERMS_AT_ONCE * width
                add_products(a, start, 1, PANEL_ROWS, b, panel, terms, out, place, pitch, PANEL_ROWS)
