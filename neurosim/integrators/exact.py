"""Exact propagation of linear states.

For dx/dt = M x + c with M constant and c constant over the step, x(t + h) = expm(M h) x(t) + Q c with
Q the integral of expm(M s) from 0 to h (Rotter & Diesmann 1999, doi:10.1007/s004220050570). The matrices are
numbers, computed once before the run, so equal time constants are no special case.
"""

from __future__ import annotations

import ast

from neurosim.equations.symbolic import linear_states, remainder
from neurosim.equations.system import EquationSystem
from neurosim.errors import EquationError
from neurosim.integrators.plan import Propagator, StepPlan


def step(system: EquationSystem, plan: StepPlan, wanted: tuple[str, ...]) -> None:
    """Advance all states by their propagator.

    Raises
    ------
    EquationError
        If a state does not obey a linear equation with constant coefficients.
    """
    propagate(system, plan, system.states, (1.0,))


def propagate(
    system: EquationSystem, plan: StepPlan, states: tuple[str, ...], fractions: tuple[float, ...]
) -> dict[tuple[str, float], str]:
    """Append the exact values of linear states after each fraction of the step.

    Returns
    -------
    dict of (str, float) to str
        Name of the value of each state after each fraction.
    """
    linear, matrix = linear_states(system)
    missing = [s for s in states if s not in linear]
    if missing:
        raise EquationError(
            f"integrator 'exact' needs linear equations with constant coefficients, and {', '.join(missing)} "
            "has none; use 'exponential_euler' or 'rk4'"
        )
    # Only what the states depend on: a filter alone does not need the membrane it drives.
    block = _closure(states, matrix)
    plan.linear_states = block
    plan.matrix = {key: ast.unparse(f) for key, f in matrix.items() if key[0] in block and key[1] in block}
    reach = _reachable(block, plan.matrix)
    drives = {s: remainder(system, s, block) for s in block}
    sub_needed: set[str] = set()
    for formula in drives.values():
        if formula is not None:
            sub_needed |= system.ancestors(formula)
    present = {name for name, _ in plan.assignments}
    for sub in system.subexpressions:
        if sub in sub_needed and sub not in present:
            plan.assignments.append((sub, ast.unparse(system.expressions[sub])))
    for s, formula in drives.items():
        if formula is not None:
            plan.assignments.append((f"drive_{s}", ast.unparse(formula)))
    values = {}
    for fraction in fractions:
        mark = "" if fraction == 1.0 else "half_"
        for i, s in enumerate(block):
            terms = []
            for j, other in enumerate(block):
                if other not in reach[s]:
                    continue
                plan.propagators.append(Propagator(f"P_{mark}{s}_{other}", "P", i, j, fraction))
                terms.append(f"P_{mark}{s}_{other}*{other}")
                if drives[other] is not None:
                    plan.propagators.append(Propagator(f"Q_{mark}{s}_{other}", "Q", i, j, fraction))
                    terms.append(f"Q_{mark}{s}_{other}*drive_{other}")
            name = f"{s}_{mark or 'new_'}exact"
            plan.assignments.append((name, " + ".join(terms)))
            values[s, fraction] = name
            if fraction == 1.0:
                plan.updates[s] = name
    return values


def _closure(states: tuple[str, ...], matrix: dict[tuple[str, str], ast.expr]) -> tuple[str, ...]:
    chosen = list(states)
    for s in chosen:
        chosen += [j for i, j in matrix if i == s and j not in chosen]
    return tuple(chosen)


def _reachable(states: tuple[str, ...], matrix: dict[tuple[str, str], str]) -> dict[str, set[str]]:
    """Which entries of the matrix exponential can differ from zero, by rows."""
    reach = {s: {s} for s in states}
    for _ in states:
        for i, j in matrix:
            reach[i] |= reach[j]
    return reach
