"""Units of two states that look at their inputs one after the other: asynchronous recall.

A kernel takes a batch of states through sweeps over all units. A unit that changes tells the others at once:
through a matrix that costs O(n) a flip, through a factorised one O(rank). What a unit sends itself is left
out. The orders are numbered as `ORDERS` lists them, and random numbers belong to (seed, probe, sweep, unit),
so that the result does not depend on the batch or the threads.

Units may also look in blocks: those of a block decide together, before any of them changes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import exact_kernel, inline, kernel
from neurosim.kernels.mathematics.random import uniform
from neurosim.kernels.mathematics.simd_math import exp

ORDERS = ("random", "cyclic", "greedy")

Floats = NDArray[np.floating[Any]]
States = NDArray[np.int8]
Counts = NDArray[np.int64]

RANDOM, GREEDY = 0, 2
SHUFFLE_STREAM = 2**31
"""Streams of probe k: k for the units' chances, this and k for the order."""


@inline
def decided(state: int, field: float, tie: float, temperature: float, chance: float) -> int:
    """The next state of a unit: the sign of its field, kept on a tie; or up at the odds of Glauber."""
    if temperature > 0.0:
        return 1 if chance * (1.0 + exp(-2.0 * field / temperature)) < 1.0 else -1
    return state if abs(field) <= tie else (1 if field > 0.0 else -1)


@inline
def shuffle(order: NDArray[np.int32], seed: int, probe: int, sweep: int) -> None:
    """Shuffle in place (Fisher and Yates)."""
    for k in range(order.size - 1, 0, -1):
        other = int(uniform(seed, SHUFFLE_STREAM + probe, sweep, k) * (k + 1))
        order[k], order[other] = order[other], order[k]


@inline
def most_driven(states: States, fields: Floats, tie: float) -> int:
    """The unit whose field is strongest against its state; -1 if every unit agrees with its own."""
    best, largest = -1, tie
    for j in range(states.size):
        against = -states[j] * fields[j]
        if against > largest:
            best, largest = j, against
    return best


@inline
def copy(source: States, target: States) -> None:
    """Copy a state; a loop compiles in a fraction of the time of ``target[:] = source``."""
    for i in range(source.size):
        target[i] = source[i]


@inline
def same(a: States, b: States) -> bool:
    """Whether two states are equal."""
    for i in range(a.size):  # noqa: SIM110 - a generator does not compile
        if a[i] != b[i]:
            return False
    return True


@inline
def closed(
    state: States, mark: States, changed: int, temperature: float, order_of: int, since: int, span: int
) -> tuple[int, int, int]:
    """Whether a sweep came to rest or back to a marked state; marks are 1, 2, 4, ... sweeps apart.

    Parameters
    ----------
    state, mark : int8 arrays of shape (n,)
        The mark is set anew when its span is over, or where noise moved the state.
    changed : int
        Units that the sweep changed.
    temperature : float
    order_of : int
    since, span : int
        Sweeps since the mark, and until the next.

    Returns
    -------
    period, since, span : int
        1 at rest, more in a cycle, 0 otherwise.
    """
    if temperature > 0.0:
        copy(state, mark)
        return 0, 0, 1
    since += 1
    if changed == 0:
        return 1, since, span
    if order_of != RANDOM and same(state, mark):
        return since, since, span
    if since == span:
        copy(state, mark)
        return 0, 0, 2 * span
    return 0, since, span


@exact_kernel
def flip_matrix(
    states: States,
    fields: NDArray[np.float64],
    weights: Floats,
    targets: Any,
    row_starts: Any,
    first_probe: int,
    order_of: int,
    block: int,
    first_sweep: int,
    temperatures: NDArray[np.float64],
    tie: float,
    seed: int,
    sweeps: Counts,
    flips: Counts,
    periods: Counts,
    kept: States,
) -> None:
    """Recall through a matrix, to a fixed point or to the last sweep.

    Parameters
    ----------
    states : int8 array of shape (batch, n)
        -1 or 1; changed in place.
    fields : ndarray of shape (batch, n)
        Input of each unit, without what it sends itself; changed in place.
    weights : ndarray of shape (n, n), or (1, n_synapses)
        W[pre, post], or the weights of compressed rows.
    targets, row_starts : integer arrays, or None for a full matrix
        Unit i has the synapses from ``row_starts[i]`` up to ``row_starts[i + 1]``.
    first_probe : int
        Number of the first state.
    order_of : int
        Place in `ORDERS`.
    block : int
        Units that decide together; 1 in the greedy order.
    first_sweep : int
        Number of the first sweep.
    temperatures : ndarray of shape (most_sweeps,)
        Of each sweep; a run ends at a fixed point or in a cycle only where it is 0.
    tie : float
        Field below which a unit stays as it is.
    seed : int
    sweeps, flips, periods : int64 arrays of shape (batch,)
        Filled: sweeps done, the one that found nothing to do or closed a cycle included; units that changed;
        1 for a fixed point, more for a cycle of so many sweeps, and 0 for neither. Cycles are looked for
        (Brent 1980, doi:10.1007/BF01933190) in orders that are the same each time, as chance closes none.
    kept : int8 array of shape (batch, most_sweeps + 1, n), or (batch, 0, n)
        Filled with the states before the first sweep and after each that was done, if there is room.
    """
    n = states.shape[1]
    order = np.arange(n).astype(np.int32)
    flipped = np.empty(block, np.int32)
    mark = np.empty(n, np.int8)
    for b in range(states.shape[0]):
        s, h, probe = states[b], fields[b], first_probe + b
        flips[b], sweeps[b], periods[b] = 0, temperatures.size, 0
        copy(s, mark)
        since, span = 0, 1
        if kept.shape[1] > 0:
            copy(s, kept[b, 0])
        for sweep in range(temperatures.size):
            temperature, changed = temperatures[sweep], 0
            if order_of == RANDOM:
                for k in range(n):
                    order[k] = k
                shuffle(order, seed, probe, first_sweep + sweep)
            for start in range(0, n, block):
                count = 0
                for k in range(start, min(start + block, n)):
                    j = order[k]
                    if order_of == GREEDY:
                        j = most_driven(s, h, tie)
                        if j < 0:
                            break
                    chance = uniform(seed, probe, first_sweep + sweep, j) if temperature > 0.0 else 0.0
                    if decided(s[j], h[j], tie, temperature, chance) != s[j]:
                        flipped[count] = j
                        count += 1
                for f in range(count):
                    j = flipped[f]
                    s[j] = -s[j]
                    own, step = h[j], 2.0 * s[j]
                    if targets is None:
                        row = weights[j]
                        for i in range(n):
                            h[i] += step * row[i]
                    else:
                        for c in range(row_starts[j], row_starts[j + 1]):
                            h[targets[c]] += step * weights[0, c]
                    h[j] = own
                changed += count
                if order_of == GREEDY and count == 0:
                    break
            flips[b] += changed
            if kept.shape[1] > 0:
                copy(s, kept[b, sweep + 1])
            periods[b], since, span = closed(s, mark, changed, temperature, order_of, since, span)
            if periods[b] > 0:
                sweeps[b] = sweep + 1
                break


@kernel
def flip_factorised(
    states: States,
    overlaps: NDArray[np.float64],
    left: Floats,
    right: Floats,
    self_weights: NDArray[np.float64],
    bias: NDArray[np.float64],
    first_probe: int,
    order_of: int,
    block: int,
    first_sweep: int,
    temperatures: NDArray[np.float64],
    tie: float,
    seed: int,
    sweeps: Counts,
    flips: Counts,
    periods: Counts,
    kept: States,
) -> None:
    """Recall through ``W = left @ right.T``, which is never formed; otherwise as `flip_matrix`.

    Parameters
    ----------
    overlaps : ndarray of shape (batch, rank)
        ``states @ left``; changed in place.
    left, right : ndarrays of shape (n, rank)
    self_weights : ndarray of shape (n,)
        Diagonal of W, which is left out.
    bias : ndarray of shape (n,)
    order_of : int
        Random or cyclic: the greedy order needs all fields at every flip.
    """
    n, rank = left.shape
    order = np.arange(n).astype(np.int32)
    flipped = np.empty(block, np.int32)
    mark = np.empty(n, np.int8)
    for b in range(states.shape[0]):
        s, m, probe = states[b], overlaps[b], first_probe + b
        flips[b], sweeps[b], periods[b] = 0, temperatures.size, 0
        copy(s, mark)
        since, span = 0, 1
        if kept.shape[1] > 0:
            copy(s, kept[b, 0])
        for sweep in range(temperatures.size):
            temperature, changed = temperatures[sweep], 0
            if order_of == RANDOM:
                for k in range(n):
                    order[k] = k
                shuffle(order, seed, probe, first_sweep + sweep)
            for start in range(0, n, block):
                count = 0
                for k in range(start, min(start + block, n)):
                    j = order[k]
                    row = right[j]
                    field = bias[j] - self_weights[j] * s[j]
                    for p in range(rank):
                        field += m[p] * row[p]
                    chance = uniform(seed, probe, first_sweep + sweep, j) if temperature > 0.0 else 0.0
                    if decided(s[j], field, tie, temperature, chance) != s[j]:
                        flipped[count] = j
                        count += 1
                for f in range(count):
                    j = flipped[f]
                    s[j] = -s[j]
                    step, sent = 2.0 * s[j], left[j]
                    for p in range(rank):
                        m[p] += step * sent[p]
                changed += count
            flips[b] += changed
            if kept.shape[1] > 0:
                copy(s, kept[b, sweep + 1])
            periods[b], since, span = closed(s, mark, changed, temperature, order_of, since, span)
            if periods[b] > 0:
                sweeps[b] = sweep + 1
                break
