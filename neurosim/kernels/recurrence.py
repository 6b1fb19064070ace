"""One step of a recurrent layer, and the way back through it, each in one pass over memory.

Arrays of a step are of shape (batch, ...). `drive` is what comes from the input and from the units
themselves, with a block of columns for each gate; `kept` receives what the way back needs. Where `runs` is
False a sample keeps its state. On the way back `g` holds the gradient for the state after the step and
receives what goes past the connections to the state before; `g_out` is the gradient for the step's output,
`g_through` what came back through the recurrent connections of the step after.

Loops are over few arrays each: with more, LLVM gives up proving that none overlaps another.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.jit import bound_kernel
from neurosim.kernels.precision import sigmoid, tanh

Floats = NDArray[np.floating[Any]]
Truths = NDArray[np.bool_]

TANH, LOGISTIC, RELU = 0, 1, 2
"""Activation functions of `leaky_step`."""


@bound_kernel
def leaky_step(
    drive: Floats,
    before: Floats,
    runs: Truths,
    share: Floats,
    activation: int,
    kept: Floats,
    after: Floats,
) -> None:
    """Write (1 - share) before + share f(drive) into `after`, and f of it into `kept`.

    Parameters
    ----------
    drive, before, kept, after : ndarray of shape (batch, n)
    runs : ndarray of bool, shape (batch,)
    share : ndarray of shape (n,)
        Of the distance to f that a unit covers in a step.
    activation : int
        f: TANH, LOGISTIC or RELU.
    """
    n_rows, n = before.shape
    for i in range(n_rows):
        old, new, y, a = before[i], after[i], kept[i], drive[i]
        if not runs[i]:
            for j in range(n):
                new[j], y[j] = old[j], 0
            continue
        if activation == TANH:
            for j in range(n):
                y[j] = tanh(a[j])
        elif activation == LOGISTIC:
            for j in range(n):
                y[j] = sigmoid(a[j])
        else:
            for j in range(n):
                y[j] = 0 if a[j] <= 0 else a[j]
        for j in range(n):
            new[j] = (1 - share[j]) * old[j] + share[j] * y[j]


@bound_kernel
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


@bound_kernel
def gru_step(
    drive: Floats,
    recurrent: Floats,
    before: Floats,
    runs: Truths,
    bias: Floats,
    kept: Floats,
    after: Floats,
) -> None:
    """Write the next state of gated recurrent units into `after`; `drive` comes from the input alone.

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
        gates, candidate, own = kept[i, : 2 * n], kept[i, 2 * n : 3 * n], kept[i, 3 * n :]
        reset, update = gates[:n], gates[n:]
        for j in range(2 * n):
            gates[j] = sigmoid(a[j] + b[j])
        for j in range(n):
            own[j] = b[2 * n + j] + bias[j]
            candidate[j] = tanh(a[2 * n + j] + reset[j] * own[j])
            new[j] = (1 - update[j]) * candidate[j] + update[j] * old[j]


@bound_kernel
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
        by_reset, by_update, by_candidate = slope[:n], slope[n : 2 * n], slope[2 * n :]
        by_own = own_slope[2 * n :]
        for j in range(n):
            to[j] += out[j] + through[j]
        for j in range(n):
            by_candidate[j] = to[j] * (1 - update[j]) * (1 - candidate[j] * candidate[j])
        for j in range(n):
            by_reset[j] = by_candidate[j] * own[j] * reset[j] * (1 - reset[j])
            by_own[j] = by_candidate[j] * reset[j]
        for j in range(n):
            by_update[j] = to[j] * (old[j] - candidate[j]) * update[j] * (1 - update[j])
            to[j] *= update[j]
        for j in range(2 * n):
            own_slope[j] = slope[j]


@bound_kernel
def lstm_step(drive: Floats, before: Floats, runs: Truths, kept: Floats, after: Floats) -> None:
    """Write the next output and the next cell of long short-term memory into `after`.

    Parameters
    ----------
    drive : ndarray of shape (batch, 4*n)
        For input gate, forget gate, candidate and output gate.
    before, after : ndarray of shape (batch, 2*n)
        Output, then cell.
    runs : ndarray of bool, shape (batch,)
    kept : ndarray of shape (batch, 5*n)
        Receives the four, and tanh of the cell.
    """
    n_rows, n = before.shape[0], before.shape[1] // 2
    for i in range(n_rows):
        old, new, a = before[i], after[i], drive[i]
        if not runs[i]:
            for j in range(2 * n):
                new[j] = old[j]
            continue
        gates, candidate = kept[i, : 2 * n], kept[i, 2 * n : 3 * n]
        admit, forget = gates[:n], gates[n:]
        show, shown = kept[i, 3 * n : 4 * n], kept[i, 4 * n :]
        output, cell, old_cell = new[:n], new[n:], old[n:]
        for j in range(2 * n):
            gates[j] = sigmoid(a[j])
        for j in range(n):
            candidate[j] = tanh(a[2 * n + j])
        for j in range(n):
            show[j] = sigmoid(a[3 * n + j])
        for j in range(n):
            cell[j] = forget[j] * old_cell[j] + admit[j] * candidate[j]
        for j in range(n):
            shown[j] = tanh(cell[j])
        for j in range(n):
            output[j] = show[j] * shown[j]


@bound_kernel
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
    n_rows, n = before.shape[0], before.shape[1] // 2
    for i in range(n_rows):
        old, to, out, through = before[i], g[i], g_out[i], g_through[i]
        slope, gates = g_drive[i], kept[i]
        if not runs[i]:
            for j in range(n):
                to[j] += out[j] + through[j]
                to[n + j] += out[n + j]
            slope[:] = 0
            continue
        admit, forget, candidate = gates[:n], gates[n : 2 * n], gates[2 * n : 3 * n]
        show, shown = gates[3 * n : 4 * n], gates[4 * n :]
        by_admit, by_forget = slope[:n], slope[n : 2 * n]
        by_candidate, by_show = slope[2 * n : 3 * n], slope[3 * n :]
        to_output, to_cell, out_cell, old_cell = to[:n], to[n:], out[n:], old[n:]
        for j in range(n):
            to_output[j] += out[j] + through[j]
        for j in range(n):
            to_cell[j] += out_cell[j] + to_output[j] * show[j] * (1 - shown[j] * shown[j])
        for j in range(n):
            by_show[j] = to_output[j] * shown[j] * show[j] * (1 - show[j])
            to_output[j] = 0
        for j in range(n):
            by_admit[j] = to_cell[j] * candidate[j] * admit[j] * (1 - admit[j])
            by_candidate[j] = to_cell[j] * admit[j] * (1 - candidate[j] * candidate[j])
        for j in range(n):
            by_forget[j] = to_cell[j] * old_cell[j] * forget[j] * (1 - forget[j])
            to_cell[j] *= forget[j]
