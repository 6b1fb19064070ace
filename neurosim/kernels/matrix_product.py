"""Products of matrices on our own threads.

A part of the work is some rows of the result and some panels of columns (see `neurosim.kernels.panels`). Each
thread lays out what it needs of the second matrix, some terms at a time, so that it stays in the cache while
all rows of the part stream past (Goto & van de Geijn 2008, doi:10.1145/1356052.1356053).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.crew import share, worth
from neurosim.kernels.jit import kernel
from neurosim.kernels.panels import TERMS_AT_ONCE, lay_panels
from neurosim.kernels.prefetch import fetch
from neurosim.kernels.register_tile import PANEL_ROWS, PANEL_VECTORS, REGISTER_BYTES, add_products, lanes_of
from neurosim.kernels.transposition import lay_transposed

Floats = NDArray[np.floating[Any]]

ROWS_OF_A_PART = 128
"""Rows of the result that a thread computes at a time; their sums for a panel stay in the cache."""

WORTH_SHARING = 2_000_000
"""Products of numbers that are worth a thread."""


def product(a: Floats, b: Floats, out: Floats, transposed: bool) -> None:
    """Write ``a @ b``, or ``a @ b.T``, into `out`, on threads where it pays.

    Each number is a sum over terms in order: it does not depend on threads, or on the other rows.

    Parameters
    ----------
    a : ndarray of shape (n_rows, n_terms)
    b : ndarray of shape (n_terms, n_columns), or (n_columns, n_terms) if `transposed`
    out : ndarray of shape (n_rows, n_columns)
        Overwritten. All three are C-contiguous and of one type.
    transposed : bool
    """
    n_rows, n_columns = out.shape
    width = PANEL_VECTORS * REGISTER_BYTES // a.itemsize
    n_panels, n_blocks = -(-n_columns // width), -(-n_rows // ROWS_OF_A_PART)
    n = n_panels * n_blocks
    share(fill_product, (a, b, transposed, out), n, worth(n, a.size * n_columns, WORTH_SHARING))


@kernel
def fill_product(a: Floats, b: Floats, transposed: bool, out: Floats, first: int, last: int) -> None:
    """Fill parts `first` to `last` of a product of matrices; see `product`.

    Parts are numbered by panel, and within a panel by rows.
    """
    n_rows, n_columns = out.shape
    n_terms = a.shape[1]
    width = PANEL_VECTORS * lanes_of(a)
    n_blocks = -(-n_rows // ROWS_OF_A_PART)
    rows = min(n_rows, ROWS_OF_A_PART) + PANEL_ROWS
    panel = np.empty((1, TERMS_AT_ONCE, width), a.dtype)
    sums = np.empty((rows, width), a.dtype)
    rest = np.zeros((PANEL_ROWS, TERMS_AT_ONCE), a.dtype)
    ahead = TERMS_AT_ONCE // ROWS_OF_A_PART
    source = b.reshape(-1)
    flat, strip, total, remains = a.reshape(-1), panel.reshape(-1), sums.reshape(-1), rest.reshape(-1)
    for part in range(first, last):
        number, block = divmod(part, n_blocks)
        column, row = number * width, block * ROWS_OF_A_PART
        here = min(ROWS_OF_A_PART, n_rows - row)
        whole = here // PANEL_ROWS * PANEL_ROWS
        sums[:] = 0
        for term in range(0, n_terms, TERMS_AT_ONCE):
            n = min(TERMS_AT_ONCE, n_terms - term)
            if transposed:
                lay_transposed(b, column, term, panel[0, :n])
            else:
                lay_panels(b, term, column, panel[:, :n])
            for r in range(0, whole, PANEL_ROWS):
                if not transposed:  # rows far apart, which no processor foresees
                    for k in range(term + n + r * ahead, term + n + (r + PANEL_ROWS) * ahead):
                        for lane in range(0, width, lanes_of(a)):
                            fetch(source, k * n_columns + column + lane)
                start = (row + r) * n_terms + term
                add_products(flat, start, n_terms, 1, strip, 0, n, total, r * width, width, PANEL_ROWS)
            if whole < here:
                for r in range(whole, here):
                    rest[r - whole, :n] = a[row + r, term : term + n]
                add_products(
                    remains, 0, TERMS_AT_ONCE, 1, strip, 0, n, total, whole * width, width, PANEL_ROWS
                )
        columns = min(width, n_columns - column)
        for r in range(here):
            found, place = sums[r], out[row + r, column : column + columns]
            if columns == width:
                for j in range(width):
                    place[j] = found[j]
            else:
                for j in range(columns):
                    place[j] = found[j]
