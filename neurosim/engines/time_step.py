"""The longest time step that a population can be integrated with."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.network.population import Population

LONGEST = {
    **{"exponential_euler": 1.0, "euler": 2.0, "rk2": 2.0, "rk4": 2.785, "heun": 2.0},
    **{"euler_maruyama": 2.0, "milstein": 2.0},
}
"""Time step over fastest time constant: accuracy limits exponential Euler, stability the others."""


def check_time_step(
    population: Population, constants: Mapping[str, Any], filters: Collection[str], dt: float
) -> None:
    """Refuse a time step longer than the fastest time constant at the start values allows.

    Parameters
    ----------
    population : Population
    constants : mapping of str to float or ndarray
        Parameters and inputs in coherent units.
    filters : collection of str
        States that are exact whatever the time step.
    dt : float
        ms.

    Raises
    ------
    ParameterError
        Naming the state, its time constant and a time step that can be used.
    """
    if population.integrator not in LONGEST:
        return
    limit, system, states = LONGEST[population.integrator], population.system, population.start_values()
    known = {**constants, **states}
    with np.errstate(all="ignore"):
        here = system.derivatives(known)
        for name in system.states:
            if name in filters:
                continue
            width = 1e-6 * (1.0 + np.abs(states[name]))
            there = system.derivatives(known | {name: states[name] + width})
            slope = np.max(np.abs((there[name] - here[name]) / width), initial=0.0)
            if dt * slope > limit:
                who = f"{population.name} ({population.model.name} by {population.integrator})"
                fault = f"is too large for {who}: {name} has a time constant of {1 / slope:.3g} ms"
                raise ParameterError("Network.dt", dt, fault, f"Use at most {_below(limit / slope)} ms.")


def _below(number: float) -> str:
    """The number to two digits, rounded down."""
    digits = 1 - math.floor(math.log10(number))
    return f"{math.floor(number * 10**digits) / 10**digits:.2g}"
