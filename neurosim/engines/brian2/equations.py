"""The equations of a population, neuron, receptors and stimuli joined, as Brian2's."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from neurosim.engines.brian2.language import brian_dimension
from neurosim.engines.brian2.tables import CourseTable
from neurosim.equations.expression import evaluate, renamed, substituted
from neurosim.equations.names import TIME, TIMES
from neurosim.equations.system import EquationSystem
from neurosim.integrators import StepPlan
from neurosim.network.population import Population
from neurosim.units import DIMENSIONLESS, UNITS, Dimension

PERIOD, ABOVE = "refractory_period", "above__threshold"
"""Variables that a model does not have: Brian2's refractory time, and whether the threshold is passed."""

STEP_TIME = "t_in_timesteps*dt"
"""The time at the beginning of the step, which Brian2's methods leave alone inside a step."""


def edge_in_brian(population: Population) -> bool:
    """Whether Brian2 itself can tell when the threshold condition of a model without reset becomes true.

    It looks again at the beginning of the next step, so nothing but the integration may have changed it, and
    it counts a condition that is true from the start.
    """
    model, system, composition = population.model, population.system, population.composition
    if model.threshold is None or model.refractory:
        return False
    condition = system.condition(model.threshold)
    jumping = {state for jumps in composition.jumps.values() for state, _ in jumps}
    moved = {*TIMES, *composition.tables, *jumping, *composition.summed.values()}
    known = population.constants() | population.start_values()
    passed = evaluate(condition, system.with_needed(condition, known))
    return not system.ancestors(condition) & moved and not np.any(passed)


class Declarations:
    """Equations of Brian2, one by one."""

    def __init__(self) -> None:
        self._made: list[Any] = []

    def declare(
        self, name: str, dimension: Dimension, flags: Sequence[str] = (), *, kind: str = "float"
    ) -> None:
        """A variable that something else gives its value."""
        from brian2.equations import equations as module

        self._made.append(
            module.SingleEquation(
                module.PARAMETER, name, brian_dimension(dimension), var_type=kind, flags=[*flags]
            )
        )

    def define(
        self, name: str, dimension: Dimension, text: str, flags: Sequence[str] = (), *, rate: bool = False
    ) -> None:
        """A variable that is an expression, or whose derivative is one."""
        from brian2.equations import equations as module

        kind = module.DIFFERENTIAL_EQUATION if rate else module.SUBEXPRESSION
        right = module.Expression(text)
        self._made.append(
            module.SingleEquation(kind, name, brian_dimension(dimension), expr=right, flags=[*flags])
        )

    def take(
        self,
        system: EquationSystem,
        tables: Mapping[str, CourseTable],
        *,
        sums: Mapping[str, Sequence[str]] | None = None,
        summed: Collection[str] = (),
        others: Collection[str] = (),
    ) -> None:
        """All equations of a system; of its parameters, nothing.

        Parameters
        ----------
        system : EquationSystem
        tables : mapping of str to CourseTable
            Inputs that are read from tables.
        sums : mapping of str to sequence of str, optional
            Sum of continuous signals to its parts, one for each projection: Brian2 allows each sum only one.
        summed : collection of str, optional
            All sums of continuous signals.
        others : collection of str, optional
            Other texts that use the variables.
        """
        by_name = {e.name: e for e in system.equations}
        # Brian2 wants another name for the noise xi once it stands in several equations.
        several = sum("xi" in system.noise[x] for x in system.states) > 1
        renaming = {"xi": "xi__own"} if several else {}
        order = [*system.derived, *system.subexpressions]
        noisy: dict[str, ast.expr] = {}
        if "t_step" in system.text or any("t_step" in text for text in others):
            self.define("t_step", TIME.dimension, STEP_TIME, ["shared"])
        for name in (*order, *(e.name for e in system.equations if e.name not in order)):
            e = by_name[name]
            dimension = e.unit.dimension
            if sums and name in sums:
                for part in sums[name]:
                    self.declare(part, dimension)
                self.define(name, dimension, " + ".join(sums[name]))
            elif name in tables:
                self.declare(tables[name].column, DIMENSIONLESS, ["constant"], kind="integer")
                self.define(name, dimension, tables[name].text)
            elif e.expression is None or name in summed:
                self.declare(name, dimension)
            elif name in system.noisy:
                # Brian2 wants noise in differential equations only.
                noisy[name] = substituted(e.expression, noisy)
            elif e.kind == "subexpression":
                self.define(name, dimension, ast.unparse(e.expression))
            else:
                text = ast.unparse(renamed(substituted(e.expression, noisy), renaming))
                flags = ["unless refractory"] if name in system.held else []
                self.define(name, dimension, text, flags, rate=True)

    def equations(self) -> Any:
        """All of them, as brian2.Equations."""
        from brian2.equations.equations import Equations

        return Equations(self._made)


def brian_equations(
    population: Population,
    plan: StepPlan,
    shared: Collection[str],
    sums: Mapping[str, Sequence[str]],
    tables: Mapping[str, CourseTable],
) -> Any:
    """The text of a population with everything declared that Brian2 has to know.

    Parameters
    ----------
    population : Population
    plan : StepPlan
        Its propagators become parameters.
    shared : collection of str
        Parameters that are one number for all.
    sums, tables
        See `Declarations.take`.

    Returns
    -------
    brian2.Equations
    """
    system, model = population.system, population.model
    made = Declarations()
    signal = model.signal
    others = [model.threshold or "", model.reset or "", signal.formula if signal else ""]
    made.take(system, tables, sums=sums, summed=population.composition.summed.values(), others=others)
    constants = {name: system.units[name].dimension for name in system.parameters}
    constants |= {p.name: DIMENSIONLESS for p in plan.propagators}
    if model.refractory:
        constants[PERIOD] = UNITS["ms"].dimension
    for name, dimension in constants.items():
        made.declare(name, dimension, ["constant", "shared"] if name in shared else ["constant"])
    if model.threshold and not (model.reset or edge_in_brian(population)):
        made.declare(ABOVE, DIMENSIONLESS, kind="boolean")
    return made.equations()
