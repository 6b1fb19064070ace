"""How states change: unit by unit, or all at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from neurosim.connectivity import Dense, LowRank
from neurosim.connectivity.connectivity import Connectivity

if TYPE_CHECKING:
    from neurosim.models.hopfield.memory import Hopfield

UPDATES = ("asynchronous", "synchronous")

WORTH_A_THREAD = 1_000_000
"""Units in a batch, in sweeps, below which threads cost more than they bring."""


class Done(NamedTuple):
    """Where states went: as in `Recall`, with the sweeps below 0 where they are not at rest."""

    states: np.ndarray
    sweeps: np.ndarray
    flips: np.ndarray
    outcome: np.ndarray
    kept: list[np.ndarray] | None


def self_weights(connectivity: Connectivity) -> np.ndarray:
    """Diagonal of W, shape (n,)."""
    if isinstance(connectivity, Dense):
        return connectivity.weights.diagonal().astype(np.float64)
    if isinstance(connectivity, LowRank):
        return np.einsum("ip,ip->i", connectivity.left, connectivity.right.T, dtype=np.float64)
    return connectivity.to_sparse().diagonal().astype(np.float64)


def tie_of(connectivity: Connectivity) -> float:
    """Field below which a unit stays as it is: what rounding may leave of a sum that is 0."""
    eps = float(np.finfo(connectivity.weights.dtype).eps)
    largest = max(float(connectivity.weights.max()), -float(connectivity.weights.min()))
    if isinstance(connectivity, LowRank):
        largest = largest**2 * connectivity.rank
    return 8 * eps * largest * connectivity.n_pre**0.5


def asynchronous(
    memory: Hopfield, probes: np.ndarray, temperatures: np.ndarray, *, trajectory: bool, threads: int | None
) -> Done:
    """Sweeps over the units, each of which sees at once what those before it became."""
    from neurosim.kernels.flips import ORDERS

    states = np.ascontiguousarray(probes)
    batch, n = states.shape
    sweeps, flips = np.zeros(batch, np.int64), np.zeros(batch, np.int64)
    order = ORDERS.index(memory.order)
    kernel, fixed, fields = _prepared(memory, states)
    seed = np.uint64(memory.random_state)

    def share(lo: int, hi: int, first_sweep: int, heat: np.ndarray) -> None:
        part = slice(lo, hi)
        kernel(
            states[part], fields[part], *fixed, lo, order, first_sweep, heat, memory._tie, seed, sweeps[part],
            flips[part],
        )  # fmt: skip

    if not trajectory:
        _share_out(share, batch, n, threads, temperatures)
        return Done(states, sweeps, flips, np.where(sweeps > 0, "converged", "unfinished"), None)
    kept, total = [states.copy()], np.zeros(batch, np.int64)
    ended = np.zeros(batch, np.int64)
    for k in range(len(temperatures)):
        share(0, batch, k, temperatures[k : k + 1])
        total += flips
        kept.append(states.copy())
        ended = np.where((ended == 0) & (sweeps > 0), k + 1, ended)
        if (ended > 0).all():
            break
    counted = np.where(ended > 0, ended, -len(temperatures))
    return Done(states, counted, total, np.where(counted > 0, "converged", "unfinished"), kept)


def synchronous(
    memory: Hopfield, probes: np.ndarray, temperatures: np.ndarray, *, trajectory: bool, threads: int | None
) -> Done:
    """All units at once; symmetric weights end at a fixed point or in a cycle of two states."""
    states, before = probes.copy(), np.zeros_like(probes)
    batch = len(states)
    sweeps, flips = -np.full(batch, len(temperatures)), np.zeros(batch, np.int64)
    outcome = np.full(batch, "unfinished", dtype="<U10")
    running = np.arange(batch)
    kept = [states.copy()] if trajectory else None
    rng = np.random.default_rng(memory.random_state)
    for k, temperature in enumerate(temperatures):
        old = states[running]
        fields = memory.fields(old)
        if temperature > 0:
            with np.errstate(over="ignore"):
                new = np.where(rng.random(old.shape) * (1 + np.exp(-2 * fields / temperature)) < 1, 1, -1)
        else:
            new = np.where(np.abs(fields) <= memory._tie, old, np.sign(fields))
        new = new.astype(np.int8)
        flips[running] += (new != old).sum(axis=1)
        still = (new == old).all(axis=1) & (temperature == 0)
        cycling = (new == before[running]).all(axis=1) & (temperature == 0) & ~still & (k > 0)
        before[running], states[running] = old, new
        sweeps[running[still | cycling]] = k + 1
        outcome[running[still]], outcome[running[cycling]] = "converged", "cycling"
        running = running[~(still | cycling)]
        if kept is not None:
            kept.append(states.copy())
        if not running.size:
            break
    return Done(states, sweeps, flips, outcome, kept)


def _prepared(
    memory: Hopfield, states: np.ndarray
) -> tuple[Callable[..., None], tuple[Any, ...], np.ndarray]:
    """The kernel for a connectivity, what else it is given, and the fields or overlaps of the states."""
    from neurosim.kernels.flips import flip_factorised, flip_matrix

    connectivity = memory.connectivity_
    if isinstance(connectivity, LowRank):
        left, right = connectivity.left, connectivity.right.T
        overlaps = (states.astype(left.dtype) @ left).astype(np.float64)
        return flip_factorised, (left, right, memory._self_weights, memory.bias_), overlaps
    fields = memory.fields(states)
    if isinstance(connectivity, Dense):
        return flip_matrix, (connectivity.weights, None, None), fields
    matrix = connectivity.to_sparse()
    rows = (matrix.data[None], matrix.indices.astype(np.int32), matrix.indptr.astype(np.int64))
    return flip_matrix, rows, fields


def _share_out(
    share: Callable[..., None], batch: int, n: int, threads: int | None, temperatures: np.ndarray
) -> None:
    threads = min(threads or os.cpu_count() or 1, batch)
    if threads < 2 or batch * n < WORTH_A_THREAD:
        share(0, batch, 0, temperatures)
        return
    bounds = np.linspace(0, batch, threads + 1).astype(int)
    with ThreadPoolExecutor(threads) as pool:
        parts = [pool.submit(share, lo, hi, 0, temperatures) for lo, hi in pairwise(bounds)]
        for part in parts:
            part.result()
