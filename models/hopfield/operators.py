"""What a memory asks of the operator that holds its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.connectivity import Dense, LowRank
from neurosim.connectivity.connectivity import Connectivity
from neurosim.errors import ParameterError
from neurosim.machine import check_room

if TYPE_CHECKING:
    from neurosim.models.hopfield.rules.rule import Rule


def room_for(given: str | Connectivity, patterns: np.ndarray, rule: Rule) -> Connectivity:
    """An operator that a rule can write patterns into: the one that was given, or a new one of its kind.

    Raises
    ------
    ParameterError
        If that one joins another number of units, or has not a factor for each pattern.
    """
    m, n = patterns.shape
    if isinstance(given, str):
        exact = np.float32 if rule.name == "hebb" else np.float64
        if given == "low_rank":
            return LowRank(np.zeros((n, m), exact))
        check_room("Hopfield.connectivity", given, 8 * n * n, "Use connectivity='low_rank', or fewer units.")
        return Dense(np.zeros((n, n)))
    if given.n_pre != n:
        limit = f"has {given.n_pre} units, but the patterns have {n}"
        raise ParameterError("Hopfield.connectivity", given, limit)
    if isinstance(given, LowRank) and not (given.symmetric and given.rank == m):
        limit = f"must be one factor times its own transpose, of rank {m} for {m} patterns"
        raise ParameterError("Hopfield.connectivity", given, limit, "Use connectivity='low_rank'.")
    return given


def diagonal(connectivity: Connectivity) -> np.ndarray:
    """What each unit would send itself, shape (n,)."""
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


def is_symmetric(connectivity: Connectivity) -> bool:
    """Whether W equals its transpose, but for rounding."""
    if isinstance(connectivity, LowRank) and connectivity.symmetric:
        return True
    matrix = connectivity.to_sparse()
    largest = max(abs(matrix).max(), 1e-300)
    return bool(abs(matrix - matrix.T).max() <= 512 * np.finfo(matrix.dtype).eps * largest)
