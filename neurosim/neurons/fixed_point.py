"""Where a neuron comes to rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.units import convert

if TYPE_CHECKING:
    from neurosim.neurons.model import NeuronModel

STANDSTILL = 1e-8
"""Largest derivative of a fixed point, coherent units per ms."""

SETTLING = 200.0
"""Time that the equations are given to approach a fixed point which is not found at once, ms."""


def fixed_point(model: NeuronModel, drive: Any) -> dict[str, float]:
    """State in which nothing changes under a constant input; see `NeuronModel.steady_state`."""
    from scipy.integrate import solve_ivp
    from scipy.optimize import root

    system, values = model.system, model.values()
    where = f"{model.name}.steady_state"
    number = convert(drive, system.units[model.input] if system.inputs else "1", f"{where}.drive")
    if not isinstance(number, float):
        raise ParameterError(f"{where}.drive", drive, "must be a single number")
    values |= dict.fromkeys(system.inputs, 0.0)
    if system.inputs:
        values[model.input] = number * system.units[model.input].scale
    elif number != 0.0:
        raise ParameterError(f"{where}.drive", drive, "the model has no input")
    if not system.states:
        return {}

    def derivatives(x: np.ndarray) -> np.ndarray:
        found = system.derivatives(values | dict(zip(system.states, x, strict=True)))
        return np.array([float(found[s]) for s in system.states])

    start = model.start(values)
    state = np.array([float(start[s]) for s in system.states])
    with np.errstate(all="ignore"):
        solution = root(derivatives, state, tol=1e-13)
        if not np.abs(derivatives(solution.x)).max() < STANDSTILL:
            settled = solve_ivp(lambda t, x: derivatives(x), (0.0, SETTLING), state, method="BDF")
            if np.isfinite(settled.y[:, -1]).all():
                solution = root(derivatives, settled.y[:, -1], tol=1e-13)
    if not np.abs(derivatives(solution.x)).max() < STANDSTILL:
        raise ParameterError(where, drive, "no fixed point was found from the start values")
    return {s: float(x / system.units[s].scale) for s, x in zip(system.states, solution.x, strict=True)}
