"""Join a neuron's equations with those of its receptors into one system."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from neurosim.equations.dimensions import alike, dimension_of
from neurosim.equations.expression import expression, names_in, renamed, without_units
from neurosim.equations.expression_parser import parse_expression
from neurosim.equations.names import is_noise
from neurosim.equations.parameter import Parameter
from neurosim.equations.parser import Equation, parse_equations
from neurosim.equations.source import Source
from neurosim.equations.system import EquationSystem
from neurosim.errors import ParameterError
from neurosim.neurons.model import NeuronModel
from neurosim.synapses.receptor import Receptor
from neurosim.units import DIMENSIONLESS, UNITS, Dimension, Unit, describe, parse_unit, quotient


@dataclass(frozen=True)
class Composition:
    """A neuron with its receptors.

    Attributes
    ----------
    system : EquationSystem
        Names of a receptor's variables, parameters and noise end in its name: ``x0_exc``, ``tau_exc``. Where
        receptors feed an input, that name stands for the sum, and the part given from outside is
        ``<input>_external``.
    parameters : dict of str to Parameter
    filters : tuple of str
        States that belong to receptors.
    jumps : dict of str to tuple of (str, ast.expr)
        For each receptor: the states that grow when a spike arrives, and the factor per unit of weight. Where
        spikes release pulses, ``<receptor>.end`` has what happens at their end.
    pulses : dict of str to float
        Duration of the pulses, ms, by receptor.
    external : dict of str to str
        Input of the neuron to the name of its outside part in `system`.
    weight_units : dict of str to (Unit or None)
        For each receptor: unit of the weights of its synapses; None where the states that jump differ in it.
        For continuous signals, weights are in this unit over that of the signal.
    summed : dict of str to str
        For each receptor of continuous signals: the state that holds their sum. It stands still in a step.
    stationary : tuple of str
        States of stimuli, which begin with standard normal numbers.
    tables : tuple of str
        Inputs that stimuli read from tables.
    """

    system: EquationSystem
    parameters: dict[str, Parameter]
    filters: tuple[str, ...]
    jumps: dict[str, tuple[tuple[str, ast.expr], ...]]
    external: dict[str, str]
    pulses: dict[str, float]
    weight_units: dict[str, Unit | None]
    summed: dict[str, str]
    stationary: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


def compose(model: NeuronModel, receptors: Mapping[str, Receptor]) -> Composition:
    """Join a neuron model and its receptors.

    Parameters
    ----------
    model : NeuronModel
    receptors : mapping of str to Receptor

    Raises
    ------
    ParameterError
        If there are receptors but the model has no input, a name of a receptor is one of the neuron's
        already, or a jump is not that of a state.
    EquationError
        If a receptor's equations do not fit the neuron's: unknown name, wrong dimension.
    """
    if not receptors:
        external = {name: name for name in model.system.inputs}
        return Composition(model.system, dict(model.parameters), (), {}, external, {}, {}, {})
    target = model.input
    unit = model.system.units[target]
    parameters = dict(model.parameters)
    outside = f"{target}_external"
    equations = list(model.system.equations)
    position = next(i for i, e in enumerate(equations) if e.name == target)
    line = equations[position].source
    filters: list[str] = []
    currents: list[str] = []
    jumps_text: dict[str, dict[str, ast.expr]] = {}
    summed: dict[str, str] = {}
    for name, receptor in receptors.items():
        parsed = parse_equations(receptor.equations(receptor.unit(model.system, target)))
        noises = {n for e in parsed if e.expression for n in names_in(e.expression) if is_noise(n)}
        held = _held(name, receptor, parsed, model)
        parsed = [_standing_still(e) if e is held else e for e in parsed]
        own = {key: f"{key}_{name}" for key in (*(e.name for e in parsed), *receptor.parameters, *noises)}
        for taken in sorted(
            {*own.values(), f"{target}_{name}", outside} & {*parameters, *model.system.units}
        ):
            limit = f"makes the name {taken!r}, which {model.name} has already"
            raise ParameterError(f"receptors[{name!r}]", receptor, limit, "Give the receptor another name.")
        parameters |= {own[key]: p for key, p in receptor.parameters.items()}
        current, source = parse_expression(receptor.output)
        if isinstance(current, ast.Constant) and current.value == 0:
            current = expression(f"0*{unit.name}")
        parsed.append(Equation("subexpression", target, unit, current, frozenset(), source))
        own[target] = f"{target}_{name}"
        equations += [renamed_equation(e, own) for e in parsed]
        currents.append(own[target])
        filters += [own[e.name] for e in parsed if e.kind == "differential"]
        if held is not None:
            summed[name] = own[held.name]
            continue
        for events, jump in ((name, receptor.jump), (f"{name}.end", receptor.end)):
            if jump or events == name:
                jumps_text[events] = {
                    own.get(s, s): renamed(parse_expression(text)[0], own) for s, text in jump.items()
                }
    total = expression(" + ".join([outside, *currents]))
    equations[position] = Equation("input", outside, unit, None, frozenset({"input"}), line)
    equations.append(
        Equation("subexpression", target, unit, total, frozenset(), Source((ast.unparse(total),), 1, 0))
    )
    system = EquationSystem(equations, {key: parse_unit(p.unit) for key, p in parameters.items()})
    checked = {
        name: {s: _checked_factor(name, s, factor, system) for s, factor in entries.items()}
        for name, entries in jumps_text.items()
    }
    jumps = {
        name: tuple((s, factor) for s, (factor, _) in entries.items()) for name, entries in checked.items()
    }
    weight_units = {
        name: _common(unit for _, unit in checked[name].values())
        for name in receptors.keys() & checked.keys()
    }
    weight_units |= {name: system.units[state] for name, state in summed.items()}
    external = {name: outside if name == target else name for name in model.system.inputs}
    pulses = {name: receptor.pulse for name, receptor in receptors.items() if receptor.pulse is not None}
    return Composition(system, parameters, tuple(filters), jumps, external, pulses, weight_units, summed)


def _held(name: str, receptor: Receptor, parsed: list[Equation], model: NeuronModel) -> Equation | None:
    """The sum that a receptor of continuous signals takes in; None for a receptor of spikes."""
    inputs = [e for e in parsed if e.kind == "input"]
    where = f"receptors[{name!r}]"
    if len(inputs) > 1 or bool(inputs) == bool(receptor.jump):
        limit = "must either have a jump, for spikes, or one input, for continuous signals"
        raise ParameterError(where, receptor, limit)
    if not inputs:
        return None
    if receptor.difference and receptor.variable not in model.system.states:
        limit = f"acts along a difference, which needs a state of {model.name} as its variable"
        raise ParameterError(
            where, receptor.variable, limit, f"There are {', '.join(model.system.states) or 'none'}."
        )
    return inputs[0]


def _standing_still(e: Equation) -> Equation:
    """An input as a state that nothing changes but the engine, which makes it known to monitors."""
    return replace(e, kind="differential", expression=expression(f"0*{e.name}/ms"), flags=frozenset())


def _common(units: Iterable[Unit]) -> Unit | None:
    """The unit that all have in common, if they do."""
    first, *others = units
    same = all((u.dimension, u.decades) == (first.dimension, first.decades) for u in others)
    return first if same else None


def _checked_factor(
    receptor: str, state: str, factor: ast.expr, system: EquationSystem
) -> tuple[ast.expr, Unit]:
    """The factor of a jump in coherent units, if it and the state exist, and the unit of weights.

    A weight is in the unit of the state over that of the factor: a number for ``1*nS``, nS for ``1``.
    """
    where = f"receptors[{receptor!r}].jump"
    if state not in system.states:
        raise ParameterError(where, state, f"must be a state: {', '.join(system.states) or 'there is none'}")
    plain = without_units(factor, system.units)
    for name in sorted(names_in(plain)):
        if name in system.noisy:
            raise ParameterError(where, ast.unparse(factor), f"{name!r} holds noise")
    for unknown in sorted(names_in(plain) - system.units.keys()):
        raise ParameterError(where, ast.unparse(factor), f"unknown name {unknown!r}")
    unit = system.units[state]
    dimensions = {name: u.dimension for name, u in system.units.items()}
    found = dimension_of(factor, dimensions, Source((ast.unparse(factor),), 1, 0))
    if alike(found, unit.dimension):
        return plain, UNITS["1"]
    scaled = plain if unit.decades == 0 else ast.BinOp(plain, ast.Mult(), ast.Constant(unit.scale))
    return scaled, _over(unit, found)


def _over(unit: Unit, dimension: Dimension) -> Unit:
    """A unit over the coherent one of a dimension; charges as the product that they are: ``pA*ms``."""
    result = quotient(unit, Unit(describe(dimension), 0, dimension))
    if dimension != UNITS["Hz"].dimension:
        return result
    return replace(result, name="ms" if unit.dimension == DIMENSIONLESS else f"{unit.name}*ms")


def renamed_equation(e: Equation, names: Mapping[str, str]) -> Equation:
    """An equation with some names replaced by others."""
    right = None if e.expression is None else renamed(e.expression, names)
    return replace(e, name=names.get(e.name, e.name), expression=right)
