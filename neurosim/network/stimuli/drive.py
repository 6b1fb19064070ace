"""Stimuli joined with the equations of the neurons that they drive."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from neurosim.equations.expression import expression
from neurosim.equations.parser import Equation
from neurosim.equations.source import Source
from neurosim.equations.system import EquationSystem
from neurosim.errors import ParameterError
from neurosim.network.composition import Composition
from neurosim.network.integration import chosen_integrator
from neurosim.network.stimuli.application import Application
from neurosim.network.stimuli.bundle import Bundle, bundled
from neurosim.neurons.model import NeuronModel


@dataclass(frozen=True, eq=False)
class Drive:
    """What the stimuli of a population make of it.

    Attributes
    ----------
    applications : tuple of Application
    composition : Composition
        With the stimuli: the name of an input stands for the sum.
    integrator : str
    values : dict of str to float, ndarray or Course
        Parameters and tables of the stimuli, in coherent units.
    """

    applications: tuple[Application, ...]
    composition: Composition
    integrator: str
    values: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Driven:
    """A population before it is given stimuli.

    Attributes
    ----------
    name : str
    n : int
    model : NeuronModel
    composition : Composition
    integrator : str or None
        As the user gave it.
    precise_spikes : bool
    """

    name: str
    n: int
    model: NeuronModel
    composition: Composition
    integrator: str | None
    precise_spikes: bool

    def by(self, applications: Sequence[Application]) -> Drive:
        """The population with stimuli.

        Raises
        ------
        ParameterError, UnitError, EquationError
            If a value, a unit or a shape does not fit, noise stands where none can be, or the integrator
            cannot do it.
        """
        bundles = bundled(applications, self.n)
        composition = joined(self.composition, bundles, self.n) if bundles else self.composition
        system, model = composition.system, self.model
        integrator = chosen_integrator(self.name, model, system, self.integrator, self.precise_spikes)
        # What threshold, reset and output make use of must have a value at a moment.
        if model.threshold is not None:
            system.condition(model.threshold)
        system.statements(model.reset or "")
        if model.signal is not None:
            model.signal.node(system)
        values: dict[str, Any] = {}
        for bundle in bundles:
            target = bundle.first.input
            values |= bundle.values(model.system.units[target], self.n, f"{self.name}.{target}")
        return Drive(tuple(applications), composition, integrator, values)


def joined(composition: Composition, bundles: Sequence[Bundle], n: int) -> Composition:
    """A composition whose inputs are fed by stimuli too.

    Raises
    ------
    ParameterError
        If a name that a stimulus brings is taken.
    EquationError
        If a formula has the wrong dimension, or noise stands where none can be.
    """
    system = composition.system
    equations, parameters = list(system.equations), dict(system.parameters)
    external = dict(composition.external)
    stationary: list[str] = []
    tables: list[str] = []
    for target in dict.fromkeys(bundle.first.input for bundle in bundles):
        mine = [bundle for bundle in bundles if bundle.first.input == target]
        unit = system.units[target]
        place = next(k for k, e in enumerate(equations) if e.name == target)
        total = equations[place].expression
        if total is None:
            external[target] = f"{target}_external"
            _check_free(composition, target, [external[target]])
            equations[place] = replace(equations[place], name=external[target])
            total = ast.Name(external[target], ast.Load())
        else:  # receptors feed it too
            del equations[place]
        for bundle in mine:
            lines, own = bundle.equations(unit, n), bundle.units(unit, n)
            _check_free(composition, target, [*(e.name for e in lines), *own])
            equations += lines
            parameters |= own
            stationary += [e.name for e in lines if e.kind == "differential"]
            tables += [e.name for e in lines if e.kind == "input"]
            total = ast.BinOp(total, ast.Add(), ast.Name(bundle.first.current, ast.Load()))
        text = Source((ast.unparse(total),), 1, 0)
        equations.append(
            Equation("subexpression", target, unit, expression(text.lines[0]), frozenset(), text)
        )
    return replace(
        composition,
        system=EquationSystem(equations, parameters),
        external=external,
        stationary=tuple(stationary),
        tables=tuple(tables),
    )


def _check_free(composition: Composition, target: str, names: Sequence[str]) -> None:
    for name in names:
        if name in composition.system.units:
            limit = f"a stimulus makes the name {name!r}, which the model has already"
            raise ParameterError(target, name, limit, "Rename it in the model.")
