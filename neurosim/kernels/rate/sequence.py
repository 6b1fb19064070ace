"""A recurrent layer going through its steps, and back, with the products of each step.

The rows of a batch know nothing of each other: some of them go through all steps while what they need stays
in the cache, and threads take different rows. Arrays are those of `neurosim.kernels.rate.recurrence` for all
steps, in the order in which they are taken: `seen` of shape (time + 1, batch, ...) holds what units see at a
step, the input and from `column` on the state before; `runs` is (time, batch), `kept` (time, batch, ...).

What the units are follows from what is given: the `share` and `activation` of leaky ones, the `bias` of a GRU
for the recurrent part of its candidate, or neither for an LSTM. Only theirs is then compiled.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import bound, kernel
from neurosim.kernels.rate.panels import ROWS_AT_ONCE, add_rows
from neurosim.kernels.rate.recurrence import (
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
    n: int,
    drive: Floats,
    recurrent: Floats,
    before: Floats,
    column: int,
    runs: Truths,
    kept: Floats,
    after: Floats,
) -> None:
    """Take a step of `n` units; `recurrent` is for a GRU alone, the drive of others contains it."""
    if share is not None:
        leaky_step(drive, before, column, runs, share, activation, kept, after)
    elif bias is not None:
        gru_step(drive, recurrent, before, column, runs, bias, kept, after)
    else:
        lstm_step(n, drive, before, column, runs, kept, after)


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
    g_through: Floats,
) -> None:
    """Go back over a step."""
    if share is not None:
        leaky_step_back(kept, runs, share, activation, g, g_through)
    elif bias is not None:
        gru_step_back(kept, before, column, runs, g, g_through)
    else:
        lstm_step_back(kept, before, column, runs, g, g_through)


_step, _step_back, _add_rows = (bound(compiled) for compiled in (take_step, take_step_back, add_rows))


@kernel
def go_forth(
    bias: Floats | None,
    share: Floats | None,
    activation: int,
    offsets: Floats,
    panels: Floats,
    recurrent_panels: Floats,
    x: Floats,
    start: Floats,
    rests: bool,
    seen: Floats,
    column: int,
    runs: Truths,
    kept: Floats,
    first: int,
    last: int,
) -> None:
    """Take all steps with rows `first` to `last`.

    `offsets` is the bias of the gates, `panels` and `recurrent_panels` are those of the weights. `x` (batch,
    time, n_inputs) are the inputs, `start` (batch or 1, n_state) is the first state, and `rests` tells that
    it is 0; `seen` receives them, a 1 behind the inputs, and the states.
    """
    n_rows, pitch = seen.shape[1:]
    n_inputs, n_state, n_gates = x.shape[2], start.shape[1], offsets.size
    n = recurrent_panels.shape[1]
    numbers = seen.reshape(-1)
    drive = np.zeros((ROWS_AT_ONCE, panels.shape[0] * panels.shape[2]), seen.dtype)
    recurrent = drive if bias is None else np.empty_like(drive)
    for a in range(first, last, ROWS_AT_ONCE):
        b = min(a + ROWS_AT_ONCE, last)
        for i in range(a, b):
            for j in range(n_state):
                seen[0, i, column + j] = start[i % len(start), j]
        for k in range(len(runs)):
            for i in range(a, b):
                for j in range(n_inputs):
                    seen[k, i, j] = x[i, k, j]
                seen[k, i, n_inputs] = 1
                for j in range(n_gates):
                    drive[i - a, j] = offsets[j]
            here = (k * n_rows + a) * pitch
            _add_rows(numbers, here, pitch, 1, b - a, panels, drive)
            if bias is not None:
                recurrent[:] = 0
            if k > 0 or not rests:
                _add_rows(numbers, here + column, pitch, 1, b - a, recurrent_panels, recurrent)
            before, after = seen[k, a:b], seen[k + 1, a:b]
            _step(
                bias, share, activation, n, drive, recurrent, before, column, runs[k, a:b], kept[k, a:b],
                after,
            )  # fmt: skip


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
    window: int,
    to_start: bool,
    first: int,
    last: int,
) -> None:
    """Go back over all steps with rows `first` to `last`.

    The gradient for the drive takes the place of what was kept; that for the recurrent side of a GRU begins
    as many columns later as there are units. `g` (batch, n_state) holds the gradient for the last state; it
    receives that for the first state by itself, and `g_through` (batch, at least n) that through the
    connections, if `to_start`. `g_out` is of shape (time, batch, up to n_state), or (0, ...) where there is
    none. `panels` are those of the transposed weights.
    """
    n_times, n_rows, pitch = kept.shape
    slopes = kept.reshape(-1)
    skipped = 0 if bias is None else bias.size
    for a in range(first, last, ROWS_AT_ONCE):
        b = min(a + ROWS_AT_ONCE, last)
        to, through = g[a:b], g_through[a:b]
        through[:] = 0
        for k in range(n_times - 1, -1, -1):
            if len(g_out) > 0:
                for i in range(a, b):
                    for j in range(g_out.shape[2]):
                        g[i, j] += g_out[k, i, j]
            _step_back(bias, share, activation, kept[k, a:b], seen[k, a:b], column, runs[k, a:b], to, through)
            if k == 0 and not to_start:
                continue
            through[:] = 0
            if k and k % window == 0:
                to[:] = 0
            else:
                _add_rows(slopes, (k * n_rows + a) * pitch + skipped, pitch, 1, b - a, panels, through)
