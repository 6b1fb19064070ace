"""The normal distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from neurosim.distributions.truncated import Truncated


@dataclass(frozen=True, repr=False)
class Normal(Truncated):
    """The normal distribution.

    Parameters
    ----------
    mean, sd : float, str or quantity
        Mean and standard deviation, before it is cut off.
    low, high : float, str or quantity, optional
        Values outside are drawn anew.

    Raises
    ------
    ParameterError
        If `sd` is negative or the limits are the wrong way round.

    Examples
    --------
    >>> Normal("20 ms", "2 ms", low="5 ms")
    Normal('20 ms', '2 ms', low='5 ms')
    """

    mean: Any
    sd: Any
    _with_unit: ClassVar[tuple[str, ...]] = ("mean", "sd", "low", "high")

    def _check(self) -> None:
        super()._check()
        self._require("sd", "must not be negative", self.sd >= 0)

    def _draw_all(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return rng.normal(self.mean, self.sd, size)
