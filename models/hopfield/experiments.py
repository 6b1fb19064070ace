"""Experiments on associative memory: how much it holds, and from how far it recalls."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from neurosim.models.hopfield.memory import Hopfield

from neurosim.errors import ParameterError

LOADS = tuple(0.02 * k for k in range(1, 11))
"""Patterns a unit: ten loads, from 0.02 to 0.2."""

SHARES = tuple(0.05 * k for k in range(11))
"""Of flipped units: eleven, from 0 to 0.5."""


@dataclass(frozen=True)
class Curve:
    """Overlaps against what was varied.

    Attributes
    ----------
    x : ndarray, shape (points,)
        Load in patterns a unit, or share of flipped bits.
    overlaps : ndarray, shape (points, trials)
        Mean final overlap of each trial with the pattern it began at.
    n : int
        Units.
    """

    x: np.ndarray
    overlaps: np.ndarray
    n: int

    @property
    def mean(self) -> np.ndarray:
        """Over trials, shape (points,)."""
        mean: np.ndarray = self.overlaps.mean(axis=1)
        return mean

    @property
    def error(self) -> np.ndarray:
        """Standard error of the mean, shape (points,); of two trials or more."""
        trials = self.overlaps.shape[1]
        error: np.ndarray = (
            self.overlaps.std(axis=1, ddof=1) / np.sqrt(trials) if trials > 1 else 0 * self.mean
        )
        return error


def random_patterns(m: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """Patterns of -1 and 1 with equal odds, int8 of shape (m, n)."""
    return 2 * rng.integers(0, 2, (m, n), dtype=np.int8) - 1


def sparse_patterns(m: int, n: int, activity: float, rng: np.random.Generator) -> np.ndarray:
    """Patterns of 0 and 1 with ``round(activity*n)`` ones each at random places, int8 of shape (m, n)."""
    return rng.permuted(np.tile(np.arange(n) < round(activity * n), (m, 1)), axis=1).astype(np.int8)


def corrupt(patterns: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Flip an exact share of the units of each pattern, chosen at random.

    Parameters
    ----------
    patterns : ndarray of -1 and 1, shape (m, n)
    share : float
        From 0 to 1; rounded to whole units.
    rng : numpy.random.Generator

    Raises
    ------
    ParameterError
        If the share is none.
    """
    if not 0 <= share <= 1:
        raise ParameterError("corrupt(share)", share, "must be from 0 to 1")
    m, n = patterns.shape
    count = round(share * n)
    chosen = (
        np.argpartition(rng.random((m, n)), count - 1, axis=1)[:, :count] if count else np.zeros((m, 0), int)
    )
    damaged = patterns.copy()
    np.put_along_axis(damaged, chosen, -np.take_along_axis(patterns, chosen, axis=1), axis=1)
    return damaged


def capacity(
    n: int = 2000,
    loads: Sequence[float] | np.ndarray = LOADS,
    *,
    trials: int = 20,
    probes: int = 10,
    seed: int = 0,
    progress: bool = False,
    **options: Any,
) -> Curve:
    """Final overlap with the pattern a run starts at, against load.

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
    seed : int, default 0
    progress : bool, default False
    **options
        Of `Hopfield`; by default Hebb's rule on factors.

    Returns
    -------
    Curve
    """
    given = {"connectivity": "low_rank"} | options
    return _vary(
        np.asarray(loads), n, trials, seed, progress, lambda load, rng: _kept(load, n, probes, rng, given)
    )


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
    """
    given = {"connectivity": "low_rank"} | options
    return _vary(
        np.asarray(shares),
        n,
        trials,
        seed,
        progress,
        lambda share, rng: _kept(load, n, probes, rng, given, share),
    )


def _vary(x: np.ndarray, n: int, trials: int, seed: int, progress: bool, measure: Any) -> Curve:
    from tqdm import tqdm

    overlaps = np.zeros((x.size, trials))
    with tqdm(total=overlaps.size, disable=not progress, unit="memory") as bar:
        for k, value in enumerate(x):
            for trial in range(trials):
                overlaps[k, trial] = measure(float(value), np.random.default_rng([seed, k, trial]))
                bar.update()
    return Curve(x, overlaps, n)


def _kept(
    load: float, n: int, probes: int, rng: np.random.Generator, options: dict[str, Any], share: float = 0.0
) -> float:
    patterns = random_patterns(max(1, round(load * n)), n, rng)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # loads beyond the critical one are what this is about
        memory = Hopfield(random_state=int(rng.integers(2**31)), **options).fit(patterns)
    tried = patterns[:probes]
    return float(memory.recall(corrupt(tried, share, rng)).overlaps.diagonal().mean())
