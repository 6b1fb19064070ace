"""Storkey's rule: each pattern is stored less what the weights say of it already."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from neurosim.models.hopfield.rules.rule import Learned, Rule

from neurosim.connectivity.connectivity import Connectivity


@dataclass(frozen=True)
class Storkey(Rule):
    """Pattern after pattern: more capacity than Hebb's rule, and still local and incremental.

    W grows by (x_i x_j - x_i h_ji - h_ij x_j)/n, where h_ij is the field of unit i without those of i and j.

    References
    ----------
    Storkey & Valabregue (1999), doi:10.1016/S0893-6080(98)00149-1, equation 7.
    """

    name = "storkey"
    incremental = True

    def learn(
        self, patterns: np.ndarray, connectivity: Connectivity, *, known: int = 0, seed: int = 0
    ) -> Learned:
        """Write the weights; see `Rule`."""
        weights, n = connectivity.weights, connectivity.n_pre
        if not known:
            weights[...] = 0
        for x in patterns[known:].astype(weights.dtype):
            # As x_i^2 = 1, h_ij x_j = h_i x_j - w_ij: two outer products, of x - h and of the field h.
            field = x @ weights
            # Divided before they are multiplied by themselves, so that W is symmetric to the last bit.
            left, field = (x - field) / n**0.5, field / n**0.5
            weights *= 1 + 2 / n
            weights += np.outer(left, left)
            weights -= np.outer(field, field)
            np.fill_diagonal(weights, 0)
        return Learned()

    def critical_load(self, connectivity: Connectivity, patterns: np.ndarray) -> float | None:
        """1/sqrt(2 ln n) for n units: up to it all are kept whole (Storkey 1997, doi:10.1007/BFb0020196)."""
        n = connectivity.n_pre
        return 1 / math.sqrt(2 * math.log(n)) if n > 1 else None
