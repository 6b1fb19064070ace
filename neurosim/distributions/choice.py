"""One of several values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from neurosim.distributions.distribution import Distribution
from neurosim.units import Unit, convert


@dataclass(frozen=True, repr=False)
class Choice(Distribution):
    """One of several values.

    Parameters
    ----------
    values : sequence of float, str or quantity
    probabilities : sequence of float, optional
        Of each value, adding up to 1; by default all are equally likely.

    Raises
    ------
    ParameterError
        If there are no values, or the probabilities do not fit them or do not add up to 1.
    """

    values: Any
    probabilities: Any = None
    _with_unit: ClassVar[tuple[str, ...]] = ("values",)

    def __post_init__(self) -> None:
        is_list = isinstance(self.values, Iterable) and not isinstance(self.values, str)
        self._require("values", "must be a list of at least one value", is_list and len(self.values) > 0)
        # Tuples cannot be changed from outside.
        object.__setattr__(self, "values", tuple(self.values))
        if self.probabilities is not None:
            chances = np.atleast_1d(convert(self.probabilities, "1", "Choice.probabilities"))
            object.__setattr__(self, "probabilities", tuple(chances.tolist()))
            limit = f"must be {len(self.values)} numbers from 0 on that add up to 1"
            fits = chances.shape == (len(self.values),) and bool((chances >= 0).all())
            self._require("probabilities", limit, fits and abs(chances.sum() - 1) < 1e-9)

    def _is_plain(self) -> bool:
        return all(isinstance(value, Real) for value in self.values)

    def _one(self, value: Any, unit: str | Unit, where: str) -> Any:
        return convert(list(value), unit, where)

    def _draw(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return rng.choice(np.array(self.values, dtype=np.float64), size, p=self.probabilities)
