"""The pseudo-inverse rule: weights that project onto the patterns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from neurosim.models.hopfield.rules.rule import Learned, Rule

from neurosim.connectivity import LowRank
from neurosim.connectivity.connectivity import Connectivity


@dataclass(frozen=True)
class PseudoInverse(Rule):
    """Projection onto the patterns, W = X^+ X: each is kept exactly, up to n of them, however alike they are.

    References
    ----------
    Personnaz, Guyon & Dreyfus (1985), doi:10.1051/jphyslet:01985004608035900.
    """

    name = "pseudo_inverse"
    factorised = True

    def learn(
        self, patterns: np.ndarray, connectivity: Connectivity, *, known: int = 0, seed: int = 0
    ) -> Learned:
        """Write the weights; see `Rule`."""
        _, lengths, basis = np.linalg.svd(patterns.astype(np.float64), full_matrices=False)
        # Patterns that depend on others add nothing.
        basis[lengths <= lengths[0] * patterns.shape[1] * np.finfo(float).eps] = 0
        if isinstance(connectivity, LowRank):
            connectivity.left[:, : len(basis)] = basis.T
        else:
            np.matmul(basis.T, basis, out=connectivity.weights)
        return Learned()

    def critical_load(self, connectivity: Connectivity, patterns: np.ndarray) -> float | None:
        """1: the projection onto n patterns holds every unit where it is."""
        return 1.0
