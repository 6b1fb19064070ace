"""Unlearning: what a memory dreams of is weakened, and spurious states go first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from neurosim.models.hopfield.reading import read_number, read_whole
from neurosim.models.hopfield.rules.hebb import Hebb
from neurosim.models.hopfield.rules.rule import Learned, Rule, clear_diagonal

from neurosim.connectivity.connectivity import Connectivity

MOST_LOAD = 0.6
"""Patterns an input beyond which no number of dreams saves them."""


@dataclass(frozen=True)
class Unlearning(Rule):
    """Hebb's rule, then dreams: from a random state to rest at s, and ``W -= (strength/m) s^T s``.

    A dream weakens the state it ends in, by `strength` of what Hebb's rule added for one pattern. Spurious
    states attract most dreams beyond few patterns, so recall gets better, until dreams reach the patterns.

    Parameters
    ----------
    dreams : int, optional
        By default ``m/(2 strength)`` for m patterns, half as many as make the memories themselves fade.
    strength : float, default 0.01
        Above 0 and up to 1.

    References
    ----------
    Hopfield, Feinstein & Palmer (1983), doi:10.1038/304158a0.
    """

    dreams: int | None = None
    strength: float = 0.01

    name = "unlearning"
    sparse = True

    def __post_init__(self) -> None:
        if self.dreams is not None:
            read_whole("Unlearning.dreams", self.dreams, 0)
        read_number("Unlearning.strength", self.strength, "must be above 0 and up to 1", 1e-12, 1)

    def learn(
        self, patterns: np.ndarray, connectivity: Connectivity, *, known: int = 0, seed: int = 0
    ) -> Learned:
        """Write the weights; see `Rule`."""
        from neurosim.models.hopfield.memory import Hopfield

        m, n = patterns.shape
        Hebb().learn(patterns, connectivity)
        dreams = round(m / (2 * self.strength)) if self.dreams is None else self.dreams
        rng = np.random.default_rng([seed, m, n])
        dreamer = Hopfield.from_weights(connectivity, random_state=seed)
        for _ in range(dreams):
            state = dreamer.recall(rng.choice(np.array([-1, 1], np.int8), n)).states.astype(float)
            connectivity.weights -= self.strength / m * connectivity.weight_gradient(state, state)
            clear_diagonal(connectivity)
        return Learned(sweeps=dreams)

    def critical_load(self, connectivity: Connectivity, patterns: np.ndarray) -> float | None:
        """0.6, with as many dreams as are best (van Hemmen, Ioffe, Kuehn & Vaas 1990, Physica A 163, 386)."""
        return MOST_LOAD
