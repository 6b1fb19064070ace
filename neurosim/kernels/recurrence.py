"""One step of a recurrent layer, and the way back through it, each in one pass over memory.

Arrays of a step are of shape (batch, ...). `drive` is what comes from the input, `recurrent` what comes from
the units themselves, both with a block of columns for each gate; `kept` receives what the way back needs.
Where `runs` is False a sample keeps its state. On the way back `g` holds the gradient for the state after the
step and receives what goes past the connections to the state before; `g_out` is the gradient for the step's
output, `g_through` what came back through the recurrent connections of the step after.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.jit import kernel
from neurosim.kernels.simd_math import sigmoid, tanh

Floats = NDArray[np.floating[Any]]
Truths = NDArray[np.bool_]

TANH, LOGISTIC, RELU = 0, 1, 2
"""Activation functions of `leaky_step`."""


@kernel
def leaky_step(
    drive: Floats,
    recurrent: Floats,
    before: Floats,
    runs: Truths,
    share: Floats,
    activation: int,
    kept: Floats,
    after: Floats,
) -> None:
    """Write (1 - share) before + share f(drive + recurrent) into `after`, and f of it into `kept`.

    Parameters
    ----------
    drive, recurrent, before, kept, after : ndarray of shape (batch, n)
    runs : ndarray of bool, shape (batch,)
    share : ndarray of shape (n,)
        Of the distance to f that a unit covers in a step.
    activation : int
        f: TANH, LOGISTIC or RELU.
    """
    n_rows, n = before.shape
    for i in range(n_rows):
        old, new, y, a, b = before[i], after[i], kept[i], drive[i], recurrent[i]
        if not runs[i]:
            for j in range(n):
                new[j], y[j] = old[j], 0
            continue
        if activation == TANH:
            for j in range(n):
                y[j] = tanh(np.float64(a[j] + b[j]))
        elif activation == LOGISTIC:
            for j in range(n):
                y[j] = sigmoid(np.float64(a[j] + b[j]))
        else:
            for j in range(n):
                total = a[j] + b[j]
                y[j] = 0 if total <= 0 else total
        for j in range(n):
            new[j] = (1 - share[j]) * old[j] + share[j] * y[j]


@kernel
def leaky_step_back(
    kept: Floats,
    runs: Truths,
    share: Floats,
    activation: int,
    g: Floats,
    g_out: Floats,
    g_through: Floats,
    g_drive: Floats,
) -> None:
    """Write the gradient for drive and recurrent alike into `g_drive`, and go on in `g`."""
    n_rows, n = kept.shape
    for i in range(n_rows):
        y, to, out, through, slope = kept[i], g[i], g_out[i], g_through[i], g_drive[i]
        if not runs[i]:
            for j in range(n):
                to[j] += out[j] + through[j]
                slope[j] = 0
            continue
        for j in range(n):
            to[j] += out[j] + through[j]
            slope[j] = share[j] * to[j]
            to[j] *= 1 - share[j]
        if activation == TANH:
            for j in range(n):
                slope[j] *= 1 - y[j] * y[j]
        elif activation == LOGISTIC:
            for j in range(n):
                slope[j] *= y[j] * (1 - y[j])
        else:
            for j in range(n):
                slope[j] = slope[j] if y[j] > 0 else 0


@kernel
def gru_step(
    drive: Floats,
    recurrent: Floats,
    before: Floats,
    runs: Truths,
    bias: Floats,
    kept: Floats,
    after: Floats,
) -> None:
    """Write the next state of gated recurrent units into `after`.

    Parameters
    ----------
    drive, recurrent : ndarray of shape (batch, 3*n)
        For reset gate, update gate and candidate.
    before, after : ndarray of shape (batch, n)
    runs : ndarray of bool, shape (batch,)
    bias : ndarray of shape (n,)
        Of the recurrent part of the candidate.
    kept : ndarray of shape (batch, 4*n)
        Receives reset, update, candidate and the recurrent part of the candidate.
    """
    n_rows, n = before.shape
    for i in range(n_rows):
        old, new, a, b = before[i], after[i], drive[i], recurrent[i]
        if not runs[i]:
            for j in range(n):
                new[j] = old[j]
            continue
        reset, update, candidate = kept[i, :n], kept[i, n : 2 * n], kept[i, 2 * n : 3 * n]
        own = kept[i, 3 * n :]
        for j in range(n):
            reset[j] = sigmoid(np.float64(a[j] + b[j]))
        for j in range(n):
            update[j] = sigmoid(np.float64(a[n + j] + b[n + j]))
        for j in range(n):
            own[j] = b[2 * n + j] + bias[j]
            candidate[j] = tanh(np.float64(a[2 * n + j] + reset[j] * own[j]))
            new[j] = (1 - update[j]) * candidate[j] + update[j] * old[j]


@kernel
def gru_step_back(
    kept: Floats,
    before: Floats,
    runs: Truths,
    g: Floats,
    g_out: Floats,
    g_through: Floats,
    g_drive: Floats,
    g_recurrent: Floats,
) -> None:
    """Write the gradients for drive and recurrent into the last two, and go on in `g`."""
    n_rows, n = before.shape
    for i in range(n_rows):
        old, to, out, through = before[i], g[i], g_out[i], g_through[i]
        slope, own_slope = g_drive[i], g_recurrent[i]
        if not runs[i]:
            for j in range(n):
                to[j] += out[j] + through[j]
            slope[:] = 0
            own_slope[:] = 0
            continue
        reset, update, candidate = kept[i, :n], kept[i, n : 2 * n], kept[i, 2 * n : 3 * n]
        own = kept[i, 3 * n :]
        for j in range(n):
            total = to[j] + out[j] + through[j]
            r, z, y = reset[j], update[j], candidate[j]
            by_candidate = total * (1 - z) * (1 - y * y)
            by_reset = by_candidate * own[j] * r * (1 - r)
            by_update = total * (old[j] - y) * z * (1 - z)
            slope[j] = by_reset
            slope[n + j] = by_update
            slope[2 * n + j] = by_candidate
            own_slope[j] = by_reset
            own_slope[n + j] = by_update
            own_slope[2 * n + j] = by_candidate * r
            to[j] = total * z


@kernel
def lstm_step(
    drive: Floats, recurrent: Floats, before: Floats, runs: Truths, kept: Floats, after: Floats
) -> None:
    """Write the next output and the next cell of long short-term memory into `after`.

    Parameters
    ----------
    drive, recurrent : ndarray of shape (batch, 4*n)
        For input gate, forget gate, candidate and output gate.
    before, after : ndarray of shape (batch, 2*n)
        Output, then cell.
    runs : ndarray of bool, shape (batch,)
    kept : ndarray of shape (batch, 5*n)
        Receives the four, and tanh of the cell.
    """
    n_rows, n = before.shape[0], before.shape[1] // 2
    for i in range(n_rows):
        old, new, a, b = before[i], after[i], drive[i], recurrent[i]
        if not runs[i]:
            for j in range(2 * n):
                new[j] = old[j]
            continue
        admit, forget, candidate = kept[i, :n], kept[i, n : 2 * n], kept[i, 2 * n : 3 * n]
        show, shown = kept[i, 3 * n : 4 * n], kept[i, 4 * n :]
        output, cell, old_cell = new[:n], new[n:], old[n:]
        # Loops over few arrays each: with more, LLVM gives up proving that none overlaps another.
        for j in range(n):
            admit[j] = sigmoid(np.float64(a[j] + b[j]))
        for j in range(n):
            forget[j] = sigmoid(np.float64(a[n + j] + b[n + j]))
        for j in range(n):
            candidate[j] = tanh(np.float64(a[2 * n + j] + b[2 * n + j]))
        for j in range(n):
            show[j] = sigmoid(np.float64(a[3 * n + j] + b[3 * n + j]))
        for j in range(n):
            cell[j] = forget[j] * old_cell[j] + admit[j] * candidate[j]
        for j in range(n):
            shown[j] = tanh(np.float64(cell[j]))
        for j in range(n):
            output[j] = show[j] * shown[j]


@kernel
def lstm_step_back(
    kept: Floats,
    before: Floats,
    runs: Truths,
    g: Floats,
    g_out: Floats,
    g_through: Floats,
    g_drive: Floats,
) -> None:
    """Write the gradient for drive and recurrent alike into `g_drive`, and go on in `g`.

    Of `g` and `g_out`, of shape (batch, 2*n), the second half belongs to the cell.
    """
    n_rows, n = g_through.shape
    for i in range(n_rows):
        old, to, out, through = before[i], g[i], g_out[i], g_through[i]
        slope, gates = g_drive[i], kept[i]
        if not runs[i]:
            for j in range(n):
                to[j] += out[j] + through[j]
                to[n + j] += out[n + j]
            slope[:] = 0
            continue
        for j in range(n):
            admit, forget, candidate = gates[j], gates[n + j], gates[2 * n + j]
            show, shown = gates[3 * n + j], gates[4 * n + j]
            by_output = to[j] + out[j] + through[j]
            by_cell = to[n + j] + out[n + j] + by_output * show * (1 - shown * shown)
            slope[j] = by_cell * candidate * admit * (1 - admit)
            slope[n + j] = by_cell * old[n + j] * forget * (1 - forget)
            slope[2 * n + j] = by_cell * admit * (1 - candidate * candidate)
            slope[3 * n + j] = by_output * shown * show * (1 - show)
            to[j] = 0
            to[n + j] = by_cell * forget
