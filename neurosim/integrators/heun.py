"""Heun's method: Euler's step, then one with the mean of the slopes at both ends. Order 2.

With noise its solution is that of Stratonovich: x + (F(x) + F(y))*h/2 + (G(x) + G(y))*dW/2, where
y = x + F(x)*h + G(x)*dW (Ruemelin 1982, doi:10.1137/0719041). Strong order 1 if each state has a noise of its
own in whose coefficient no other state stands, or if there is one noise only, and 1/2 otherwise.
"""

from __future__ import annotations

from neurosim.equations.system import EquationSystem
from neurosim.integrators.plan import StepPlan, kept

order = 2
stages = (0.0, 1.0)
noise = True


def step(system: EquationSystem, plan: StepPlan, wanted: tuple[str, ...], at: list[dict[str, str]]) -> None:
    """Append one step for the states in `wanted`; `at` names the states and the time at each stage."""
    plan.draw(system, wanted)
    plan.stage(system, at[0], "", wanted)
    names = dict(at[1])
    for x in wanted:
        names[x] = f"{x}__2"
        jumps = "".join(f" + g__{x}__{k}*dW__{k}" for k in system.noise[x])
        # Noise whose strength is the root of what vanishes at 0 or 1 must not see a fraction beyond.
        plan.assignments.append((names[x], kept(system, x, f"{x} + {plan.length(x)}*d__{x}{jumps}")))
    plan.stage(system, names, "__2", wanted)
    for x in wanted:
        jumps = "".join(f" + 0.5*(g__{x}__{k} + g__{x}__{k}__2)*dW__{k}" for k in system.noise[x])
        plan.updates[x] = f"{x} + 0.5*{plan.length(x)}*(d__{x} + d__{x}__2){jumps}"
