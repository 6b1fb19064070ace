"""The uniform distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from neurosim.distributions.distribution import Distribution


@dataclass(frozen=True, repr=False)
class Uniform(Distribution):
    """Every value from `low` up to, but not including, `high` is equally likely.

    Parameters
    ----------
    low, high : float, str or quantity

    Raises
    ------
    ParameterError
        If `high` is not above `low`.
    """

    low: Any
    high: Any
    _with_unit: ClassVar[tuple[str, ...]] = ("low", "high")

    def _check(self) -> None:
        self._require("high", f"must be above low = {self.low}", self.low < self.high)

    def _draw(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return rng.uniform(self.low, self.high, size)
