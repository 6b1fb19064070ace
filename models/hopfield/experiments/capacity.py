"""How much a memory holds, and from how far it recalls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy, deepcopy
from typing import Any

import numpy as np
from neurosim.models.hopfield.dense_memory import DenseMemory
from neurosim.models.hopfield.experiments.corruption import corrupt
from neurosim.models.hopfield.experiments.curve import Curve, refuse_seed, vary
from neurosim.models.hopfield.experiments.patterns import patterns_at
from neurosim.models.hopfield.memory import Hopfield
from neurosim.models.hopfield.modern import ModernHopfield
from neurosim.models.hopfield.reading import read_whole
from neurosim.models.hopfield.recall import Recall

from neurosim.errors import ParameterError

LOADS = tuple(0.02 * k for k in range(1, 11))
"""Patterns a unit: ten loads, from 0.02 to 0.2."""

SHARES = tuple(0.05 * k for k in range(11))
"""Of flipped units: eleven, from 0 to 0.5."""


def capacity(
    n: int = 2000,
    loads: Sequence[float] | np.ndarray = LOADS,
    *,
    trials: int = 20,
    probes: int = 10,
    share: float = 0.0,
    activity: float | None = None,
    memory: DenseMemory | ModernHopfield | None = None,
    threads: int | None = None,
    seed: int = 0,
    progress: bool = False,
    **options: Any,
) -> Curve:
    """Final overlap with the pattern a run starts at, or near, against load.

    Parameters
    ----------
    n : int, default 2000
        Units.
    loads : sequence of float, default ten from 0.02 to 0.2
        Patterns a unit.
    trials : int, default 20
        Memories of random patterns at each load.
    probes : int, default 10
        Patterns tried in each.
    share : float, default 0
        Of their units, flipped.
    activity : float, optional
        Share of the units of a pattern that are 1; by default each is with even odds. For a rule for few
        active units, such as ``"covariance"``.
    memory : DenseMemory or ModernHopfield, optional
        What stores the patterns, of -1 and 1, in place of a `Hopfield`; it stays as it is.
    threads : int, optional
        On which trials run side by side; by default one for each processor. Results do not depend on it.
    seed : int, default 0
    progress : bool, default False
    **options
        Of `Hopfield`; by default Hebb's rule on factors, and others on a full matrix.

    Returns
    -------
    Curve
        To be compared with `mean_field.retrieval_overlap`.

    Raises
    ------
    ParameterError
        If a number is out of its range, or an option none of a memory of this kind.
    """
    trial = _trial("capacity", n, probes, activity, memory, options)
    values = vary(
        "capacity(loads)",
        loads,
        trials,
        seed,
        progress,
        lambda load, rng: trial(load, share, rng),
        threads,
    )
    return Curve(np.asarray(loads), values, n, "Load (patterns a unit)", "Final overlap")


def basin_of_attraction(
    n: int = 1000,
    load: float = 0.05,
    shares: Sequence[float] | np.ndarray = SHARES,
    *,
    trials: int = 10,
    probes: int = 10,
    activity: float | None = None,
    memory: DenseMemory | ModernHopfield | None = None,
    threads: int | None = None,
    seed: int = 0,
    progress: bool = False,
    **options: Any,
) -> Curve:
    """Final overlap with a pattern of which a share of the units was flipped, against that share.

    Parameters
    ----------
    n : int, default 1000
        Units.
    load : float, default 0.05
        Patterns a unit.
    shares : sequence of float, default eleven from 0 to 0.5
    trials, probes, activity, memory, threads, seed, progress, **options
        As for `capacity`.

    Returns
    -------
    Curve

    Raises
    ------
    ParameterError
        As for `capacity`.
    """
    trial = _trial("basin_of_attraction", n, probes, activity, memory, options)
    values = vary(
        "basin_of_attraction(shares)",
        shares,
        trials,
        seed,
        progress,
        lambda share, rng: trial(load, share, rng),
        threads,
    )
    return Curve(np.asarray(shares), values, n, "Units flipped in the probe (share)", "Final overlap")


def one_step_errors(
    n: int = 1000,
    loads: Sequence[float] | np.ndarray = (0.105, 0.138, 0.185, 0.37, 0.61),
    *,
    trials: int = 10,
    seed: int = 0,
    progress: bool = False,
) -> Curve:
    """Share of units that leave a stored pattern in one synchronous step, against load.

    Parameters
    ----------
    n : int, default 1000
        Units.
    loads : sequence of float, default five
        Patterns a unit.
    trials, seed, progress
        As for `capacity`.

    Returns
    -------
    Curve
        To be compared with `mean_field.one_step_error`.
    """

    def wrong(load: float, rng: np.random.Generator) -> float:
        patterns = patterns_at(load, n, rng)
        memory = Hopfield(update="synchronous").fit(patterns)
        return float((memory.recall(patterns, sweeps=1).states != patterns).mean())

    values = vary("one_step_errors(loads)", loads, trials, seed, progress, wrong)
    return Curve(np.asarray(loads), values, n, "Load (patterns a unit)", "Units wrong after one step (share)")


def _trial(
    where: str,
    n: int,
    probes: int,
    activity: float | None,
    memory: DenseMemory | ModernHopfield | None,
    options: dict[str, Any],
) -> Callable[[float, float, np.random.Generator], float]:
    """What stores random patterns at a load, recalls probes with a share flipped, and tells their overlap."""
    refuse_seed(where, options)
    read_whole(f"{where}(probes)", probes)
    if memory is not None and not isinstance(memory, DenseMemory | ModernHopfield):
        remedy = "Give the options of a Hopfield by name."
        raise ParameterError(f"{where}(memory)", memory, "must be a DenseMemory or a ModernHopfield", remedy)
    if memory is not None and options:
        name, value = next(iter(options.items()))
        raise ParameterError(f"{where}({name})", value, f"is for a Hopfield, and the memory is {memory!r}")

    def trial(load: float, share: float, rng: np.random.Generator) -> float:
        patterns = patterns_at(load, n, rng, activity)
        seed = int(rng.integers(2**31))
        wanted = patterns[:probes]
        given = corrupt(wanted, share, rng)
        if memory is None:
            overlaps = _hopfield(seed, options, patterns, given)
        else:
            overlaps = _recalled(memory, seed, patterns, given)
        return float(overlaps.diagonal().mean())

    return trial


def _hopfield(seed: int, options: dict[str, Any], patterns: np.ndarray, probes: np.ndarray) -> np.ndarray:
    # Trials run side by side: each writes into weights of its own.
    given = {"connectivity": "dense" if "rule" in options else "low_rank"} | deepcopy(options)
    memory = Hopfield(random_state=seed, **given)
    memory.fit(memory._written(patterns))
    return memory.recall(memory._written(probes), threads=1).overlaps


def _recalled(
    memory: DenseMemory | ModernHopfield, seed: int, patterns: np.ndarray, probes: np.ndarray
) -> np.ndarray:
    own = copy(memory)
    if isinstance(own, DenseMemory):
        own.random_state = seed
    found = own.fit(patterns).recall(probes)
    return found.overlaps if isinstance(found, Recall) else own.overlap(found)
