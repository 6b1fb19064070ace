"""Exponential Euler: x + h*phi1(h*J)*F(x) with J the diagonal of the Jacobian and phi1 = exprel.

Exact for a state that is linear in itself while the others stand still, as every gate under a clamped voltage is.
Order 1 (Hochbruck & Ostermann 2010, doi:10.1017/S0962492910000048, eq. 2.7 with a diagonal J).
"""

from __future__ import annotations

import ast

from neurosim.equations.symbolic import derivative, from_sympy
from neurosim.equations.system import EquationSystem
from neurosim.integrators.plan import StepPlan

order = 1
stages = (0.0,)


def step(system: EquationSystem, plan: StepPlan, wanted: tuple[str, ...], at: list[dict[str, str]]) -> None:
    """Append one step for the states in `wanted`."""
    plan.stage(system, at[0], "", wanted)
    for x in wanted:
        slope = derivative(system, x, x)
        if slope == 0:
            plan.updates[x] = f"{x} + dt*d_{x}"
        else:
            plan.assignments.append((f"slope_{x}", ast.unparse(from_sympy(slope))))
            plan.updates[x] = f"{x} + dt*exprel(dt*slope_{x})*d_{x}"
