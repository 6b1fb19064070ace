"""One step of a recurrent layer, and the way back through it, each in one pass over memory.

Arrays of a step are of shape (batch, ...) and C-contiguous; rows may be longer than what is in them. `drive`
is what comes from the input and from the units themselves, with a block of columns for each gate; `kept`
receives what the way back needs. The state begins at some `column` of `before` and `after`, which are steps
of one array. Where `runs` is False a sample keeps its state. On the way back the gradient for the drive is
written over what was kept. `g` holds the gradient for the state after the step and receives what goes past
the connections to the state before; `g_through` is what came back through the recurrent connections of the
step after.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.apart import load, store
from neurosim.kernels.core.jit import bound_kernel
from neurosim.kernels.mathematics.precision import sigmoid, tanh

Floats = NDArray[np.floating[Any]]
Truths = NDArray[np.bool_]

TANH, LOGISTIC, RELU = 0, 1, 2
"""Activation functions of `leaky_step`."""

READ, OUTPUT, CELL, FIRST, SECOND, THIRD, FOURTH, FIFTH = range(8)
"""Pieces of memory for `load` and `store`: what is only read, the state or its gradient, and other blocks."""


@bound_kernel
def leaky_step(
    drive: Floats,
    before: Floats,
    column: int,
    runs: Truths,
    share: Floats,
    activation: int,
    kept: Floats,
    after: Floats,
) -> None:
    """Write (1 - share) before + share f(drive) into `after`, and f of it into `kept`.

    Parameters
    ----------
    drive : ndarray of shape (batch, at least n)
    before, after : ndarray of shape (batch, at least column + n)
    column : int
    runs : ndarray of bool, shape (batch,)
    share : ndarray of shape (n,)
        Of the distance to f that a unit covers in a step.
    activation : int
        f: TANH, LOGISTIC or RELU.
    kept : ndarray of shape (batch, at least n)
    """
    n = share.size
    one, zero = kept.dtype.type(1), kept.dtype.type(0)
    for i in range(len(kept)):
        a, y, state = drive.shape[1] * i, kept.shape[1] * i, before.shape[1] * i + column
        if not runs[i]:
            for j in range(n):
                store(after, state + j, OUTPUT, load(before, state + j, OUTPUT))
                store(kept, y + j, FIRST, zero)
            continue
        if activation == TANH:
            for j in range(n):
                store(kept, y + j, FIRST, tanh(load(drive, a + j, READ)))
        elif activation == LOGISTIC:
            for j in range(n):
                store(kept, y + j, FIRST, sigmoid(load(drive, a + j, READ)))
        else:
            for j in range(n):
                x = load(drive, a + j, READ)
                store(kept, y + j, FIRST, zero if x <= zero else x)
        for j in range(n):
            way = load(share, j, READ)
            old = (one - way) * load(before, state + j, OUTPUT)
            store(after, state + j, OUTPUT, old + way * load(kept, y + j, FIRST))


@bound_kernel
def leaky_step_back(
    kept: Floats, runs: Truths, share: Floats, activation: int, g: Floats, g_through: Floats
) -> None:
    """Write the gradient for drive and recurrent alike into `kept`, and go on in `g`."""
    n = share.size
    one, zero = kept.dtype.type(1), kept.dtype.type(0)
    for i in range(len(g)):
        y, to_state, through = kept.shape[1] * i, n * i, g_through.shape[1] * i
        moves = one if runs[i] else zero
        if activation == TANH:
            for j in range(n):
                f = load(kept, y + j, FIRST)
                store(kept, y + j, FIRST, one - f * f)
        elif activation == LOGISTIC:
            for j in range(n):
                f = load(kept, y + j, FIRST)
                store(kept, y + j, FIRST, f * (one - f))
        else:
            for j in range(n):
                store(kept, y + j, FIRST, one if load(kept, y + j, FIRST) > zero else zero)
        for j in range(n):
            to = load(g, to_state + j, OUTPUT) + load(g_through, through + j, READ)
            way = moves * load(share, j, READ)
            store(kept, y + j, FIRST, way * to * load(kept, y + j, FIRST))
            store(g, to_state + j, OUTPUT, (one - way) * to)


@bound_kernel
def gru_step(
    drive: Floats,
    recurrent: Floats,
    before: Floats,
    column: int,
    runs: Truths,
    bias: Floats,
    kept: Floats,
    after: Floats,
) -> None:
    """Write the next state of gated recurrent units into `after`; `drive` comes from the input alone.

    Parameters
    ----------
    drive, recurrent : ndarray of shape (batch, at least 3*n)
        For reset gate, update gate and candidate.
    before, after : ndarray of shape (batch, at least column + n)
    column : int
    runs : ndarray of bool, shape (batch,)
    bias : ndarray of shape (n,)
        Of the recurrent part of the candidate.
    kept : ndarray of shape (batch, at least 4*n)
        Receives candidate, reset, update and the recurrent part of the candidate.
    """
    n = bias.size
    one = kept.dtype.type(1)
    for i in range(len(kept)):
        a, to, state = drive.shape[1] * i, kept.shape[1] * i, before.shape[1] * i + column
        if not runs[i]:
            for j in range(n):
                store(after, state + j, OUTPUT, load(before, state + j, OUTPUT))
            continue
        for j in range(n):
            reset = sigmoid(load(drive, a + j, READ) + load(recurrent, a + j, READ))
            update = sigmoid(load(drive, a + n + j, READ) + load(recurrent, a + n + j, READ))
            own = load(recurrent, a + 2 * n + j, READ) + load(bias, j, READ)
            candidate = tanh(load(drive, a + 2 * n + j, READ) + reset * own)
            store(kept, to + j, FIRST, candidate)
            store(kept, to + n + j, SECOND, reset)
            store(kept, to + 2 * n + j, THIRD, update)
            store(kept, to + 3 * n + j, FOURTH, own)
            old = load(before, state + j, OUTPUT)
            store(after, state + j, OUTPUT, (one - update) * candidate + update * old)


@bound_kernel
def gru_step_back(
    kept: Floats, before: Floats, column: int, runs: Truths, g: Floats, g_through: Floats
) -> None:
    """Write gradients into `kept`, and go on in `g`.

    They are those for candidate, reset gate and update gate, and for the recurrent part of the candidate: the
    first three are the gradient for the drive, the last three that for what comes from the units themselves.
    """
    n = g.shape[1]
    one, zero = kept.dtype.type(1), kept.dtype.type(0)
    for i in range(len(g)):
        a, state, y = kept.shape[1] * i, before.shape[1] * i + column, n * i
        through = g_through.shape[1] * i
        if not runs[i]:
            for j in range(n):
                store(g, y + j, OUTPUT, load(g, y + j, OUTPUT) + load(g_through, through + j, READ))
            for j in range(4 * n):
                kept[i, j] = zero
            continue
        for j in range(n):
            candidate, reset = load(kept, a + j, FIRST), load(kept, a + n + j, SECOND)
            update, own = load(kept, a + 2 * n + j, THIRD), load(kept, a + 3 * n + j, FOURTH)
            to = load(g, y + j, OUTPUT) + load(g_through, through + j, READ)
            by_candidate = to * (one - update) * (one - candidate * candidate)
            by_reset = by_candidate * own * reset * (one - reset)
            by_update = to * (load(before, state + j, READ) - candidate) * update * (one - update)
            store(kept, a + j, FIRST, by_candidate)
            store(kept, a + n + j, SECOND, by_reset)
            store(kept, a + 2 * n + j, THIRD, by_update)
            store(kept, a + 3 * n + j, FOURTH, by_candidate * reset)
            store(g, y + j, OUTPUT, to * update)


@bound_kernel
def lstm_step(
    n: int, drive: Floats, before: Floats, column: int, runs: Truths, kept: Floats, after: Floats
) -> None:
    """Write the next output and the next cell of long short-term memory into `after`.

    Parameters
    ----------
    n : int
        Units.
    drive : ndarray of shape (batch, at least 4*n)
        For input gate, forget gate, candidate and output gate.
    before, after : ndarray of shape (batch, at least column + 2*n)
        Output, then cell.
    column : int
    runs : ndarray of bool, shape (batch,)
    kept : ndarray of shape (batch, at least 5*n)
        Receives the four, and tanh of the cell.
    """
    for i in range(len(kept)):
        a, to, state = drive.shape[1] * i, kept.shape[1] * i, before.shape[1] * i + column
        if not runs[i]:
            for j in range(n):
                store(after, state + j, OUTPUT, load(before, state + j, OUTPUT))
                store(after, state + n + j, CELL, load(before, state + n + j, CELL))
            continue
        for j in range(n):
            admit = sigmoid(load(drive, a + j, READ))
            forget = sigmoid(load(drive, a + n + j, READ))
            candidate = tanh(load(drive, a + 2 * n + j, READ))
            show = sigmoid(load(drive, a + 3 * n + j, READ))
            cell = forget * load(before, state + n + j, CELL) + admit * candidate
            shown = tanh(cell)
            store(kept, to + j, FIRST, admit)
            store(kept, to + n + j, SECOND, forget)
            store(kept, to + 2 * n + j, THIRD, candidate)
            store(kept, to + 3 * n + j, FOURTH, show)
            store(kept, to + 4 * n + j, FIFTH, shown)
            store(after, state + j, OUTPUT, show * shown)
            store(after, state + n + j, CELL, cell)


@bound_kernel
def lstm_step_back(
    kept: Floats, before: Floats, column: int, runs: Truths, g: Floats, g_through: Floats
) -> None:
    """Write the gradient for drive and recurrent alike into `kept`, and go on in `g`.

    Of `g`, of shape (batch, 2*n), the second half belongs to the cell.
    """
    n = g.shape[1] // 2
    one, zero = kept.dtype.type(1), kept.dtype.type(0)
    for i in range(len(g)):
        a, cells, y = kept.shape[1] * i, before.shape[1] * i + column + n, 2 * n * i
        through = g_through.shape[1] * i
        if not runs[i]:
            for j in range(n):
                store(g, y + j, OUTPUT, load(g, y + j, OUTPUT) + load(g_through, through + j, READ))
            for j in range(4 * n):
                kept[i, j] = zero
            continue
        for j in range(n):
            admit, forget = load(kept, a + j, FIRST), load(kept, a + n + j, SECOND)
            candidate, show = load(kept, a + 2 * n + j, THIRD), load(kept, a + 3 * n + j, FOURTH)
            shown, old = load(kept, a + 4 * n + j, FIFTH), load(before, cells + j, READ)
            to = load(g, y + j, OUTPUT) + load(g_through, through + j, READ)
            to_cell = load(g, y + n + j, CELL)
            to_cell += to * show * (one - shown * shown)
            store(kept, a + j, FIRST, to_cell * candidate * admit * (one - admit))
            store(kept, a + n + j, SECOND, to_cell * old * forget * (one - forget))
            store(kept, a + 2 * n + j, THIRD, to_cell * admit * (one - candidate * candidate))
            store(kept, a + 3 * n + j, FOURTH, to * shown * show * (one - show))
            store(g, y + j, OUTPUT, zero)
            store(g, y + n + j, CELL, to_cell * forget)
