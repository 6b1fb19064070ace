"""Rings of events in flight, as they are whatever their size: what arrives, step by step from now on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def in_flight(rings: Floats, step: int) -> Floats:
    """What is on its way.

    Parameters
    ----------
    rings : ndarray, shape (n_rings, n_rows, size)
        Step k has the row ``k % n_rows``.
    step : int
        The next one.

    Returns
    -------
    ndarray, shape (n_rings, n_steps, size)
        What arrives in this step and the following ones, up to the last in which anything does.
    """
    n_rows = rings.shape[1]
    ahead: Floats = rings[:, (step + np.arange(n_rows)) % n_rows]
    arriving = np.flatnonzero(ahead.any(axis=(0, 2)))
    return ahead[:, : arriving[-1] + 1 if arriving.size else 0]


def put_in_flight(rings: Floats, step: int, ahead: Floats) -> None:
    """Replace what is on its way by what `in_flight` found once."""
    rings[...] = 0.0
    rings[:, (step + np.arange(ahead.shape[1])) % rings.shape[1]] = ahead
