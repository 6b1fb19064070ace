"""One step of time, written as formulas: integrators make them, the kernel generator turns them into code."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from neurosim.equations.expression import carried_out, renamed
from neurosim.equations.system import EquationSystem

WAIT = "_wait"
"""Steps a neuron still has to wait, its refractory time, as formulas call it."""


class Propagator(NamedTuple):
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


def kept(system: EquationSystem, state: str, formula: str) -> str:
    """The formula for a value of a state, set back to the range from 0 to 1 if the state is a fraction."""
    return f"clip({formula}, 0.0, 1.0)" if state in system.fractions else formula


@dataclass
class StepPlan:
    """Formulas of one step.

    Names that integrators make up hold two underscores in a row, which no name of a model does.

    Attributes
    ----------
    assignments : list of (str, str)
        Name and formula, in order; formulas use states, inputs, parameters, coefficients, ``t`` and ``dt``
        (ms), `WAIT` where states are held, and ``normal__<noise>``, a standard normal number.
    updates : dict of str to str
        State to the name, or formula, of its value after the step.
    linear_states : tuple of str
        Rows of the matrix the propagators come from.
    matrix : dict of (str, str) to str
        Its non-zero entries, formulas of parameters.
    propagators : list of Propagator
    noises : tuple of str
        White noise that the formulas use, in the order of the system.
    lengths : mapping of str to str
        State to the name of the length of its step, where that is not ``dt``: a neuron that becomes active
        inside a step has less time, one whose last step ended with a spike has some to make up for.
    dense : bool
        Whether the updates hold for every length of the step, not for the whole one alone.
    """

    assignments: list[tuple[str, str]] = field(default_factory=list)
    updates: dict[str, str] = field(default_factory=dict)
    linear_states: tuple[str, ...] = ()
    matrix: dict[tuple[str, str], str] = field(default_factory=dict)
    propagators: list[Propagator] = field(default_factory=list)
    noises: tuple[str, ...] = ()
    lengths: Mapping[str, str] = field(default_factory=dict)
    dense: bool = False

    def length(self, state: str) -> str:
        """Name of the length of a state's step, ms."""
        return self.lengths.get(state, "dt")

    def carried_out(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values of the states after one step, by NumPy and outside the refractory time.

        Kernels do the same, faster; this is for checks and for noise of one's own.

        Parameters
        ----------
        values : mapping of str to float or ndarray
            States, inputs, parameters (derived ones included), ``t``, ``dt``, propagators, and
            ``normal__<noise>`` for `noises`, in coherent units; arrays broadcast.
        """
        after = [(f"new__{x}", formula) for x, formula in self.updates.items()]
        known = carried_out([*self.assignments, *after], {WAIT: 0} | dict(values))
        return {x: known[f"new__{x}"] for x in self.updates}

    def stage(
        self, system: EquationSystem, values: Mapping[str, str], suffix: str, wanted: tuple[str, ...]
    ) -> None:
        """Append the derivatives of `wanted`, named ``d__<state><suffix>``, at given values of the states.

        The coefficients of their noise follow: ``g__<state>__<noise><suffix>``. Derivative and coefficients
        of a state that is held while others follow it are 0 during the refractory time.

        Parameters
        ----------
        system : EquationSystem
        values : mapping of str to str
            Name under which the value of each state, and the time, stands at this stage.
        suffix : str
            Ends the names this stage makes; empty for the first, whose sub-expressions keep their own names.
        wanted : tuple of str
        """
        formulas = {f"d__{x}{suffix}": (x, system.expressions[x]) for x in wanted}
        for x in wanted:
            formulas |= {f"g__{x}__{k}{suffix}": (x, factor) for k, factor in system.noise[x].items()}
        needed: set[str] = set()
        for _, formula in formulas.values():
            needed |= system.ancestors(formula)
        names = dict(values)
        for sub in system.subexpressions:
            if sub not in needed:
                continue
            if suffix and not system.depends_on(system.expressions[sub], tuple(values)):
                continue  # the first stage has computed it already
            names[sub] = sub + suffix
            self.assignments.append((sub + suffix, ast.unparse(renamed(system.expressions[sub], names))))
        for name, (x, formula) in formulas.items():
            text = ast.unparse(renamed(formula, names))
            if x in system.paused and x not in self.lengths:
                text = f"where({WAIT} > 0, 0.0, {text})"
            self.assignments.append((name, text))

    def draw(self, system: EquationSystem, wanted: tuple[str, ...]) -> None:
        """Append the increment over the step of each noise that drives `wanted`: ``dW__<noise>``."""
        self.noises = tuple(k for k in system.noises if any(k in system.noise[x] for x in wanted))
        self.assignments += [(f"dW__{k}", f"sqrt(dt)*normal__{k}") for k in self.noises]
