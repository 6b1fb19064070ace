"""Stimuli on their own, without neurons: their values over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neurosim.equations.dimensions import dimension_of
from neurosim.equations.expression import evaluate, expression
from neurosim.equations.expression_parser import parse_expression
from neurosim.equations.parser import Equation
from neurosim.equations.source import Source
from neurosim.equations.system import EquationSystem
from neurosim.errors import ParameterError
from neurosim.machine import memory_bytes
from neurosim.network.checks import whole_number
from neurosim.network.composition import Composition
from neurosim.network.stimuli.application import applied
from neurosim.network.stimuli.bundle import bundled
from neurosim.network.stimuli.drive import joined
from neurosim.network.stimuli.formula import Formula
from neurosim.network.stimuli.stimulus import Component, Stimulus
from neurosim.network.stimuli.table import Course
from neurosim.units import (
    DIMENSIONLESS,
    UNITS,
    Unit,
    convert,
    convert_by_itself,
    describe,
    is_quantity,
    parse_unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Floats = NDArray[np.float64]


class Function:
    """A stimulus without noise as a function of the time.

    Parameters
    ----------
    stimulus : Stimulus
    unit : Unit
        Of its values.
    n : int
        Number of units.
    where : str
        Object and attribute, for messages.

    Attributes
    ----------
    trials : int
        Number of trials that it has values for, or 1 if they are the same for all.
    end : float
        Time up to which it is given, ms; infinite for all but arrays.

    Raises
    ------
    ParameterError, UnitError, EquationError
        If a value does not fit, values are for different numbers of trials, or it holds noise.
    """

    def __init__(self, stimulus: Stimulus, unit: Unit, n: int, where: str) -> None:
        source = Source((where,), 1, 0)
        value = Equation("input", "value", unit, None, frozenset({"input"}), source)
        base = Composition(EquationSystem([value], {}), {}, (), {}, {"value": "value"}, {}, {}, {})
        applications = applied((), "value", 0, n, stimulus)
        bundles = bundled(applications, n)
        self.system, self.unit = joined(base, bundles, n).system if bundles else base.system, unit
        if self.system.noises:
            raise ParameterError(where, stimulus, "holds noise", "Use a stimulus without.")
        constant = stimulus.constant(unit, where)
        if (shape := np.shape(constant)) and (len(shape) > 2 or shape[-1] != n):
            raise ParameterError(where, shape, f"the shape must be (), ({n},) or (trials, {n})")
        name = "value_external" if applications else "value"
        values: dict[str, Any] = {name: constant * unit.scale}
        for bundle in bundles:
            values |= bundle.values(unit, n, where)
        self.trials = _trials(values, stimulus, where)
        self.values = self.system.with_derived(values)
        tables = [a.component.table for a in applications if a.component.table is not None]
        self.end = min([np.inf, *(t.n_held * t.dt for t in tables if t.after == "error")])

    def __call__(self, t: Floats) -> Floats:
        """Values at times of shape (n_times,): of shape (n_times, 1 or trials, 1 or n)."""
        node = expression("value")
        known = {k: _at(v, t) if isinstance(v, Course) else v for k, v in self.values.items()}
        found = evaluate(node, self.system.with_needed(node, known | {"t": t[:, None, None]}))
        result: Floats = np.broadcast_to(
            found / self.unit.scale, np.broadcast_shapes(np.shape(found), (t.size, 1, 1))
        )
        return result


def _at(course: Course, t: Floats) -> Floats:
    """Values of a course at times of shape (n_times,): of shape (n_times, 1 or trials, n)."""
    found = course(t[:, None])
    return found.reshape(t.size, -1, course.n)


def _trials(values: Mapping[str, Any], stimulus: Stimulus, where: str) -> int:
    """Number of trials that values are for, or 1."""
    tables = [v.table.values.shape[1] for v in values.values() if isinstance(v, Course)]
    arrays = [np.shape(v)[0] for v in values.values() if not isinstance(v, Course) and np.ndim(v) == 2]
    numbers = sorted({*tables, *arrays} - {1})
    if len(numbers) > 1:
        limit = f"has values for {' and for '.join(str(k) for k in numbers)} trials"
        raise ParameterError(where, stimulus, limit, "Give as many everywhere.")
    return numbers[0] if numbers else 1


def sample(
    stimulus: Stimulus, duration: Any, dt: Any, n: int | None, unit: str | None, seed: int
) -> tuple[Floats, Floats, str]:
    """Times, values and unit; see `Stimulus.sample`."""
    number, interval = convert(duration, "ms", "sample.duration"), convert(dt, "ms", "sample.dt")
    for name, value in (("duration", number), ("dt", interval)):
        if not isinstance(value, float) or value <= 0:
            raise ParameterError(f"sample.{name}", value, "must be one positive time")
    found = _unit_of(stimulus) if unit is None else parse_unit(unit)
    size = max(_sizes(stimulus, found), default=1) if n is None else whole_number("sample.n", n, 1, 2**31 - 1)
    n_steps = round(float(np.asarray(number / interval)))
    if 8 * n_steps * size > memory_bytes():
        limit = f"is more than memory holds: {n_steps} times {size} values"
        raise ParameterError("sample.duration", duration, limit, "Take a shorter one, or a larger dt.")
    t: Floats = np.asarray(interval) * np.arange(n_steps)
    if any(component.noisy for _, component in stimulus.components):
        return t, _run(stimulus, found, size, t, float(interval), seed), found.name
    function = Function(stimulus, found, size, "sample")
    if function.trials > 1:
        limit = f"has values for {function.trials} trials, but a sample shows one"
        raise ParameterError("sample", stimulus, limit, "Give the values of one trial.")
    return t, np.broadcast_to(function(t)[:, 0], (t.size, size)), found.name


def _run(stimulus: Stimulus, unit: Unit, n: int, t: Floats, dt: float, seed: int) -> Floats:
    """Means over the steps of what neurons are given, from its integral."""
    from neurosim.network.network import Network
    from neurosim.network.population import Population
    from neurosim.network.state_monitor import StateMonitor
    from neurosim.neurons.model import NeuronModel

    model = NeuronModel(f"dq/dt = I : ({unit.name})*ms\nI : {unit.name} (input)", name="Probe")
    probe = Population(n, model, I=stimulus)
    states = StateMonitor(probe, "q", when="end")
    Network(probe, states, dt=dt, seed=seed).run(t.size * dt)
    return np.asarray(np.diff(states["q"], axis=0, prepend=0.0) / dt)


def _given(stimulus: Stimulus, unit: Unit) -> Iterator[Any]:
    """What the user gave in the unit of the input."""
    for _, part in stimulus.parts:
        if isinstance(part, Component):
            yield from (part.given(key) for key, u in part.units(unit).items() if u is unit)
        else:
            yield part


def _unit_of(stimulus: Stimulus) -> Unit:
    """The unit that the first text or quantity among the values has; 1 if there is none."""
    for value in _given(stimulus, Unit("1", 0, DIMENSIONLESS)):
        if isinstance(value, str) or is_quantity(value):
            return convert_by_itself(value, "sample")[1]
    for _, component in stimulus.components:
        if isinstance(component, Formula):
            tree, source = parse_expression(component.text)
            known = {k: u.dimension for k, u in component.units(UNITS["1"]).items()}
            times = dict.fromkeys(("t", "t_step"), UNITS["ms"].dimension)
            return parse_unit(describe(dimension_of(tree, known | times, source)).partition(" ")[0])
    return UNITS["1"]


def _sizes(stimulus: Stimulus, unit: Unit) -> Iterator[int]:
    """Numbers of units that the arrays of a stimulus are for."""
    values: list[Any] = [
        convert(p, unit, "sample") for _, p in stimulus.parts if not isinstance(p, Component)
    ]
    for _, component in stimulus.components:
        values += component.numbers(unit).values()
        if component.table is not None:
            yield component.table.values.shape[2]
    yield from (np.shape(value)[-1] for value in values if np.ndim(value))
