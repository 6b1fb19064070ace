"""Integrators: a symbolic system becomes the formulas of one step. One small file each.

| name | order | noise |
|---|---|---|
| ``exact`` | exact for linear equations, drives held over the step | no |
| ``euler`` | 1 | no |
| ``exponential_euler`` | 1 | Ito, strong order 1/2, additive 1; exact law for Ornstein-Uhlenbeck |
| ``rk2`` | 2 | no |
| ``rk4`` | 4 | no |
| ``heun`` | 2 | Stratonovich, strong order 1 |
| ``euler_maruyama`` | 1 | Ito, strong order 1/2, additive 1 |
| ``milstein`` | 1 | Ito, strong order 1; the noise of each state must be its own |

`default_integrator` chooses by the structure of the equations.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from neurosim.equations.linearity import linear_names
from neurosim.errors import ParameterError
from neurosim.integrators.plan import Propagator, StepPlan, kept

if TYPE_CHECKING:
    from neurosim.equations.system import EquationSystem

__all__ = ["INTEGRATORS", "Propagator", "StepPlan", "check_integrator", "default_integrator", "plan_step"]

INTEGRATORS = (
    *("exact", "exponential_euler", "euler", "rk2", "rk4"),
    *("heun", "euler_maruyama", "milstein"),
)
"""Names of the integrators."""


def default_integrator(system: EquationSystem, *, precise: bool = False) -> str:
    """Integrator for equations of this structure.

    ``exact`` if all are linear with constant coefficients and without noise, else ``exponential_euler``,
    which understands noise in the sense of Ito. Where precise spikes make steps of any length:
    ``exponential_euler`` if each state is linear and depends on no other, for then it is exact, else ``rk4``.
    """
    if not precise:
        return "exact" if system.is_linear else "exponential_euler"
    moving = {*system.states, "t"}
    alone = all(system.ancestors(system.expressions[s]) & moving <= {s} for s in system.states)
    return "exponential_euler" if system.is_linear and alone else "rk4"


def check_integrator(name: str, where: str, system: EquationSystem | None = None) -> str:
    """The name itself, if there is such an integrator and it can do the noise that the equations hold.

    Raises
    ------
    ParameterError
        If not; the message lists those that can be used.
    """
    if name not in INTEGRATORS:
        near = difflib.get_close_matches(str(name), INTEGRATORS, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else ""
        raise ParameterError(where, name, f"must be one of {', '.join(INTEGRATORS)}", hint)
    if system is not None and system.noises and not _method(name).noise:
        able = ", ".join(repr(other) for other in INTEGRATORS if _method(other).noise)
        limit = f"cannot integrate equations with noise ({', '.join(system.noises)})"
        raise ParameterError(where, name, limit, f"Use one of {able}.")
    return name


def plan_step(
    system: EquationSystem,
    integrator: str,
    filters: tuple[str, ...] = (),
    lengths: Mapping[str, str] | None = None,
) -> StepPlan:
    """Write one step of a system as formulas.

    Parameters
    ----------
    system : EquationSystem
    integrator : str
        One of `INTEGRATORS`.
    filters : tuple of str
        States of synapses. Those that obey linear equations among themselves advance by their propagator
        whatever the integrator, which sees their exact values at the middle and the end of the step. Others,
        such as a filter that follows the membrane potential or the time, are left to the integrator.
    lengths : mapping of str to str, optional
        State to the name of the length of its step, where that is not ``dt``; not for ``exact``.

    Returns
    -------
    StepPlan

    Raises
    ------
    ParameterError
        If the integrator is unknown, or the equations hold noise, which it cannot do.
    EquationError
        If `integrator` is ``exact`` and a state is not linear, or ``milstein`` and the noise of a state is
        not its own.
    """
    from neurosim.integrators import exact

    check_integrator(integrator, "integrator", system)
    plan = StepPlan(lengths=lengths or {})
    if integrator == "exact":
        exact.step(system, plan)
    else:
        _step(system, plan, _method(integrator), filters)
    plan.updates = {x: kept(system, x, formula) for x, formula in plan.updates.items()}
    return plan


def _step(system: EquationSystem, plan: StepPlan, method: Any, filters: tuple[str, ...]) -> None:
    from neurosim.integrators import exact

    linear = _linear_filters(system, filters)
    wanted = tuple(s for s in system.states if s not in linear)
    fractions = tuple(sorted({c for c in method.stages if c > 0} | {1.0}))
    values = exact.propagate(system, plan, linear, fractions) if linear else {}
    times = {0.0: "t"} | {c: f"t__{c:g}".replace(".", "_") for c in fractions if c in method.stages}
    plan.assignments += [(name, f"t + {c!r}*dt") for c, name in times.items() if c > 0 and system.uses_time]
    at = [
        {s: s for s in system.states} | {s: values[s, c] for s in linear if c > 0} | {"t": times[c]}
        for c in method.stages
    ]
    if wanted:
        method.step(system, plan, wanted, at)


def _linear_filters(system: EquationSystem, filters: tuple[str, ...]) -> tuple[str, ...]:
    """Filters whose linear equations use no other state than such filters, nor the time."""
    linear = tuple(s for s in linear_names(system) if s in filters)
    while True:
        outside = {*system.states, "t"} - set(linear)
        kept = tuple(s for s in linear if not system.ancestors(system.expressions[s]) & outside)
        if kept == linear:
            return linear
        linear = kept


def _method(name: str) -> Any:
    return importlib.import_module(f"neurosim.integrators.{name}")
