"""Products of matrices on our own threads.

A part of the work is some rows of the result and some panels of columns (see `neurosim.kernels.rate.panels`).
Each thread lays out what it needs of the second matrix, some terms at a time, so that it stays in the cache
while all rows of the part stream past (Goto & van de Geijn 2008, doi:10.1145/1356052.1356053).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.crew import share, worth
from neurosim.kernels.core.jit import kernel
from neurosim.kernels.rate.panels import TERMS_AT_ONCE
from neurosim.kernels.rate.register_tile import (
    PANEL_ROWS,
    PANEL_VECTORS,
    REGISTER_BYTES,
    add_products,
    lanes_of,
)
from neurosim.kernels.rate.strip import copy_panel_row, lay_strip

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
    strip = np.empty(TERMS_AT_ONCE * width, a.dtype)
    sums = np.empty((min(n_rows, ROWS_OF_A_PART) + PANEL_ROWS) * width, a.dtype)
    rest = np.zeros(PANEL_ROWS * TERMS_AT_ONCE, a.dtype)
    given, found = a.reshape(-1), out.reshape(-1)
    for part in range(first, last):
        number, block = divmod(part, n_blocks)
        column, row = number * width, block * ROWS_OF_A_PART
        n_here, columns = min(ROWS_OF_A_PART, n_rows - row), min(width, n_columns - column)
        for i in range(sums.size):
            sums[i] = 0
        for term in range(0, n_terms, TERMS_AT_ONCE):
            n = min(TERMS_AT_ONCE, n_terms - term)
            lay_strip(b, transposed, column, term, n, strip)
            for r in range(0, n_here, PANEL_ROWS):
                rows, start, pitch = given, (row + r) * n_terms + term, n_terms
                if r + PANEL_ROWS > n_here:  # the last rows are laid out among others of no interest
                    for k in range((n_here - r) * n):
                        rest[k // n * TERMS_AT_ONCE + k % n] = given[start + k // n * n_terms + k % n]
                    rows, start, pitch = rest, 0, TERMS_AT_ONCE
                add_products(rows, start, pitch, 1, strip, 0, width, n, sums, r * width, width, PANEL_ROWS)
        for r in range(n_here):
            place = (row + r) * n_columns + column
            if columns == width:
                copy_panel_row(sums, r * width, found, place)
            else:
                for j in range(columns):
                    found[place + j] = sums[r * width + j]
