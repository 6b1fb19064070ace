"""How much a memory holds, and from how far it recalls."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import numpy as np
from neurosim.models.hopfield.experiments.corruption import corrupt
from neurosim.models.hopfield.experiments.curve import Curve, refuse_seed, vary
from neurosim.models.hopfield.experiments.patterns import patterns_at
from neurosim.models.hopfield.memory import Hopfield
from neurosim.models.hopfield.reading import read_whole

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
    refuse_seed("capacity", options)
    read_whole("capacity(probes)", probes)
    values = vary(
        "capacity(loads)",
        loads,
        trials,
        seed,
        progress,
        lambda load, rng: _kept(load, share, n, probes, rng, options),
    )
    return Curve(np.asarray(loads), values, n, "Load (patterns a unit)", "Final overlap")


def basin_of_attraction(
    n: int = 1000,
    load: float = 0.05,
    shares: Sequence[float] | np.ndarray = SHARES,
    *,
    trials: int = 10,
    probes: int = 10,
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
    trials, probes, seed, progress, **options
        As for `capacity`.

    Returns
    -------
    Curve

    Raises
    ------
    ParameterError
        As for `capacity`.
    """
    refuse_seed("basin_of_attraction", options)
    read_whole("basin_of_attraction(probes)", probes)
    values = vary(
        "basin_of_attraction(shares)",
        shares,
        trials,
        seed,
        progress,
        lambda share, rng: _kept(load, share, n, probes, rng, options),
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


def _kept(
    load: float, share: float, n: int, probes: int, rng: np.random.Generator, options: dict[str, Any]
) -> float:
    # Trials run side by side: each writes into weights of its own.
    given = {"connectivity": "dense" if "rule" in options else "low_rank"} | deepcopy(options)
    patterns = patterns_at(load, n, rng)
    memory = Hopfield(random_state=int(rng.integers(2**31)), **given)
    memory.fit(memory._written(patterns))
    found = memory.recall(memory._written(corrupt(patterns[:probes], share, rng)), threads=1)
    return float(found.overlaps.diagonal().mean())
