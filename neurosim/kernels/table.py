"""Reads a table whose rows follow each other at equal intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.jit import kernel

STOP, ZERO, REPEAT = 0, 1, 2
"""What follows the last row: it holds on, nothing, or the first row again."""

HELD, LINE, SLOPE = 0, 1, 2
"""What is read: the row, the point at the step on a straight line to the next, or the slope of that line."""


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
    reading : ndarray of int64, shape (6,)
        Steps from row to row, what follows the last (`STOP`, ...), what is read (`HELD`, ...), the first
        neuron of a trial that the table is for, the one after the last, and all neurons n of a trial.
    step : int
    begins : bool
        Whether `out` does not yet hold the values of the step before.
    dt : float
        Time step, ms.
    lo : int
    out : ndarray
        0 for neurons that the table is not for, and for those after the last trial.
    """
    stride, after, part = reading[0], reading[1], reading[2]
    if part == HELD and not begins and step % stride != 0:
        return
    n_rows = table.shape[0]
    row = step // stride
    following = row + 1
    if after == REPEAT:
        row, following = row % n_rows, following % n_rows
    over = row >= (n_rows if part == HELD else n_rows - 1) and after != REPEAT
    row, following = min(row, n_rows - 1), min(following, n_rows - 1)
    out[:] = 0.0
    if over and (after == ZERO or part == SLOPE):
        return
    weight = (step % stride) / stride
    if over:
        weight = 0.0
    start, stop, n = reading[3], reading[4], reading[5]
    done = 0
    while done < len(out):
        trial, first = (lo + done) // n, (lo + done) % n
        length = min(n - first, len(out) - done)
        k = trial if table.shape[1] > 1 else 0
        if k < table.shape[1]:
            a = max(start - first, 0)
            b = max(min(stop - first, length), a)
            place = out[done + a : done + b]
            here, there = table[row, k], table[following, k]
            if table.shape[2] == 1:
                for i in range(len(place)):
                    place[i] = _read(here[0], there[0], part, weight, stride * dt)
            else:
                here, there = here[first + a - start :], there[first + a - start :]
                if part == HELD:
                    place[:] = here[: len(place)]
                else:
                    for i in range(len(place)):
                        place[i] = _read(here[i], there[i], part, weight, stride * dt)
        done += length


@kernel
def _read(here: float, there: float, part: int, weight: float, interval: float) -> float:
    if part == HELD:
        return here
    return here + weight * (there - here) if part == LINE else (there - here) / interval
