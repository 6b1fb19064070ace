"""A recurrent layer going through its steps, and back, with the products of each step.

The rows of a batch know nothing of each other: some of them go through all steps while what they need stays
in the cache, and threads take different rows. Arrays are those of `neurosim.kernels.recurrence` for all
steps, in the order in which they are taken: `seen` of shape (time + 1, batch, ...) holds what units see at a
step, the input and from `column` on the state before; `runs` is (time, batch), `kept` (time, batch, ...).

What the units are follows from what is given: the `share` and `activation` of leaky ones, the `bias` of a GRU
for the recurrent part of its candidate, or neither for an LSTM. Only theirs is then compiled.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.jit import bound, kernel
from neurosim.kernels.panels import ROWS_AT_ONCE, add_rows
from neurosim.kernels.recurrence import (
    gru_step,
    gru_step_back,
    leaky_step,
    leaky_step_back,
    lstm_step,
    lstm_step_back,
)

Floats = NDArray[np.floating[Any]]
Truths = NDArray[np.bool_]


@kernel
def take_step(
    bias: Floats | None,
    share: Floats | None,
    activation: int,
    drive: Floats,
    recurrent: Floats,
    before: Floats,
    column: int,
    runs: Truths,
    kept: Floats,
    after: Floats,
) -> None:
    """Take a step; `recurrent` is looked at for a GRU alone, in the drive of others it is contained."""
    if share is not None:
        leaky_step(drive, before, column, runs, share, activation, kept, after)
    elif bias is not None:
        gru_step(drive, recurrent, before, column, runs, bias, kept, after)
    else:
        lstm_step(drive, before, column, runs, kept, after)


@kernel
def take_step_back(
    bias: Floats | None,
    share: Floats | None,
    activation: int,
    kept: Floats,
    before: Floats,
    column: int,
    runs: Truths,
    g: Floats,
    g_out: Floats,
    g_through: Floats,
    g_drive: Floats,
    g_recurrent: Floats,
) -> None:
    """Go back over a step; but for a GRU the gradients for drive and recurrent are one array."""
    if share is not None:
        leaky_step_back(kept, runs, share, activation, g, g_out, g_through, g_drive)
    elif bias is not None:
        gru_step_back(kept, before, column, runs, g, g_out, g_through, g_drive, g_recurrent)
    else:
        lstm_step_back(kept, before, column, runs, g, g_out, g_through, g_drive)


_step, _step_back, _add_rows = (bound(compiled) for compiled in (take_step, take_step_back, add_rows))


@kernel
def go_forth(
    bias: Floats | None,
    share: Floats | None,
    activation: int,
    panels: Floats,
    recurrent_panels: Floats,
    seen: Floats,
    column: int,
    runs: Truths,
    kept: Floats,
    first: int,
    last: int,
) -> None:
    """Take all steps with rows `first` to `last`.

    `panels` and `recurrent_panels` are those of the weights. `seen` has the inputs and the first state and
    receives the others.
    """
    n_rows, pitch = seen.shape[1:]
    numbers = seen.reshape(-1)
    drive = np.empty((ROWS_AT_ONCE, panels.shape[0] * panels.shape[2]), seen.dtype)
    recurrent = drive if bias is None else np.empty_like(drive)
    for a in range(first, last, ROWS_AT_ONCE):
        b = min(a + ROWS_AT_ONCE, last)
        for k in range(len(runs)):
            start = (k * n_rows + a) * pitch
            drive[:] = 0
            recurrent[:] = 0
            _add_rows(numbers, start, pitch, 1, b - a, panels, drive)
            _add_rows(numbers, start + column, pitch, 1, b - a, recurrent_panels, recurrent)
            before, after = seen[k, a:b], seen[k + 1, a:b]
            _step(
                bias, share, activation, drive, recurrent, before, column, runs[k, a:b], kept[k, a:b], after
            )


@kernel
def go_back(
    bias: Floats | None,
    share: Floats | None,
    activation: int,
    kept: Floats,
    seen: Floats,
    column: int,
    runs: Truths,
    g_out: Floats,
    panels: Floats,
    g: Floats,
    g_through: Floats,
    g_drive: Floats,
    g_recurrent: Floats,
    window: int,
    first: int,
    last: int,
) -> None:
    """Go back over all steps with rows `first` to `last`.

    `g` (batch, n_state) holds the gradient for the last state, `g_through` (batch, at least n) zeros; they
    receive that for the first state, by itself and through the connections. `g_out` is of shape (time, batch,
    n_state), or holds one step for all. `panels` are those of the transposed weights.
    """
    n_times, n_rows, pitch = g_recurrent.shape
    slopes = g_recurrent.reshape(-1)
    for a in range(first, last, ROWS_AT_ONCE):
        b = min(a + ROWS_AT_ONCE, last)
        to, through = g[a:b], g_through[a:b]
        for k in range(n_times - 1, -1, -1):
            _step_back(
                bias, share, activation, kept[k, a:b], seen[k, a:b], column, runs[k, a:b], to,
                g_out[k % len(g_out), a:b], through, g_drive[k, a:b], g_recurrent[k, a:b],
            )  # fmt: skip
            through[:] = 0
            if k and k % window == 0:
                to[:] = 0
            else:
                _add_rows(slopes, (k * n_rows + a) * pitch, pitch, 1, b - a, panels, through)
