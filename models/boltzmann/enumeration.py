"""All states of a few units: what sums over states run over."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from neurosim.errors import ParameterError

MOST_UNITS = 20
"""Above which sums over all states are refused."""

STATES_AT_ONCE = 1 << 14


def all_states(n: int, low: int = 0) -> Iterator[np.ndarray]:
    """All ``2**n`` states of n units, in blocks of shape (block, n) of floats `low` and 1."""
    for first in range(0, 1 << n, STATES_AT_ONCE):
        numbers = np.arange(first, min(first + STATES_AT_ONCE, 1 << n))[:, None]
        bits = (numbers >> np.arange(n)) & 1
        yield np.where(bits == 1, 1.0, float(low))


def check_few(where: str, n: int) -> None:
    """Raise ParameterError if there are too many units to sum over all of their states."""
    if n > MOST_UNITS:
        limit = f"a sum over all states is for up to {MOST_UNITS} units"
        raise ParameterError(where, n, limit)
