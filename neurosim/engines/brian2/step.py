"""How Brian2 advances the states of a population: by its own method where that has the same formulas.

Otherwise Brian2 is given the formulas of neurosim's step, so that any integrator can be run on both.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from neurosim.engines.brian2.language import si_scale
from neurosim.equations.expression import expression, names_in, renamed
from neurosim.equations.names import TIMES
from neurosim.equations.symbolic import derivative
from neurosim.equations.translation import from_sympy
from neurosim.integrators import StepPlan
from neurosim.integrators.plan import WAIT
from neurosim.network.population import Population

SAME = ("euler", "rk2", "rk4", "exponential_euler")
"""Integrators whose formulas Brian2 has under the same name."""


def method_of(population: Population, plan: StepPlan, dt: float) -> str | Callable[..., str]:
    """What Brian2 shall integrate a population with.

    Parameters
    ----------
    population : Population
    plan : StepPlan
        Of its integrator.
    dt : float
        ms.

    Returns
    -------
    str or callable
        The name of Brian2's method, or a function of the equations that gives the code of a step.
    """
    if _brian_has(population, plan):
        return population.integrator
    code = step_code(population, plan, dt)

    def neurosim_step(equations: Any, variables: Any = None, method_options: Any = None) -> str:
        return code

    return neurosim_step


def _brian_has(population: Population, plan: StepPlan) -> bool:
    """Whether Brian2's method of the same name has the same formulas for these equations."""
    system = population.system
    if population.integrator not in SAME or system.noises or system.fractions:
        return False
    if population.integrator != "exponential_euler":
        return not plan.linear_states
    # A filter that decays by itself is exact in both; those that follow each other are not in Brian2.
    alone = all(i == j for i, j in plan.matrix) and all(p.kind == "P" for p in plan.propagators)
    return alone and not any(
        system.depends_on(from_sympy(derivative(system, x, x)), (x,)) for x in system.states
    )


def step_code(population: Population, plan: StepPlan, dt: float) -> str:
    """A step as abstract code of Brian2, in which ``x__c`` is x as a number in coherent units."""
    system = population.system
    propagators = {p.name for p in plan.propagators}
    still = {*population.composition.summed.values()}
    updates = {x: text for x, text in plan.updates.items() if x not in still}
    texts = [*(text for _, text in plan.assignments), *updates.values()]
    assigned = {name for name, _ in plan.assignments}
    used = {name for text in texts for name in names_in(expression(text))} - assigned - propagators
    names = {name: f"{name.lstrip('_')}__c" for name in used | assigned}
    given = dict.fromkeys(TIMES, f"t_in_timesteps*{dt!r}")
    given |= {"dt": repr(dt), WAIT: "1 - int(not_refractory)"}
    given |= {f"normal__{k}": "randn()" for k in plan.noises}
    lines = []
    for name in sorted(used):
        if name in given:
            lines.append(f"{names[name]} = {given[name]}")
        else:
            lines.append(f"{names[name]} = {name}{_divided(si_scale(system.units[name].dimension))}")
    for name, text in [*plan.assignments, *((f"new__{x}", text) for x, text in updates.items())]:
        lines.append(f"{names.get(name, name)} = {ast.unparse(renamed(expression(text), names))}")
    for x in updates:
        scale = si_scale(system.units[x].dimension)
        lines.append(f"{x} = new__{x}" + ("" if scale == 1.0 else f"*{scale!r}"))
    return "\n".join(lines) + "\n"


def _divided(scale: float) -> str:
    return "" if scale == 1.0 else f"/{scale!r}"
