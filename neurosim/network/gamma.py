"""Units that fire more regularly, or less, than a Poisson process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.network.random_source import RandomSource
from neurosim.units import convert

SMALLEST = 0.01
"""Orders below this have most of their intervals so short that they cannot be told from 0."""


class GammaPopulation(RandomSource):
    """Independent gamma renewal processes: the intervals of a unit are independent gamma variates.

    At a constant rate the coefficient of variation of the intervals is ``1/sqrt(shape)``. A rate that varies
    in time stretches and shrinks the process, so that the expected number of spikes between any two times is
    the integral of the rate. The processes have been running forever when a network begins: the rate is
    right from time 0. A unit fires in a step if at least one of its events lies in the step: shape 1 is a
    `PoissonPopulation`, and of the bursts of a small shape the time step takes away a part.

    Parameters
    ----------
    n : int
    rate, rate_dt, parameters
        As for `PoissonPopulation`.
    shape : float or array_like, shape (n,), default 1
        Order of the process, any number above 0: 1 for Poisson, larger for more regular trains, smaller for
        bursts. It cannot be changed later.
    name : str, optional

    Raises
    ------
    ParameterError, UnitError, EquationError
        If a shape is not a positive number, or as for `PoissonPopulation`.

    References
    ----------
    Cox, Renewal Theory (1962), sections 2.1 (ordinary and equilibrium processes) and 1.3 (gamma intervals).

    Examples
    --------
    >>> from neurosim import GammaPopulation, Network, SpikeMonitor
    >>> regular = GammaPopulation(100, rate="40 Hz", shape=4)
    >>> spikes = SpikeMonitor(regular)
    >>> Network(regular, spikes, seed=1).run("1 s")
    >>> bool(abs(spikes.count.mean() - 40) < 2)
    True
    """

    def __init__(
        self,
        n: int,
        rate: Any,
        *,
        shape: Any = 1.0,
        rate_dt: Any = None,
        parameters: Mapping[str, Any] | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(n, rate, rate_dt=rate_dt, parameters=parameters, name=name)
        where = f"{self.name}.shape"
        order = np.asarray(convert(shape, "1", where))
        if order.shape not in ((), (self.n,)):
            raise ParameterError(where, order.shape, f"the shape must be () or ({self.n},)")
        if order.min() < SMALLEST:
            raise ParameterError(where, shape, f"must be at least {SMALLEST:g}")
        self._shape = order

    @property
    def shape(self) -> float | np.ndarray:
        """Order of each unit's process; a copy."""
        return self._shape.copy() if self._shape.ndim else float(self._shape)

    def description(self) -> dict[str, Any]:
        """Arguments that make a group like this, but for the rate."""
        return super().description() | {"shape": self.shape}

    def __repr__(self) -> str:
        return f"GammaPopulation({self.n}, name={self.name!r})"
