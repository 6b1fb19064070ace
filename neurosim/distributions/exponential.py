"""The exponential distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from neurosim.distributions.truncated import Truncated


@dataclass(frozen=True, repr=False)
class Exponential(Truncated):
    """The exponential distribution.

    Parameters
    ----------
    mean : float, str or quantity
        Above 0.
    low, high : float, str or quantity, optional
        Values outside are drawn anew.

    Raises
    ------
    ParameterError
        If `mean` is not positive, or the limits are the wrong way round.
    """

    mean: Any
    _with_unit: ClassVar[tuple[str, ...]] = ("mean", "low", "high")

    def _check(self) -> None:
        super()._check()
        self._require("mean", "must be positive", self.mean > 0)

    def _draw_all(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return rng.exponential(self.mean, size)
