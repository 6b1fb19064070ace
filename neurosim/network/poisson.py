"""Units that fire at random with a given rate."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.network.group import Group
from neurosim.units import convert


class PoissonPopulation(Group):
    """Independent Poisson spike trains.

    Parameters
    ----------
    n : int
    rate : float, array_like, str or quantity
        Hz: one for all, one for each unit (n,), or one for each unit of each trial (trials, n). At each step
        a unit fires with probability ``1 - exp(-rate*dt)``.
    name : str, optional

    Raises
    ------
    ParameterError
        If a rate is negative or not finite, or the shape does not fit.
    """

    def __init__(self, n: int, rate: Any, *, name: str | None = None) -> None:
        super().__init__(n, name)
        self.rate = rate

    @property
    def rate(self) -> float | np.ndarray:
        """Rate, Hz; a copy, so assign to change it."""
        return self._rate.copy() if isinstance(self._rate, np.ndarray) else self._rate

    @rate.setter
    def rate(self, value: Any) -> None:
        rate = convert(value, "Hz", f"{self.name}.rate")
        if np.any(np.asarray(rate) < 0):
            raise ParameterError(f"{self.name}.rate", value, "must not be negative")
        if isinstance(rate, np.ndarray) and (rate.ndim > 2 or rate.shape[-1] != self.n):
            limit = f"the shape must be (), ({self.n},) or (trials, {self.n})"
            raise ParameterError(f"{self.name}.rate", rate.shape, limit)
        self._rate: float | np.ndarray = rate

    def __repr__(self) -> str:
        return f"PoissonPopulation({self.n}, name={self.name!r})"
