"""The midpoint method: a Runge-Kutta method of order 2 (Runge 1895, doi:10.1007/BF01446807)."""

from __future__ import annotations

from neurosim.equations.system import EquationSystem
from neurosim.integrators.plan import StepPlan

order = 2
stages = (0.0, 0.5)
noise = False


def step(system: EquationSystem, plan: StepPlan, wanted: tuple[str, ...], at: list[dict[str, str]]) -> None:
    """Append one step for the states in `wanted`; `at` names the states and the time at each stage."""
    plan.stage(system, at[0], "", wanted)
    names = dict(at[1])
    for x in wanted:
        names[x] = f"{x}__2"
        plan.assignments.append((names[x], f"{x} + 0.5*{plan.length(x)}*d__{x}"))
    plan.stage(system, names, "__2", wanted)
    for x in wanted:
        plan.updates[x] = f"{x} + {plan.length(x)}*d__{x}__2"
