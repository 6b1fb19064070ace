"""One step of time, written as formulas: integrators make them, the kernel generator turns them into code."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from neurosim.equations.expression import renamed
from neurosim.equations.system import EquationSystem

WAIT = "_wait"
"""Steps a neuron still has to wait, its refractory time, as formulas call it."""


@dataclass(frozen=True)
class Propagator:
    """A coefficient computed from the matrix M of the linear states by a matrix exponential.

    Attributes
    ----------
    name : str
        As the formulas call it.
    kind : {"P", "Q"}
        ``P = expm(M*h)`` carries the state, ``Q = integral of expm(M*s) from 0 to h`` a constant drive.
    row, column : int
        Entry of that matrix.
    fraction : float
        h as a fraction of the time step.
    """

    name: str
    kind: str
    row: int
    column: int
    fraction: float


@dataclass
class StepPlan:
    """Formulas of one step.

    Names that integrators make up hold two underscores in a row, which no name of a model does.

    Attributes
    ----------
    assignments : list of (str, str)
        Name and formula, in order; formulas use states, inputs, parameters, coefficients, ``dt`` (ms), and
        `WAIT` where states are held.
    updates : dict of str to str
        State to the name, or formula, of its value after the step.
    linear_states : tuple of str
        Rows of the matrix the propagators come from.
    matrix : dict of (str, str) to str
        Its non-zero entries, formulas of parameters.
    propagators : list of Propagator
    """

    assignments: list[tuple[str, str]] = field(default_factory=list)
    updates: dict[str, str] = field(default_factory=dict)
    linear_states: tuple[str, ...] = ()
    matrix: dict[tuple[str, str], str] = field(default_factory=dict)
    propagators: list[Propagator] = field(default_factory=list)

    def stage(
        self, system: EquationSystem, states: Mapping[str, str], suffix: str, wanted: tuple[str, ...]
    ) -> None:
        """Append the derivatives of `wanted`, named ``d__<state><suffix>``, at given values of the states.

        The derivative of a state that is held while others follow it is 0 during the refractory time.

        Parameters
        ----------
        system : EquationSystem
        states : mapping of str to str
            Name under which each state's value stands at this stage.
        suffix : str
            Ends the names this stage makes; empty for the first, whose sub-expressions keep their own names.
        wanted : tuple of str
        """
        needed: set[str] = set()
        for state in wanted:
            needed |= system.ancestors(system.expressions[state])
        names = dict(states)
        for sub in system.subexpressions:
            if sub not in needed:
                continue
            if suffix and not system.depends_on(system.expressions[sub], tuple(states)):
                continue  # the first stage has computed it already
            names[sub] = sub + suffix
            self.assignments.append((sub + suffix, ast.unparse(renamed(system.expressions[sub], names))))
        for state in wanted:
            formula = ast.unparse(renamed(system.expressions[state], names))
            if state in system.paused:
                formula = f"where({WAIT} > 0, 0.0, {formula})"
            self.assignments.append((f"d__{state}{suffix}", formula))
