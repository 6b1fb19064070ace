"""Distributions that may be cut off."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.distributions.distribution import Distribution
from neurosim.errors import ParameterError

ROUNDS = 1000
"""Times that values outside the limits are drawn anew before the limits are said to leave too little."""


@dataclass(frozen=True, repr=False)
class Truncated(Distribution):
    """A distribution that may be cut off: values outside the limits are drawn anew.

    Parameters
    ----------
    low, high : float, str or quantity, optional
        Smallest and largest value allowed; by default there is none.
    """

    _: KW_ONLY
    low: Any = None
    high: Any = None

    def _check(self) -> None:
        if self.low is not None and self.high is not None:
            self._require("high", f"must be above low = {self.low}", self.low < self.high)

    def _draw(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        values = self._draw_all(size, rng)
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        outside = np.flatnonzero((values < low) | (values > high))
        for _ in range(ROUNDS):
            if not outside.size:
                return values
            new = self._draw_all(outside.size, rng)
            values[outside] = new
            outside = outside[(new < low) | (new > high)]
        raise ParameterError(
            type(self).__name__, self, "hardly ever lies between its limits", "Widen low and high."
        )

    @abstractmethod
    def _draw_all(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]: ...
