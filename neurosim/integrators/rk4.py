"""The classical Runge-Kutta method. Order 4 (Kutta 1901)."""

from __future__ import annotations

from neurosim.equations.system import EquationSystem
from neurosim.integrators.plan import StepPlan

order = 4
stages = (0.0, 0.5, 0.5, 1.0)
noise = False


def step(system: EquationSystem, plan: StepPlan, wanted: tuple[str, ...], at: list[dict[str, str]]) -> None:
    """Append one step for the states in `wanted`; `at` names the states and the time at each stage."""
    plan.stage(system, at[0], "", wanted)
    previous = ""
    for number, fraction in enumerate(stages[1:], start=2):
        suffix = f"__{number}"
        names = dict(at[number - 1])
        for x in wanted:
            names[x] = x + suffix
            plan.assignments.append((names[x], f"{x} + {fraction!r}*{plan.length(x)}*d__{x}{previous}"))
        plan.stage(system, names, suffix, wanted)
        previous = suffix
    for x in wanted:
        plan.updates[x] = f"{x} + {plan.length(x)}*(d__{x} + 2.0*(d__{x}__2 + d__{x}__3) + d__{x}__4)/6.0"
