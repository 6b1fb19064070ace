"""The gamma distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from neurosim.distributions.truncated import Truncated
from neurosim.units import convert


@dataclass(frozen=True, repr=False)
class Gamma(Truncated):
    """The gamma distribution, with mean ``shape*scale`` and variance ``shape*scale**2``.

    Parameters
    ----------
    shape : float
        Above 0.
    scale : float, str or quantity
        Above 0.
    low, high : float, str or quantity, optional
        Values outside are drawn anew.

    Raises
    ------
    ParameterError
        If `shape` or `scale` is not positive, or the limits are the wrong way round.
    """

    shape: float
    scale: Any
    _with_unit: ClassVar[tuple[str, ...]] = ("scale", "low", "high")

    def __post_init__(self) -> None:
        shape = convert(self.shape, "1", "Gamma.shape")
        self._require("shape", "must be a positive number", isinstance(shape, float) and shape > 0)
        super().__post_init__()

    def _check(self) -> None:
        super()._check()
        self._require("scale", "must be positive", self.scale > 0)

    def _draw_all(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return rng.gamma(self.shape, self.scale, size)
