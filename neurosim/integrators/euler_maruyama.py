"""The method of Euler and Maruyama: x + F(x)*h + G(x)*dW, in the sense of Ito. Order 1.

(Maruyama 1955, doi:10.1007/BF02846028.) Strong order 1/2, and 1 where the noise is additive; weak order 1.
Without noise it is forward Euler.
"""

from __future__ import annotations

from neurosim.equations.system import EquationSystem
from neurosim.integrators.plan import StepPlan

order = 1
stages = (0.0,)
noise = True


def step(system: EquationSystem, plan: StepPlan, wanted: tuple[str, ...], at: list[dict[str, str]]) -> None:
    """Append one step for the states in `wanted`; `at` names the states and the time at each stage."""
    plan.draw(system, wanted)
    plan.stage(system, at[0], "", wanted)
    for x in wanted:
        jumps = "".join(f" + g__{x}__{k}*dW__{k}" for k in system.noise[x])
        plan.updates[x] = f"{x} + {plan.length(x)}*d__{x}{jumps}"
