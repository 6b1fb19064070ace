"""Integrators: a symbolic system becomes the formulas of one step. One small file each."""

from __future__ import annotations

import difflib
from types import ModuleType
from typing import TYPE_CHECKING

from neurosim.equations.linearity import linear_names
from neurosim.errors import ParameterError
from neurosim.integrators.plan import Propagator, StepPlan

if TYPE_CHECKING:
    from neurosim.equations.system import EquationSystem

__all__ = ["INTEGRATORS", "Propagator", "StepPlan", "check_integrator", "plan_step"]

INTEGRATORS = ("exact", "exponential_euler", "euler", "rk4")
"""Names of the integrators."""


def check_integrator(name: str, where: str) -> str:
    """The name itself, or a `ParameterError` that lists the known ones."""
    if name not in INTEGRATORS:
        near = difflib.get_close_matches(str(name), INTEGRATORS, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else ""
        raise ParameterError(where, name, f"must be one of {', '.join(INTEGRATORS)}", hint)
    return name


def plan_step(system: EquationSystem, integrator: str, filters: tuple[str, ...] = ()) -> StepPlan:
    """Write one step of a system as formulas.

    Parameters
    ----------
    system : EquationSystem
    integrator : str
        One of `INTEGRATORS`.
    filters : tuple of str
        States of synapses. Those that obey linear equations among themselves advance by their propagator
        whatever the integrator, which sees their exact values at the middle and the end of the step. Others,
        such as a filter that follows the membrane potential, are left to the integrator.

    Returns
    -------
    StepPlan

    Raises
    ------
    ParameterError
        If the integrator is unknown.
    EquationError
        If `integrator` is ``exact`` and a state is not linear.
    """
    from neurosim.integrators import exact

    check_integrator(integrator, "integrator")
    plan = StepPlan()
    if integrator == "exact":
        exact.step(system, plan)
        return plan
    method = _method(integrator)
    linear = _linear_filters(system, filters)
    wanted = tuple(s for s in system.states if s not in linear)
    fractions = tuple(sorted({c for c in method.stages if c > 0} | {1.0}))
    values = exact.propagate(system, plan, linear, fractions) if linear else {}
    at = [{s: s for s in system.states} | {s: values[s, c] for s in linear if c > 0} for c in method.stages]
    if wanted:
        method.step(system, plan, wanted, at)
    return plan


def _linear_filters(system: EquationSystem, filters: tuple[str, ...]) -> tuple[str, ...]:
    """Filters whose linear equations use no other state than such filters."""
    linear = tuple(s for s in linear_names(system) if s in filters)
    while True:
        outside = set(system.states) - set(linear)
        kept = tuple(s for s in linear if not system.ancestors(system.expressions[s]) & outside)
        if kept == linear:
            return linear
        linear = kept


def _method(name: str) -> ModuleType:
    from neurosim.integrators import euler, exponential_euler, rk4

    return {"euler": euler, "exponential_euler": exponential_euler, "rk4": rk4}[name]
