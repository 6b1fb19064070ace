"""The equations of a population, neuron and receptors joined, as Brian2's."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from neurosim.engines.brian2.language import brian_dimension
from neurosim.equations.expression import evaluate, substituted
from neurosim.integrators import StepPlan
from neurosim.network.population import Population
from neurosim.units import DIMENSIONLESS, UNITS, Dimension

PERIOD, ABOVE = "refractory_period", "above__threshold"
"""Variables that a model does not have: Brian2's refractory time, and whether the threshold is passed."""


def edge_in_brian(population: Population) -> bool:
    """Whether Brian2 itself can tell when the threshold condition of a model without reset becomes true.

    It looks again at the beginning of the next step, so nothing but the integration may have changed it, and
    it counts a condition that is true from the start.
    """
    model, system = population.model, population.system
    if model.threshold is None or model.refractory:
        return False
    condition = system.condition(model.threshold)
    jumping = {state for jumps in population.composition.jumps.values() for state, _ in jumps}
    moved = {"t", *jumping, *population.composition.summed.values()}
    known = population.constants() | population.start_values()
    passed = evaluate(condition, system.with_needed(condition, known))
    return not system.ancestors(condition) & moved and not np.any(passed)


def brian_equations(
    population: Population, plan: StepPlan, shared: Collection[str], sums: Mapping[str, Sequence[str]]
) -> Any:
    """The text of a population with everything declared that Brian2 has to know.

    Parameters
    ----------
    population : Population
    plan : StepPlan
        Its propagators become parameters.
    shared : collection of str
        Parameters that are one number for all.
    sums : mapping of str to sequence of str
        Sum of continuous signals to its parts, one for each projection: Brian2 allows each sum only one.

    Returns
    -------
    brian2.Equations
    """
    from brian2.equations import equations as module

    system, model = population.system, population.model
    made: list[Any] = []

    def declare(name: str, dimension: Dimension, flags: Sequence[str] = ()) -> None:
        kind = module.BOOLEAN if name == ABOVE else module.FLOAT
        equation = module.SingleEquation(
            module.PARAMETER, name, brian_dimension(dimension), var_type=kind, flags=[*flags]
        )
        made.append(equation)

    def define(kind: str, name: str, dimension: Dimension, text: str, flags: Sequence[str] = ()) -> None:
        right = module.Expression(text)
        made.append(module.SingleEquation(kind, name, brian_dimension(dimension), expr=right, flags=[*flags]))

    by_name = {e.name: e for e in system.equations}
    order = [*system.derived, *system.subexpressions]
    noisy: dict[str, ast.expr] = {}
    for name in (*order, *(e.name for e in system.equations if e.name not in order)):
        e = by_name[name]
        dimension = e.unit.dimension
        if name in sums:
            for part in sums[name]:
                declare(part, dimension)
            define(module.SUBEXPRESSION, name, dimension, " + ".join(sums[name]))
        elif e.expression is None or name in population.composition.summed.values():
            declare(name, dimension)
        elif name in system.noisy:
            noisy[name] = substituted(
                e.expression, noisy
            )  # Brian2 wants noise in differential equations only
        elif e.kind == "subexpression":
            define(module.SUBEXPRESSION, name, dimension, ast.unparse(e.expression))
        else:
            text = ast.unparse(substituted(e.expression, noisy))
            flags = ["unless refractory"] if name in system.held else []
            define(module.DIFFERENTIAL_EQUATION, name, dimension, text, flags)
    constants = {name: system.units[name].dimension for name in system.parameters}
    constants |= {p.name: DIMENSIONLESS for p in plan.propagators}
    if model.refractory:
        constants[PERIOD] = UNITS["ms"].dimension
    for name, dimension in constants.items():
        declare(name, dimension, ["constant", "shared"] if name in shared else ["constant"])
    if model.threshold and not (model.reset or edge_in_brian(population)):
        declare(ABOVE, DIMENSIONLESS)
    return module.Equations(made)
