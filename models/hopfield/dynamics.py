"""How states change: unit by unit, in blocks, or all at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from neurosim.connectivity import Dense, LowRank

if TYPE_CHECKING:
    from neurosim.models.hopfield.memory import Hopfield

UPDATES = ("asynchronous", "synchronous", "block")

WORTH_A_THREAD = 1_000_000
"""Units in a batch, in sweeps, below which threads cost more than they bring."""

SYNCHRONOUS_STREAM = 2**32 - 1
"""Of random numbers, beyond those of the probes in other orders."""


class Done(NamedTuple):
    """Where states went; see `Recall`."""

    states: np.ndarray
    sweeps: np.ndarray
    flips: np.ndarray
    periods: np.ndarray
    kept: np.ndarray | None


def in_turn(
    memory: Hopfield, probes: np.ndarray, temperatures: np.ndarray, *, trajectory: bool, threads: int | None
) -> Done:
    """Sweeps over the units, or blocks of them, each of which sees at once what those before it became."""
    from neurosim.kernels.attractors.flips import ORDERS

    states = np.ascontiguousarray(probes)
    batch, n = states.shape
    sweeps, flips, periods = np.zeros((3, batch), np.int64)
    kept = np.empty((batch, temperatures.size + 1 if trajectory else 0, n), np.int8)
    block = memory.block if memory.update == "block" else 1
    # A block of all units knows no order, but only without chance are cycles looked for.
    order = ORDERS.index("cyclic" if block >= n else memory.order)
    kernel, fixed, fields = _prepared(memory, states)

    def share(lo: int, hi: int) -> None:
        part = slice(lo, hi)
        kernel(
            states[part], fields[part], *fixed, lo, order, block, 0, temperatures,
            memory._tie, np.uint64(memory.random_state), sweeps[part], flips[part], periods[part],
            kept[part],
        )  # fmt: skip

    _share_out(share, batch, n, threads)
    if not trajectory:
        return Done(states, sweeps, flips, periods, None)
    for b in np.flatnonzero(sweeps < sweeps.max()):
        kept[b, sweeps[b] + 1 : sweeps.max() + 1] = states[b]
    course = np.ascontiguousarray(kept[:, : sweeps.max() + 1].swapaxes(0, 1))
    return Done(states, sweeps, flips, periods, course)


def one_sweep(memory: Hopfield, states: np.ndarray, late: np.ndarray, sweep: int) -> np.ndarray:
    """Change states in place by one sweep through a `Dense`, with further fields that do not change.

    Parameters
    ----------
    memory : Hopfield
    states : int8 array of -1 and 1, shape (batch, n), C-contiguous
    late : ndarray of shape (batch, n)
        The further fields.
    sweep : int
        Its number.

    Returns
    -------
    ndarray of int, shape (batch,)
        Units that changed.
    """
    from neurosim.kernels.attractors.flips import ORDERS, flip_matrix

    counts = np.zeros((3, len(states)), np.int64)
    flip_matrix(
        states, memory._fields(states) + late, memory.connectivity_.weights, None, None, 0,
        ORDERS.index(memory.order), 1, sweep, np.zeros(1), memory._tie, np.uint64(memory.random_state),
        *counts, np.empty((len(states), 0, memory.patterns_.shape[1]), np.int8),
    )  # fmt: skip
    return counts[1]


def synchronous(
    memory: Hopfield, probes: np.ndarray, temperatures: np.ndarray, *, trajectory: bool, threads: int | None
) -> Done:
    """All units at once; symmetric weights end at a fixed point or in a cycle of two states."""
    states, before, mark = probes.copy(), np.zeros_like(probes), probes.copy()
    batch = len(states)
    sweeps, flips, periods = np.full(batch, len(temperatures)), *np.zeros((2, batch), np.int64)
    running = np.arange(batch)
    kept = [states.copy()]
    since, span = 0, 1
    for k, temperature in enumerate(temperatures):
        old = states[running]
        fields = memory._fields(old)
        if temperature > 0:
            with np.errstate(over="ignore"):
                odds = 1 / (1 + np.exp(-2 * fields / temperature))
            new = np.where(_chances(memory.random_state, k, states.shape)[running] < odds, 1, -1)
        else:
            new = np.where(np.abs(fields) <= memory._tie, old, np.sign(fields))
        states[running] = new
        new = states[running]
        flips[running] += (new != old).sum(axis=1)
        since += 1
        if temperature == 0:
            # Cycles of two at once, longer ones where they come back to a mark.
            periods[running[(new == mark[running]).all(axis=1)]] = since
            periods[running[(new == before[running]).all(axis=1)]] = 2
            periods[running[(new == old).all(axis=1)]] = 1
        sweeps[running[periods[running] > 0]] = k + 1
        before[running] = old if temperature == 0 else 0
        if temperature > 0 or since == span:
            mark[running] = new
            since, span = 0, (1 if temperature > 0 else 2 * span)
        running = running[periods[running] == 0]
        if trajectory:
            kept.append(states.copy())
        if not running.size:
            break
    return Done(states, sweeps, flips, periods, np.stack(kept) if trajectory else None)


def _chances(seed: int, sweep: int, shape: tuple[int, int]) -> np.ndarray:
    """Uniform random numbers, the same for a probe in any batch."""
    from neurosim.kernels.mathematics.random import uniform_block

    out = np.empty((1, shape[0] * shape[1]))
    uniform_block(np.uint64(seed), SYNCHRONOUS_STREAM, sweep, 1, 0, out.size, out)
    return out.reshape(shape)


def _prepared(
    memory: Hopfield, states: np.ndarray
) -> tuple[Callable[..., None], tuple[Any, ...], np.ndarray]:
    """The kernel for a connectivity, what else it is given, and the fields or overlaps of the states."""
    from neurosim.kernels.attractors.flips import flip_factorised, flip_matrix

    connectivity = memory.connectivity_
    if isinstance(connectivity, LowRank):
        left, right = connectivity.left, connectivity.right.T
        overlaps = (states.astype(left.dtype) @ left).astype(np.float64)
        return flip_factorised, (left, right, memory._self_weights, memory.bias_), overlaps
    fields = memory._fields(states)
    if isinstance(connectivity, Dense):
        return flip_matrix, (connectivity.weights, None, None), fields
    matrix = connectivity.to_sparse()
    rows = (matrix.data[None], matrix.indices.astype(np.int32), matrix.indptr.astype(np.int64))
    return flip_matrix, rows, fields


def _share_out(share: Callable[[int, int], None], batch: int, n: int, threads: int | None) -> None:
    from neurosim.kernels.core.threads import processors

    threads = min(threads or processors(), batch)
    if threads < 2 or batch * n < WORTH_A_THREAD:
        share(0, batch)
        return
    bounds = np.linspace(0, batch, threads + 1).astype(int)
    with ThreadPoolExecutor(threads) as pool:
        parts = [pool.submit(share, lo, hi) for lo, hi in pairwise(bounds)]
        for part in parts:
            part.result()
