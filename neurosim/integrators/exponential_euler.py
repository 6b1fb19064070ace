"""Exponential Euler: x + h*phi1(h*J)*F(x) with J the diagonal of the Jacobian and phi1 = exprel. Order 1.

Exact for a state that is linear in itself while the others stand still, as every gate under a clamped voltage
is (Hochbruck & Ostermann 2010, doi:10.1017/S0962492910000048, eq. 2.7 with a diagonal J).
"""

from __future__ import annotations

import ast

from neurosim.equations.symbolic import derivative
from neurosim.equations.system import EquationSystem
from neurosim.equations.translation import from_sympy
from neurosim.integrators.plan import StepPlan

order = 1
stages = (0.0,)


def step(system: EquationSystem, plan: StepPlan, wanted: tuple[str, ...], at: list[dict[str, str]]) -> None:
    """Append one step for the states in `wanted`; `at` names the values of the states at each stage."""
    plan.stage(system, at[0], "", wanted)
    for x in wanted:
        slope = derivative(system, x, x)
        if slope == 0:
            plan.updates[x] = f"{x} + dt*d__{x}"
        else:
            plan.assignments.append((f"slope__{x}", ast.unparse(from_sympy(slope))))
            plan.updates[x] = f"{x} + dt*exprel(dt*slope__{x})*d__{x}"
