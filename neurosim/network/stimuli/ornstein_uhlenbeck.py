"""Noise with a correlation time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from neurosim.network.stimuli.stimulus import Component
from neurosim.units import Unit, parse_unit


@dataclass(frozen=True, repr=False, eq=False)
class OrnsteinUhlenbeck(Component):
    """Gaussian noise ``x`` with ``dx = (mean - x)*dt/tau + sigma*sqrt(2/tau)*dW``, independent in each
    neuron.

    Its correlation over a time s is ``sigma**2*exp(-s/tau)`` from the beginning: it starts with a number from
    its stationary distribution, drawn when the network first runs with it. On the grid its law is exact at
    any time step up to `tau` (Uhlenbeck & Ornstein 1930, doi:10.1103/PhysRev.36.823; Gillespie 1996,
    doi:10.1103/PhysRevE.54.2084). The neuron takes it as constant over a step.

    Parameters
    ----------
    mean : float, array_like, str or quantity
        One for all, (n,) or (trials, n), as all parameters; a bare number is in the unit of the input.
    sigma : float, array_like, str or quantity
        Standard deviation, not negative.
    tau : float, array_like, str or quantity
        Correlation time, ms.

    Raises
    ------
    ParameterError, UnitError
        If `tau` is not positive; when it is assigned, if a value does not fit the input, or the population
        has an integrator that cannot do noise.
    """

    mean: Any
    sigma: Any
    tau: Any

    equations = "dx/dt = -x/tau + sqrt(2/tau)*xi : 1"
    formula = "mean + sigma*x"

    def __post_init__(self) -> None:
        self._check("tau", "ms", above=0.0, zero=False)

    def units(self, unit: Unit) -> dict[str, Unit]:
        """Units of mean, standard deviation and correlation time."""
        return {"mean": unit, "sigma": unit, "tau": parse_unit("ms")}
