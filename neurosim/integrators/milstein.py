"""Milstein's method: that of Euler and Maruyama, and G*dG/dx*(dW**2 - h)/2. Ito; strong and weak order 1.

(Milstein 1974, doi:10.1137/1119062; Kloeden & Platen 1992, doi:10.1007/978-3-662-12616-5, eq. 10.3.1.) The
coefficient of a noise may depend on states that this noise drives and on none that another one does; beyond
that, integrals of pairs of noises would be needed. Without noise it is forward Euler.
"""

from __future__ import annotations

import ast
from typing import Any

from neurosim.equations.expression import expression
from neurosim.equations.symbolic import expanded, slope
from neurosim.equations.system import EquationSystem
from neurosim.equations.translation import from_sympy, to_sympy
from neurosim.errors import EquationError
from neurosim.integrators.plan import StepPlan

order = 1
stages = (0.0,)
noise = True


def step(system: EquationSystem, plan: StepPlan, wanted: tuple[str, ...], at: list[dict[str, str]]) -> None:
    """Append one step for the states in `wanted`; `at` names the states and the time at each stage.

    Raises
    ------
    EquationError
        If the coefficient of a noise depends on a state that another noise drives.
    """
    plan.draw(system, wanted)
    plan.stage(system, at[0], "", wanted)
    for x in wanted:
        terms = [f"{x} + {plan.length(x)}*d__{x}"]
        for k in system.noise[x]:
            terms.append(f"g__{x}__{k}*dW__{k}")
            correction = _correction(system, x, k)
            if correction != 0:
                plan.assignments.append((f"gg__{x}__{k}", ast.unparse(from_sympy(correction))))
                terms.append(f"0.5*gg__{x}__{k}*(dW__{k}*dW__{k} - dt)")
        plan.updates[x] = " + ".join(terms)


def _correction(system: EquationSystem, x: str, k: str) -> Any:
    """How the coefficient of a noise in the equation of `x` changes along what that noise does to states."""
    total = 0
    for y in system.states:
        change = slope(system, system.noise[x][k], y)
        if change == 0:
            continue
        others = [other for other in system.noise[y] if other != k]
        if others:
            raise EquationError(
                f"integrator 'milstein' cannot be used: the coefficient of {k} in d{x}/dt depends on {y}, "
                f"which {', '.join(others)} drives; use 'euler_maruyama' or 'exponential_euler'"
            )
        if k in system.noise[y]:
            # A state that is held is not driven.
            if y in system.paused:
                total += change * to_sympy(expression(f"g__{y}__{k}"))
            else:
                total += change * expanded(system, system.noise[y][k], system.states)
    return total
