"""Units that fire at random."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Never

import numpy as np

from neurosim.keywords import refuse_keywords
from neurosim.network.firing_rate import FiringRate
from neurosim.network.group import Group


class RandomSource(Group):
    """Units that fire at random, at a rate that may vary in time.

    Parameters
    ----------
    n, rate, rate_dt, parameters, name
        As for `PoissonPopulation`.
    """

    def __init__(
        self,
        n: int,
        rate: Any,
        *,
        rate_dt: Any = None,
        parameters: Mapping[str, Any] | None = None,
        name: str | None = None,
        **unknown: Never,
    ) -> None:
        refuse_keywords(type(self), unknown)
        super().__init__(n, name)
        self.set_rate(rate, rate_dt=rate_dt, parameters=parameters)

    def set_rate(
        self, rate: Any, *, rate_dt: Any = None, parameters: Mapping[str, Any] | None = None
    ) -> None:
        """Change the rate, between runs too; the time of bins and formulas is that of the network.

        Parameters
        ----------
        rate, rate_dt, parameters
            As for `PoissonPopulation`.

        Raises
        ------
        ParameterError, UnitError, EquationError
            As for `PoissonPopulation`; the rate is then as before.
        """
        self.firing_rate = FiringRate(
            rate, self.n, f"{self.name}.rate", rate_dt=rate_dt, parameters=parameters
        )

    def description(self) -> dict[str, Any]:
        """Arguments that make a group like this, but for the rate."""
        return {"n": self.n, "rate": 0.0, "name": self.name, "named": self.named}

    def snapshot(self) -> dict[str, Any]:
        """The rate."""
        return {"rate": self.firing_rate}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over what `snapshot` found."""
        self.firing_rate = saved["rate"]

    @property
    def rate(self) -> Any:
        """Rate, Hz, as it was given; an array is a copy, so assign to change it (or see `set_rate`)."""
        given = self.firing_rate.given
        return given.copy() if isinstance(given, np.ndarray) else given

    @rate.setter
    def rate(self, value: Any) -> None:
        self.set_rate(value)
