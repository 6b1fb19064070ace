"""Hebb's rule: units that agree in the patterns are joined by positive weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from neurosim.models.hopfield.rules.rule import Learned, Rule, clear_diagonal

from neurosim.connectivity import Dense, LowRank
from neurosim.connectivity.connectivity import Connectivity

CRITICAL_LOAD = 0.138
"""Patterns an input beyond which all are lost (Amit, Gutfreund & Sompolinsky 1985)."""

DILUTED_LOAD = 0.637
"""The same for few inputs (Derrida, Gardner & Zippelius 1987, doi:10.1209/0295-5075/4/2/007)."""


@dataclass(frozen=True)
class Hebb(Rule):
    """Mean of the outer products, W = (1/m) sum x^T x without the diagonal.

    It is the gradient that backpropagation would compute with the patterns on both sides, so that every kind
    of connectivity learns: `Dense`, `Sparse` (diluted), `Conv2d`; a `LowRank` holds the patterns themselves.

    References
    ----------
    Hopfield (1982), doi:10.1073/pnas.79.8.2554.
    """

    name = "hebb"
    sparse = factorised = incremental = True

    def learn(
        self, patterns: np.ndarray, connectivity: Connectivity, *, known: int = 0, seed: int = 0
    ) -> Learned:
        """Write the weights; see `Rule`."""
        m = len(patterns)
        if isinstance(connectivity, LowRank):
            np.multiply(patterns.T, m**-0.5, out=connectivity.left, casting="unsafe")
            return Learned()
        new = patterns[known:].astype(connectivity.weights.dtype)
        gradient = connectivity.weight_gradient(new, new)
        if known:
            connectivity.weights *= known / m
            gradient /= m
            connectivity.weights += gradient
        else:
            np.divide(gradient, m, out=connectivity.weights)
        clear_diagonal(connectivity)
        return Learned()

    def critical_load(self, connectivity: Connectivity, patterns: np.ndarray) -> float | None:
        """0.138, or 0.637 where each unit has few inputs."""
        return CRITICAL_LOAD if isinstance(connectivity, Dense | LowRank) else DILUTED_LOAD
