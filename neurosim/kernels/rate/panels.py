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

from neurosim.kernels.core.crew import share
from neurosim.kernels.core.jit import kernel
from neurosim.kernels.core.lines import spread_pitch
from neurosim.kernels.core.prefetch import fetch
from neurosim.kernels.core.threads import processors
from neurosim.kernels.rate.register_tile import (
    PANEL_ROWS,
    PANEL_VECTORS,
    REGISTER_BYTES,
    add_products,
    lanes_of,
)
from neurosim.kernels.rate.strip import lay_strip

Floats = NDArray[np.floating[Any]]

TERMS_AT_ONCE = 128
"""Terms of a product that are gone through at a time; what they need stays in the cache."""

SAMPLES_AT_ONCE = 64
"""Terms of a sum over samples that are gone through at a time."""

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
    transposed = matrix.flags.f_contiguous
    lay_panels(np.ascontiguousarray(matrix.T if transposed else matrix, dtype), transposed, panels)
    return panels


def share_rows(kernel: Any, arguments: tuple[Any, ...], arrays: Floats, panels: Floats) -> None:
    """Call ``kernel(*arguments, first, last)`` for the rows of `arrays` (time, batch, m), as `share` does.

    The work is a product with `panels` at each time.
    """
    n_times, n_rows, _ = arrays.shape
    pays = n_times * n_rows * panels.size > WORTH_SHARING
    share(kernel, arguments, n_rows, ROWS_AT_ONCE if pays else n_rows)


def sum_over_rows(
    parts: tuple[tuple[Floats, int, int], ...], g: Floats, n_columns: int | None = None
) -> list[Floats]:
    """Return ``x[first:, :n].T @ g[first:]`` for each part (x, n, first), on threads where it pays.

    Arrays are C-contiguous. Of `g` only the first columns are taken where their number is given. Rows with
    room for whole panels, as `spread_pitch` leaves it, are read where they lie; others are copied.
    """
    n_taken = g.shape[1] if n_columns is None else n_columns
    width = PANEL_VECTORS * REGISTER_BYTES // g.itemsize
    arrays = tuple([_with_room(x, n, PANEL_ROWS) for x, n, _ in parts])
    widths, firsts = tuple([n for _, n, _ in parts]), tuple([first for _, _, first in parts])
    n_panels = -(-n_taken // width)
    sums = tuple([np.empty((-(-n // PANEL_ROWS) * PANEL_ROWS, n_panels * width), g.dtype) for n in widths])
    pays = len(g) * n_taken * sum(widths) > WORTH_SHARING
    at_once = min(PANELS_AT_ONCE, -(-n_panels // processors())) if pays else n_panels
    given = arrays, widths, firsts, _with_room(g, n_taken, width), sums
    share(fill_over_rows, given, n_panels, at_once)
    # What is an array of its own, not a part of one, whoever keeps it need not copy.
    return [
        whole if whole.shape == (n, n_taken) else np.ascontiguousarray(whole[:n, :n_taken])
        for n, whole in zip(widths, sums, strict=True)
    ]


def _with_room(x: Floats, n: int, multiple: int) -> Floats:
    """Give `x`, of whose rows `n` numbers are taken, or a copy whose rows are long enough for a multiple."""
    if x.shape[1] >= -(-n // multiple) * multiple:
        return x
    roomy = np.zeros((len(x), spread_pitch(n, x.dtype)), x.dtype)
    roomy[:, :n] = x[:, :n]
    return roomy


@kernel
def lay_panels(matrix: Floats, transposed: bool, panels: Floats) -> None:
    """Lay the panels of `matrix` (n, m), or of its transpose, into `panels` (n_panels, n, width)."""
    n_panels, n, width = panels.shape
    for p in range(n_panels):
        lay_strip(matrix, transposed, p * width, 0, n, panels[p].reshape(-1))


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
                a, start + r * pitch, pitch, step, strips, strip, width, n, sums, place, out_pitch, PANEL_ROWS
            )
        for r in range(whole, n_rows):
            place = r * out_pitch + column
            add_products(
                a, start + r * pitch, pitch, step, strips, strip, width, n, sums, place, out_pitch, 1
            )


@kernel
def fill_over_rows(
    arrays: tuple[Floats, ...],
    widths: tuple[int, ...],
    firsts: tuple[int, ...],
    g: Floats,
    sums: tuple[Floats, ...],
    first: int,
    last: int,
) -> None:
    """Fill panels `first` to `last` of the products of columns of `arrays` and of `g`, summed over rows.

    While some terms are multiplied, the next are fetched from memory.

    Parameters
    ----------
    arrays : tuple of ndarray of shape (n, at least the width)
        With room for a multiple of `PANEL_ROWS`, as `g` has for whole panels.
    widths, firsts : tuple of int
        Columns to take of each, and the first row.
    g : ndarray of shape (n, m)
    sums : tuple of ndarray of shape (a multiple of PANEL_ROWS, n_panels*width)
    first, last : int
    """
    n, pitch = g.shape
    width = PANEL_VECTORS * lanes_of(g)
    source = g.reshape(-1)
    n_sums = 0
    for i in range(len(arrays)):
        sums[i][:, first * width : last * width] = 0
        n_sums += len(sums[i])
    ahead = -(-SAMPLES_AT_ONCE * PANEL_ROWS // n_sums)
    for begin in range(0, n, SAMPLES_AT_ONCE):
        end = min(begin + SAMPLES_AT_ONCE, n)
        more = max(0, min(SAMPLES_AT_ONCE, n - end))
        for p in range(first, last):
            coming = (begin + SAMPLES_AT_ONCE) * pitch + p * width
            for i in range(len(arrays)):
                x, x_pitch = arrays[i].reshape(-1), arrays[i].shape[1]
                out, out_pitch = sums[i].reshape(-1), sums[i].shape[1]
                begun = max(begin, firsts[i])
                start = begun * pitch + p * width
                for column in range(0, widths[i], PANEL_ROWS):
                    if p == first:
                        for k in range(more):
                            fetch(x, (begin + SAMPLES_AT_ONCE + k) * x_pitch + column)
                    for _ in range(ahead if more > 0 else 0):
                        for lane in range(0, width, lanes_of(g)):
                            fetch(source, coming + lane)
                        coming += pitch
                    add_products(
                        x, begun * x_pitch + column, 1, x_pitch, source, start, pitch, end - begun, out,
                        column * out_pitch + p * width, out_pitch, PANEL_ROWS,
                    )  # fmt: skip
