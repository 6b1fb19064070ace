"""Reads a table whose rows follow each other at equal intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import kernel

STOP, ZERO, REPEAT = 0, 1, 2
"""What follows the last row: it holds on, nothing, or the first row again."""


@kernel
def read_row(
    table: NDArray[np.float64],
    reading: NDArray[np.int64],
    step: int,
    begins: bool,
    dt: float,
    lo: int,
    out: NDArray[np.float64],
) -> None:
    """Values at one step of the neurons from `lo` on, counted ``trial*n + neuron``.

    Parameters
    ----------
    table : ndarray, shape (n_rows, 1 or trials, 1 or stop - start)
    reading : ndarray of int64, shape (7,)
        Steps from row to row, rows that hold for so long, what follows them (`STOP`, ...), whether to read
        the slope from row to row instead, the first neuron of a trial that the table is for, the one after
        the last, and all neurons n of a trial.
    step : int
    begins : bool
        Whether `out` does not yet hold the values of the step before.
    dt : float
        Time step, ms.
    lo : int
    out : ndarray
        0 for neurons that the table is not for, and for those after the last trial.
    """
    stride, n_held, after, slope = reading[0], reading[1], reading[2], reading[3]
    if not begins and step % stride != 0:
        return
    n_rows, trials, width = table.shape
    row = step // stride
    over = row >= n_held and after != REPEAT
    row = row % n_rows if after == REPEAT else min(row, n_rows - 1)
    following = (row + 1) % n_rows if after == REPEAT else min(row + 1, n_rows - 1)
    if begins or over:
        out[:] = 0.0
    if over and (after == ZERO or slope):
        return
    start, stop, n = reading[4], reading[5], reading[6]
    scale = 1.0 / (stride * dt)
    done = 0
    while done < len(out):
        trial, first = (lo + done) // n, (lo + done) % n
        length = min(n - first, len(out) - done)
        a = max(start - first, 0)
        b = max(min(stop - first, length), a)
        k = trial if trials > 1 else 0
        if k < trials and a < b:
            place = out[done + a : done + b]
            if width == 1:
                here, there = table[row, k, 0], table[following, k, 0]
                place[:] = (there - here) * scale if slope else here
            else:
                column = first + a - start
                values, later = table[row, k, column:], table[following, k, column:]
                for i in range(len(place)):
                    place[i] = (later[i] - values[i]) * scale if slope else values[i]
        done += length
