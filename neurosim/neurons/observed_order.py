"""The order at which each integrator approaches a model's solution, measured."""

from __future__ import annotations

import ast
import importlib
from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.equations.expression import evaluate
from neurosim.equations.symbolic import jacobian

if TYPE_CHECKING:
    from neurosim.neurons.model import NeuronModel

KINKS = frozenset({"abs", "clip", "int", "maximum", "minimum", "where"})
STEP, N_STEPS, HALVINGS = 0.1, 8, 3
"""Longest step over the fastest time constant, number of such steps, and how often the step is halved."""

ROUND_OFF = 1e-11
"""Relative error below which it says nothing about the method."""


def observed_orders(model: NeuronModel, **inputs: float) -> dict[str, tuple[int, float]]:
    """Order of each integrator on a short stretch of the model's solution, without spikes.

    The stretch begins beside the start values, so that all states move. Its steps are evaluated by NumPy and
    compared with SciPy's DOP853 on the same equations.

    Parameters
    ----------
    model : NeuronModel
    **inputs : float
        Inputs, in their units; 0 where none is given.

    Returns
    -------
    dict of str to (int, float)
        The integrator's order and the one observed. Empty for models with noise, with functions that have
        kinks, or without states; an integrator that is exact for the model is left out.
    """
    system = model.system
    if system.noises or not system.states or KINKS & _called(system.expressions.values()):
        return {}
    values = model.values() | dict.fromkeys(system.inputs, 0.0)
    values |= {name: value * system.units[name].scale for name, value in inputs.items()}
    start = {x: 1.1 * float(v) + 0.1 * system.units[x].scale for x, v in model.start(values).items()}
    duration = N_STEPS * STEP / _fastest(model, values, start)
    expected = _reference(model, values, start, duration)
    moved = np.maximum(np.abs(expected - np.array(list(start.values()))), 1e-300)
    integrators = importlib.import_module("neurosim.integrators")
    found = {}
    for name in integrators.INTEGRATORS:
        if name == "exact":
            continue
        plan = integrators.plan_step(system, name)
        errors = []
        for halving in (0, HALVINGS):
            n_steps = N_STEPS * 2**halving
            dt = duration / n_steps
            state: dict[str, Any] = dict(start)
            for k in range(n_steps):
                state = plan.carried_out(values | state | {"t": k * dt, "dt": dt})
            end = np.array([float(state[x]) for x in system.states])
            errors.append(float(np.max(np.abs(end - expected) / moved)))
        if errors[1] > ROUND_OFF:
            order = importlib.import_module(f"neurosim.integrators.{name}").order
            found[name] = (order, float(np.log2(errors[0] / errors[1])) / HALVINGS)
    return found


def _called(formulas: Any) -> set[str]:
    calls = [n.func for f in formulas for n in ast.walk(f) if isinstance(n, ast.Call)]
    return {function.id for function in calls if isinstance(function, ast.Name)}


def _fastest(model: NeuronModel, values: dict[str, Any], start: dict[str, float]) -> float:
    """Largest rate at which a small deviation from the start changes, per ms; 1 if none does."""
    states = model.system.states
    known = model.system.with_subexpressions(values | start)
    matrix = np.zeros((len(states), len(states)))
    for (row, column), formula in jacobian(model.system).items():
        matrix[states.index(row), states.index(column)] = evaluate(formula, known)
    return float(np.abs(np.linalg.eigvals(matrix)).max()) or 1.0


def _reference(
    model: NeuronModel, values: dict[str, Any], start: dict[str, float], duration: float
) -> np.ndarray:
    from scipy.integrate import solve_ivp

    system = model.system

    def slopes(t: float, x: np.ndarray) -> list[float]:
        found = system.derivatives(values | dict(zip(system.states, x, strict=True)) | {"t": t})
        return [float(found[s]) for s in system.states]

    solution = solve_ivp(
        slopes, (0.0, duration), list(start.values()), method="DOP853", rtol=3e-14, atol=1e-16
    )
    return np.asarray(solution.y[:, -1])
