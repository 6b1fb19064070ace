"""The classical Runge-Kutta method. Order 4 (Kutta 1901)."""

from __future__ import annotations

from neurosim.equations.system import EquationSystem
from neurosim.integrators.plan import StepPlan

order = 4
stages = (0.0, 0.5, 0.5, 1.0)


def step(system: EquationSystem, plan: StepPlan, wanted: tuple[str, ...], at: list[dict[str, str]]) -> None:
    """Append one step for the states in `wanted`."""
    plan.stage(system, at[0], "", wanted)
    previous = ""
    for number, fraction in enumerate(stages[1:], start=2):
        names = dict(at[number - 1])
        for x in wanted:
            names[x] = f"{x}_{number}"
            plan.assignments.append((names[x], f"{x} + {fraction!r}*dt*d_{x}{previous}"))
        previous = f"_{number}"
        plan.stage(system, names, previous, wanted)
    for x in wanted:
        plan.updates[x] = f"{x} + dt*(d_{x} + 2.0*(d_{x}_2 + d_{x}_3) + d_{x}_4)/6.0"
