"""Random wiring, row by row: which units of the other side a unit is joined to.

A row's numbers depend only on (seed, row), so rows do not influence each other. In every kernel, row i and
column ``i + shift`` are the same neuron, which is left out; a shift of ``n_columns`` leaves out none.
"""

from __future__ import annotations

import numpy as np
from numba import int64
from numpy.typing import NDArray

from neurosim.kernels.core.jit import kernel
from neurosim.kernels.mathematics.random import uniform, uniform_pair
from neurosim.kernels.mathematics.simd_math import log


@kernel
def bernoulli_rows(
    seed: int,
    n_columns: int,
    shift: int,
    probability: float,
    row_starts: NDArray[np.int64],
    columns: NDArray[np.int32],
) -> int:
    """Join each row to each column with a probability above 0, jumping from one synapse to the next.

    The columns passed over before a success have a geometric distribution, so the work is that of the
    synapses and not that of the pairs.

    Parameters
    ----------
    seed : int
        A `numpy.uint64`, so that one compiled version serves all seeds.
    n_columns, shift : int
    probability : float
    row_starts : ndarray, shape (n_rows + 1,)
        Filled: row i has ``columns[row_starts[i]:row_starts[i + 1]]``, rising.
    columns : ndarray, shape (capacity,)
        Filled.

    Returns
    -------
    int
        Number of synapses. If it exceeds the capacity, the rest is lost: call again with more room.
    """
    scale = 1.0 / np.log1p(-probability)
    count = 0
    row_starts[0] = 0
    for row in range(row_starts.size - 1):
        own = row + shift
        free = n_columns
        if 0 <= own < n_columns:
            free -= 1
        column, pair = -1, int64(0)
        inside = True
        while inside:
            even, odd = uniform_pair(seed, 0, row, pair)
            pair += 1
            for number in (even, odd):
                gap = log(1.0 - number) * scale
                if gap >= free - 1 - column:
                    inside = False
                    break
                column += 1 + int64(gap)
                if count < columns.size:
                    columns[count] = column + (0 <= own <= column)
                count += 1
        row_starts[row + 1] = count
    return count


@kernel
def sample_rows(
    seed: int,
    n_columns: int,
    shift: int,
    distinct: bool,
    row_starts: NDArray[np.int64],
    columns: NDArray[np.int32],
) -> None:
    """Draw a given number of columns for each row, all equally likely, with or without repeats.

    Where more than half of the columns are wanted without repeats, those left out are drawn instead.

    Parameters
    ----------
    seed : int
        A `numpy.uint64`.
    n_columns, shift : int
    distinct : bool
        Draw without repeats; no row may then want more columns than there are.
    row_starts : ndarray, shape (n_rows + 1,)
        Row i gets ``row_starts[i + 1] - row_starts[i]`` columns.
    columns : ndarray, shape (row_starts[-1],)
        Filled, in the order of the draws.
    """
    drawn_in = np.full(n_columns if distinct else 0, -1, np.int32)
    for row in range(row_starts.size - 1):
        own = row + shift
        free = n_columns
        if 0 <= own < n_columns:
            free -= 1
        start, degree = row_starts[row], row_starts[row + 1] - row_starts[row]
        inverse = distinct and 2 * degree > free
        wanted = free - degree if inverse else degree
        filled, pair = 0, int64(0)
        while filled < wanted:
            even, odd = uniform_pair(seed, 0, row, pair)
            pair += 1
            for number in (even, odd):
                column = int64(number * free)
                column += 0 <= own <= column
                if filled < wanted and not (distinct and drawn_in[column] == row):
                    if distinct:
                        drawn_in[column] = row
                    if not inverse:
                        columns[start + filled] = column
                    filled += 1
        if inverse:
            position = start
            for column in range(n_columns):
                if drawn_in[column] != row and column != own:
                    columns[position] = column
                    position += 1


@kernel
def rewired_ring(seed: int, n: int, neighbours: int, probability: float, columns: NDArray[np.int32]) -> None:
    """Join each unit of a ring to its nearest neighbours, then move each synapse with a probability.

    A moved synapse ends on a unit drawn from those that the row does not reach yet.

    Parameters
    ----------
    seed : int
        A `numpy.uint64`.
    n : int
        Number of units.
    neighbours : int
        Even, less than `n`.
    probability : float
        Of a synapse to be moved.
    columns : ndarray, shape (n*neighbours,)
        Filled, row after row.
    """
    reached_by = np.full(n, -1, np.int32)
    for row in range(n):
        targets = columns[row * neighbours : (row + 1) * neighbours]
        reached_by[row] = row
        for k in range(neighbours):
            distance = k // 2 + 1
            targets[k] = (row + (distance if k % 2 else n - distance)) % n
            reached_by[targets[k]] = row
        if neighbours == n - 1:
            continue
        draw = int64(0)
        for k in range(neighbours):
            draw += 1
            if uniform(seed, 0, row, draw) < probability:
                target = targets[k]
                while reached_by[target] == row:
                    draw += 1
                    target = int64(uniform(seed, 0, row, draw) * n)
                reached_by[targets[k]] = -1
                reached_by[target] = row
                targets[k] = target


@kernel
def transpose_rows(
    row_starts: NDArray[np.int64],
    columns: NDArray[np.int32],
    column_starts: NDArray[np.int64],
    rows: NDArray[np.int32],
) -> None:
    """List the rows of each column, rising: the same synapses seen from the other side.

    Parameters
    ----------
    row_starts : ndarray, shape (n_rows + 1,)
    columns : ndarray, shape (n_synapses,)
    column_starts : ndarray, shape (n_columns + 1,)
        Sums of the columns' counts, from 0 on.
    rows : ndarray, shape (n_synapses,)
        Filled: column j has ``rows[column_starts[j]:column_starts[j + 1]]``.
    """
    position = column_starts[:-1].copy()
    for row in range(row_starts.size - 1):
        for s in range(row_starts[row], row_starts[row + 1]):
            column = columns[s]
            rows[position[column]] = row
            position[column] += 1
