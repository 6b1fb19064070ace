"""Exact propagation of linear states.

For dx/dt = M x + c with M constant and c constant over the step, x(t + h) = expm(M h) x(t) + Q c with
Q the integral of expm(M s) from 0 to h (Rotter & Diesmann 1999, doi:10.1007/s004220050570). The matrices are
numbers, computed once before the run, so equal time constants are no special case. A drive that changes with
the time is held at its value at the beginning of the step.

Where some states are held while others follow them, these others have a second propagator for the refractory
time, from a copy of M in which the rows of the held states are zero.
"""

from __future__ import annotations

import ast

from neurosim.equations.linear_form import linear_states, remainder
from neurosim.equations.system import EquationSystem
from neurosim.errors import EquationError
from neurosim.integrators.plan import WAIT, Propagator, StepPlan

noise = False


def step(system: EquationSystem, plan: StepPlan) -> None:
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
    """Append the exact values of linear states after each fraction of the step, 0.5 or 1.

    Parameters
    ----------
    system : EquationSystem
    plan : StepPlan
    states : tuple of str
        No equation of theirs may use a state outside.
    fractions : tuple of float

    Returns
    -------
    dict of (str, float) to str
        Name of the value of each state after each fraction.

    Raises
    ------
    EquationError
        If a state does not obey a linear equation with constant coefficients.
    """
    linear, matrix = linear_states(system)
    missing = [s for s in states if s not in linear]
    if missing:
        raise EquationError(
            "integrator 'exact' needs linear equations with constant coefficients, which "
            f"{', '.join(missing)} does not obey; use 'exponential_euler' or 'rk4'"
        )
    plan.linear_states = states
    plan.matrix = {key: ast.unparse(f) for key, f in matrix.items() if key[0] in states}
    driven = _append_drives(system, plan, states)
    reach = _reachable(states, plan.matrix)
    following = [s for s in states if s not in system.held and reach[s] & system.held]
    if following:
        copies = {s: f"{s}__held" for s in states}
        plan.linear_states += tuple(copies.values())
        for (i, j), text in list(plan.matrix.items()):
            if i not in system.held:
                plan.matrix[copies[i], copies[j]] = text
        reach |= _reachable(tuple(copies.values()), plan.matrix)
    values = {}
    for fraction in fractions:
        mark = "new" if fraction == 1.0 else "half"
        for s in states:
            formula = _combination(plan, s, states, reach, driven, fraction)
            if s in following:
                held = _combination(plan, s, states, reach, driven - system.held, fraction, "__held")
                formula = f"where({WAIT} > 0, {held}, {formula})"
            values[s, fraction] = f"{s}__{mark}"
            plan.assignments.append((values[s, fraction], formula))
    plan.updates |= {s: values[s, 1.0] for s in states}
    return values


def _append_drives(system: EquationSystem, plan: StepPlan, states: tuple[str, ...]) -> set[str]:
    """Append what inputs and constants add to each state: ``drive__<state>``; return those it adds to."""
    formulas = {s: formula for s in states if (formula := remainder(system, s, states)) is not None}
    needed: set[str] = set()
    for formula in formulas.values():
        needed |= system.ancestors(formula)
    for sub in system.subexpressions:
        if sub in needed:
            plan.assignments.append((sub, ast.unparse(system.expressions[sub])))
    plan.assignments += [(f"drive__{s}", ast.unparse(formula)) for s, formula in formulas.items()]
    return set(formulas)


def _combination(
    plan: StepPlan,
    state: str,
    states: tuple[str, ...],
    reach: dict[str, set[str]],
    driven: set[str],
    fraction: float,
    copy: str = "",
) -> str:
    """Value of a state after a fraction of the step: propagators times states and drives."""
    mark = copy + ("" if fraction == 1.0 else "__half")
    row = plan.linear_states.index(state + copy)
    terms = []
    for other in states:
        if other + copy not in reach[state + copy]:
            continue
        column = plan.linear_states.index(other + copy)
        for kind, value in (("P", other), ("Q", f"drive__{other}")):
            if kind == "P" or other in driven:
                name = f"{kind}{mark}__{state}__{other}"
                plan.propagators.append(Propagator(name, kind, row, column, fraction))
                terms.append(f"{name}*{value}")
    return " + ".join(terms)


def _reachable(states: tuple[str, ...], matrix: dict[tuple[str, str], str]) -> dict[str, set[str]]:
    """Which entries of the matrix exponential can differ from zero, by rows."""
    reach = {s: {s} for s in states}
    for _ in states:
        for i, j in matrix:
            if i in reach:
                reach[i] |= reach[j]
    return reach
