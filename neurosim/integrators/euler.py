"""Forward Euler: x + h*F(x). Order 1."""

from __future__ import annotations

from neurosim.equations.system import EquationSystem
from neurosim.integrators.plan import StepPlan

order = 1
stages = (0.0,)
noise = False


def step(system: EquationSystem, plan: StepPlan, wanted: tuple[str, ...], at: list[dict[str, str]]) -> None:
    """Append one step for the states in `wanted`; `at` names the states and the time at each stage."""
    plan.stage(system, at[0], "", wanted)
    for x in wanted:
        plan.updates[x] = f"{x} + {plan.length(x)}*d__{x}"
