"""How long the units of a population rest after a spike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.equations.expression import evaluate
from neurosim.errors import ParameterError
from neurosim.network.population import Population
from neurosim.units import UNITS

COUNTERS: tuple[np.dtype[np.integer[Any]], ...] = (np.dtype("u1"), np.dtype("u2"), np.dtype("i4"))
"""Types that steps are counted in, for each of which a kernel is compiled."""


def refractory_times(
    population: Population,
    constants: Mapping[str, Any],
    rows: Callable[[Mapping[str, Any]], NDArray[np.float64]],
    dt: float,
    *,
    counted: bool,
) -> NDArray[Any]:
    """One for all or one each; none for a population without a refractory time.

    Parameters
    ----------
    population : Population
    constants : mapping of str to float or ndarray
        Parameters in coherent units.
    rows : callable
        A row for all units, with padding, for each of some named values.
    dt : float
        Time step, ms.
    counted : bool
        Whether they are numbers of steps, int32; else ms.

    Raises
    ------
    ParameterError
        If one is negative, or too long to be counted in steps.
    """
    text = population.model.refractory
    if text is None:
        return np.zeros(0, np.int32 if counted else np.float64)
    time = evaluate(population.system.quantity(text, UNITS["ms"]), constants)
    times = rows({"refractory": time})[0] if np.ndim(time) else np.array([float(time)])
    steps: NDArray[np.float64] = np.rint(times / dt)
    if times.min() < 0 or steps.max() >= 2**31:
        raise ParameterError(f"{population.name}.refractory", time, "must be from 0 to 2147483647 time steps")
    return steps.astype(np.int32) if counted else times


def narrowest(*counts: NDArray[Any]) -> np.dtype[Any]:
    """The narrowest type that holds these numbers of steps: counters are read and written in every step."""
    most = max((int(each.max()) for each in counts if each.size), default=0)
    return next(kind for kind in COUNTERS if most <= np.iinfo(kind).max)
