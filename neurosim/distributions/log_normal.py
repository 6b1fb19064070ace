"""The log-normal distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from neurosim.distributions.truncated import Truncated


@dataclass(frozen=True, repr=False)
class LogNormal(Truncated):
    """The log-normal distribution, by the mean and standard deviation of the values themselves.

    Parameters
    ----------
    mean, sd : float, str or quantity
        Of the values, not of their logarithms, before it is cut off; `mean` above 0. The logarithms have the
        variance ``ln(1 + (sd/mean)**2)`` and the mean ``ln(mean)`` less half of it.
    low, high : float, str or quantity, optional
        Values outside are drawn anew.

    Raises
    ------
    ParameterError
        If `mean` is not positive, `sd` is negative or the limits are the wrong way round.
    """

    mean: Any
    sd: Any
    _with_unit: ClassVar[tuple[str, ...]] = ("mean", "sd", "low", "high")

    def _check(self) -> None:
        super()._check()
        self._require("mean", "must be positive", self.mean > 0)
        self._require("sd", "must not be negative", self.sd >= 0)

    def _draw_all(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        variance = math.log1p((self.sd / self.mean) ** 2)
        return rng.lognormal(math.log(self.mean) - variance / 2, math.sqrt(variance), size)
