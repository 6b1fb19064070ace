"""States at rest that were never stored: mixtures of patterns, negatives, and others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from neurosim.models.hopfield.experiments.curve import read_points
from neurosim.models.hopfield.experiments.patterns import random_patterns
from neurosim.models.hopfield.memory import Hopfield
from neurosim.models.hopfield.reading import read_whole

from neurosim.errors import ParameterError

KINDS = ("pattern", "negative", "mixture of 3", "other")
"""Of states at rest."""


@dataclass(frozen=True)
class SpuriousStates:
    """Mixtures of stored patterns, and where runs from random states end.

    Attributes
    ----------
    orders : ndarray of int, shape (orders,)
        How many patterns are mixed; 1 stands for the patterns themselves.
    overlaps : ndarray, shape (orders, trials)
        Mean overlap with the patterns mixed, of the state at rest that a mixture runs to.
    energies : ndarray, shape (orders, trials)
        Its energy for each unit, where the weights are ``(1/n) sum x^T x``.
    end_energies : ndarray, shape (trials*starts,)
        The same of the states that random ones run to.
    ends : ndarray of int, shape (trials*starts,)
        What these are, as places in `KINDS`.
    n, m : int
        Units and stored patterns.
    """

    orders: np.ndarray
    overlaps: np.ndarray
    energies: np.ndarray
    end_energies: np.ndarray
    ends: np.ndarray
    n: int
    m: int

    @property
    def shares(self) -> dict[str, float]:
        """Share of random starts that end in each of `KINDS`."""
        return {kind: float((self.ends == k).mean()) for k, kind in enumerate(KINDS)}

    def plot(self, ax: Any = None) -> Any:
        """Draw the energies that random states end at, by kind, and those of mixtures in theory.

        The theory is that of few patterns in infinitely many units. In a memory of n units patterns overlap
        each other by about ``1/sqrt(n)``, which spreads the energies; and random states run to the deepest of
        the mixtures, below the line.
        """
        from neurosim.plotting import plot_end_energies
        from neurosim.plotting.style import add_title

        by_kind = {kind: self.end_energies[self.ends == k] for k, kind in enumerate(KINDS)}
        marks = {"Pattern" if k == 1 else f"Mixture of {k}": mixture_theory(int(k))[1] for k in self.orders}
        axes = plot_end_energies(by_kind, marks, ax)
        add_title(axes, f"{self.m} patterns in {self.n:,} units; dashed: theory, infinitely many units")
        return axes


def mixture_theory(order: int) -> tuple[float, float]:
    """Overlap of a mixture of an odd number of patterns with each, and its energy a unit, for few patterns.

    The sign of a sum of k patterns overlaps each by ``C(k - 1, (k - 1)/2)/2^(k - 1)``: 1, 1/2, 3/8, ...
    The energy is -k/2 times the square of that (Amit, Gutfreund & Sompolinsky 1985,
    doi:10.1103/PhysRevA.32.1007).

    Raises
    ------
    ParameterError
        If the order is not odd: with an even one, sums of 0 are left to chance.
    """
    if isinstance(order, bool) or not isinstance(order, int | np.integer) or order < 1 or order % 2 == 0:
        raise ParameterError("mixture_theory(order)", order, "must be odd, at least 1")
    overlap = math.comb(order - 1, (order - 1) // 2) / 2 ** (order - 1)
    return overlap, -order * overlap**2 / 2


def spurious_states(
    n: int = 1000,
    m: int = 10,
    orders: Sequence[int] = (1, 3, 5),
    *,
    trials: int = 10,
    starts: int = 100,
    seed: int = 0,
) -> SpuriousStates:
    """Let mixtures of random patterns, and random states, come to rest under Hebb's rule.

    Parameters
    ----------
    n : int, default 1000
        Units.
    m : int, default 10
        Stored patterns.
    orders : sequence of odd int, default (1, 3, 5)
        How many patterns to mix.
    trials : int, default 10
        Memories.
    starts : int, default 100
        Random states for each.
    seed : int, default 0

    Returns
    -------
    SpuriousStates

    Raises
    ------
    ParameterError
        If there is no order, or one is even, or above the number of patterns; or another number is out of
        its range.
    """
    read_whole("spurious_states(trials)", trials)
    read_whole("spurious_states(starts)", starts)
    read_whole("spurious_states(seed)", seed, 0)
    for order in read_points("spurious_states(orders)", orders):
        mixture_theory(order)
        if order > m:
            raise ParameterError("spurious_states(orders)", order, f"there are {m} patterns")
    overlaps, energies = np.zeros((2, len(orders), trials))
    end_energies, ends = np.zeros((trials, starts)), np.zeros((trials, starts), int)
    for trial in range(trials):
        rng = np.random.default_rng([seed, trial])
        patterns = random_patterns(m, n, rng)
        memory = Hopfield(random_state=trial).fit(patterns)
        mixtures = np.array([np.sign(patterns[:k].astype(int).sum(axis=0)) for k in orders])
        found = memory.recall(np.concatenate([mixtures, random_patterns(starts, n, rng)]))
        a_unit = found.energies * m / n**2  # rules divide by the number of patterns
        for row, k in enumerate(orders):
            overlaps[row, trial] = found.overlaps[row, :k].mean()
        energies[:, trial], end_energies[trial] = a_unit[: len(orders)], a_unit[len(orders) :]
        ends[trial] = _kinds(found.overlaps[len(orders) :])
    return SpuriousStates(np.array(orders), overlaps, energies, end_energies.ravel(), ends.ravel(), n, m)


def _kinds(overlaps: np.ndarray) -> np.ndarray:
    """Places in `KINDS`: nearly a pattern, its negative, half of each of three in any sign, or other."""
    largest = -np.sort(-np.abs(overlaps), axis=1)
    best = np.take_along_axis(overlaps, np.abs(overlaps).argmax(axis=1)[:, None], axis=1)[:, 0]
    three = np.abs(largest[:, :3] - 0.5).max(axis=1) < 0.1
    return np.select([best > 0.9, best < -0.9, three & (overlaps.shape[1] >= 3)], [0, 1, 2], 3)
