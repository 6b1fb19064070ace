"""Exponential Euler: x + h*phi1(h*J)*F(x) with J the diagonal of the Jacobian and phi1 = exprel. Order 1.

Exact for a state that is linear in itself while the others stand still, as every gate under a clamped voltage
is (Hochbruck & Ostermann 2010, doi:10.1017/S0962492910000048, eq. 2.7 with a diagonal J).

Noise, in the sense of Ito, adds G(x)*sqrt(h*phi1(2*h*J))*N with N standard normal: the spread that noise of
constant strength G has gained after the step when F is linear with slope J. So an Ornstein-Uhlenbeck process
has its exact law at every time step (Gillespie 1996, doi:10.1103/PhysRevE.54.2084). Strong order 1/2, and
1 where the noise is additive; weak order 1.
"""

from __future__ import annotations

import ast

from neurosim.equations.symbolic import derivative
from neurosim.equations.system import EquationSystem
from neurosim.equations.translation import from_sympy
from neurosim.integrators.plan import StepPlan

order = 1
stages = (0.0,)
noise = True


def step(system: EquationSystem, plan: StepPlan, wanted: tuple[str, ...], at: list[dict[str, str]]) -> None:
    """Append one step for the states in `wanted`; `at` names the states and the time at each stage."""
    plan.draw(system, wanted)
    plan.stage(system, at[0], "", wanted)
    for x in wanted:
        h, slope = plan.length(x), derivative(system, x, x)
        jumps = "".join(f" + g__{x}__{k}*dW__{k}" for k in system.noise[x])
        if slope == 0:
            plan.updates[x] = f"{x} + {h}*d__{x}{jumps}"
            continue
        plan.assignments.append((f"slope__{x}", ast.unparse(from_sympy(slope))))
        if not jumps:
            plan.updates[x] = f"{x} + {h}*exprel({h}*slope__{x})*d__{x}"
            continue
        plan.assignments.append((f"phi__{x}", f"exprel(dt*slope__{x})"))
        # phi1(2*z) = phi1(z)*(1 + exp(z))/2 = phi1(z)*(1 + z*phi1(z)/2)
        spread = f"sqrt(phi__{x}*(1.0 + 0.5*dt*slope__{x}*phi__{x}))"
        plan.updates[x] = f"{x} + dt*phi__{x}*d__{x} + {spread}*({jumps.removeprefix(' + ')})"
    plan.dense = True
