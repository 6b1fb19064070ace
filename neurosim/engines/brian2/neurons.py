"""A population as a NeuronGroup of Brian2."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.engines.brian2.equations import ABOVE, PERIOD, brian_equations, edge_in_brian
from neurosim.engines.brian2.group_part import GroupPart
from neurosim.engines.brian2.language import brian_dimension, known_names, package, si_scale
from neurosim.engines.brian2.step import method_of, step_code
from neurosim.engines.brian2.tables import course_tables
from neurosim.engines.noise_start import noise_start
from neurosim.engines.propagators import propagator_values
from neurosim.engines.table_rows import table_rows
from neurosim.engines.time_step import check_time_step
from neurosim.equations.expression import evaluate
from neurosim.equations.names import TIMES
from neurosim.errors import NonFiniteError, ParameterError
from neurosim.integrators import plan_step
from neurosim.network.network import Network
from neurosim.network.population import Population
from neurosim.neurons.signal import Signal
from neurosim.units import UNITS


class NeuronPart(GroupPart):
    """A population on Brian2: the equations, parameters and states of neurons and receptors.

    Parameters
    ----------
    population : Population
    network : Network
    clock : brian2.Clock
    sums : mapping of str to int
        Projections that end on each receptor of continuous signals.

    Attributes
    ----------
    values : dict of str to ndarray, shape (n,), or (trials, n) with several trials
        States in coherent units, as the user sees them.

    Raises
    ------
    ParameterError
        If Brian2 cannot express the population.
    """

    def __init__(self, population: Population, network: Network, clock: Any, sums: dict[str, int]) -> None:
        super().__init__(population, network)
        self.population, self.system = population, population.system
        self._check()
        table_rows(population, network, 0)  # refuses what is off the grid
        self.plan = plan_step(self.system, population.integrator, population.composition.filters)
        self.revision = -1
        self.sums = {
            population.composition.summed[r]: [f"{population.composition.summed[r]}__{k}" for k in range(n)]
            for r, n in sums.items()
        }
        shape, number = (self.trials, population.n), network.groups.index(population)
        start = population.start_values()
        start |= noise_start(population, np.uint64(network.seed), number, network.step, shape)
        self.values = {s: self._spread(start[s], s).copy() for s in self.system.states}
        self.written: dict[str, NDArray[np.float64]] = {}
        self.memories: dict[tuple[Signal, int, str], list[str]] = {}
        self.constants = self._constants()
        self.tables = course_tables(self.constants, network, f"{population.name}.stimuli")
        self.shared = {n for n, v in self.constants.items() if not np.ndim(v) and n not in self.system.inputs}
        model = population.model
        brian2 = package()
        threshold: str | None = model.threshold
        refractory: str | bool = PERIOD if model.refractory else False
        watched = threshold is not None and not model.reset
        if watched and edge_in_brian(population):
            refractory, watched = str(threshold), False
        elif watched:
            threshold = f"({threshold}) and not {ABOVE}"
        equations = brian_equations(population, self.plan, self.shared, self.sums, self.tables)
        texts = [str(e.expr) for e in equations.values() if e.expr is not None]
        texts += [text for text in (model.threshold, model.reset) if text]
        texts += [step_code(population, self.plan, network.dt)]
        self.namespace = known_names(texts, self.system.units)
        self.namespace |= {table.rows: table.timed_array() for table in self.tables.values()}
        try:
            self.group = brian2.NeuronGroup(
                self.size,
                equations,
                method=method_of(population, self.plan, network.dt),
                threshold=threshold,
                reset=(model.reset or "") if model.threshold else None,
                refractory=refractory,
                namespace=self.namespace,
                clock=clock,
            )
        except (KeyError, SyntaxError, ValueError) as error:
            limit = f"cannot be given to Brian2: {str(error.args[0]).rstrip('.')}"
            raise ParameterError(f"{population.name}.model", model.name, limit, "Rename it.") from error
        self.objects = [self.group]
        if watched and model.threshold:
            code = f"{ABOVE} = {model.threshold}"
            self.group.run_regularly(code, when="after_thresholds", clock=clock)
            self._set(ABOVE, self._evaluated(self.system.condition(model.threshold)))

    def _check(self) -> None:
        """Refuse what Brian2 has no notion of."""
        population, model, system = self.population, self.population.model, self.system
        if PERIOD in system.units:
            limit = "is the name that Brian2's refractory time gets"
            raise ParameterError(f"{model.name}.{PERIOD}", PERIOD, limit, "Rename the variable.")
        if population.precise_spikes:
            limit = "Brian2 finds spikes on the grid only"
            remedy = "Use the native engine, or precise_spikes=False."
            raise ParameterError(f"{population.name}.precise_spikes", True, limit, remedy)
        if model.threshold is None or not system.held:
            return
        free = {*system.states, *TIMES, *population.composition.tables} - system.held
        loose = sorted(system.ancestors(system.condition(model.threshold)) & free)
        if loose:
            limit = f"depends on {', '.join(loose)}, which changes in the refractory time: a neuron may fire "
            limit += "in the last step of it, but not in Brian2"
            where, remedy = f"{population.name}.threshold", "Use the native engine."
            raise ParameterError(where, model.threshold, limit, remedy)

    def _constants(self) -> dict[str, Any]:
        """Parameters, inputs, propagators and refractory time, coherent: one for all, or (trials, n)."""
        population, model = self.population, self.population.model
        values = population.constants()
        for name, value in values.items():
            if np.ndim(value):
                values[name] = self._spread(value, name).reshape(self.trials, -1)
        linear = (self.plan.linear_states, self.plan.matrix, self.plan.propagators)
        found = propagator_values(*linear, values, self.network.dt, (self.trials, population.n))
        if model.refractory:
            time = evaluate(self.system.quantity(model.refractory, UNITS["ms"]), values)
            steps = np.rint(time / self.network.dt)
            if np.min(steps) < 0 or np.max(steps) >= 2**31:
                limit = "must be from 0 to 2147483647 time steps"
                raise ParameterError(f"{population.name}.refractory", time, limit)
            # Brian2 integrates again in the step in which the time is over, and tests the threshold.
            found[PERIOD] = (steps + (1 if self.system.held else 0)) * self.network.dt
        return values | found

    def _evaluated(self, node: ast.expr) -> NDArray[Any]:
        """Value of a coherent expression for each unit of all trials, as things stand."""
        states = {s: v.reshape(self.trials, -1) for s, v in self.values.items()}
        known = self.system.with_needed(node, self.constants | states)
        return np.broadcast_to(evaluate(node, known), (self.trials, self.population.n)).ravel()

    def remember(self, signal: Signal, delay: int, when: str, *, start: bool) -> str:
        """Name of a variable that holds a signal as it was some steps ago.

        Brian2 delays spikes only. So there is a variable for each step, passed on in a slot of every step.

        Parameters
        ----------
        signal : Signal
        delay : int
            Steps.
        when : str
            The slot.
        start : bool
            Whether it was what it is at the start before the first step, or 0.
        """
        key = (signal, delay, when)
        if key not in self.memories:
            names = [f"past__{len(self.memories)}__{k}" for k in range(1, delay + 1)]
            for name in names:
                self.group.variables.add_array(
                    name, size=self.size, dimensions=brian_dimension(signal.unit.dimension)
                )
            passed_on = [f"{later} = {earlier}" for earlier, later in pairwise(names)][::-1]
            self.group.namespace.update(known_names([signal.formula], self.system.units))
            code = "\n".join([*passed_on, f"{names[0]} = {signal.formula}"])
            self.group.run_regularly(code, when=when, clock=self.group.clock)
            self.memories[key] = names
            if start:
                node = signal.node(self.system)
                value = self._evaluated(node) * si_scale(signal.unit.dimension)
                for name in names:
                    self._set(name, value)
        return self.memories[key][-1]

    def prepare(self, n_steps: int | None) -> None:
        """Take over parameters and inputs, if any has changed since the last run.

        Raises
        ------
        ParameterError
            If the time step is too large for the model, a table too short for the run, a parameter that was
            one for all now differs, or there are other stimuli.
        """
        population = self.population
        table_rows(population, self.network, n_steps or 0)
        if population.revision == self.revision:
            return
        self._check()
        constants = self._constants()
        self._check_stimuli(constants)
        check_time_step(population, constants, population.composition.filters, self.network.dt)
        for name in constants:
            if name in self.shared and np.ndim(constants[name]):
                limit = "was one number for all neurons in the first run, which Brian2 has built upon"
                remedy = "Give an array from the beginning."
                raise ParameterError(f"{population.name}.{name}", np.shape(constants[name]), limit, remedy)
        self._check_period(constants)
        self.constants = constants

    def _check_stimuli(self, constants: Mapping[str, Any]) -> None:
        """Refuse stimuli of another kind or with other tables: they are part of what Brian2 has built."""
        where = f"{self.population.name}.stimuli"
        now = course_tables(constants, self.network, where)
        same = self.population.system.text == self.system.text
        if same and all(now[name].reads_the_same(table) for name, table in self.tables.items()):
            return
        limit = "have changed after the first run; other numbers are possible, but not other kinds or tables"
        remedy = "Give all stimuli before, with start and stop, or build the network anew."
        raise ParameterError(where, list(self.population.stimuli), limit, remedy)

    def _check_period(self, constants: Mapping[str, Any]) -> None:
        """Refuse another refractory time for a neuron that is in it: Brian2 would take it at once."""
        population, dt = self.population, self.network.dt
        if self.revision < 0 or PERIOD not in constants:
            return
        changed = np.not_equal(constants[PERIOD], self.constants[PERIOD])
        last = np.rint(np.asarray(self.group.variables["lastspike"].get_value()) * 1000.0 / dt)
        resting = (self.network.step - last).reshape(self.trials, -1) * dt < self.constants[PERIOD] - dt / 2
        if np.any(changed & resting):
            limit = f"has changed for neuron {np.argwhere(changed & resting)[0][-1]} in its refractory time, "
            limit += "which Brian2 would cut off or prolong"
            where, remedy = f"{population.name}.refractory", "Change it before the first run."
            raise ParameterError(where, population.model.refractory, limit, remedy)

    def push(self) -> None:
        """Write parameters, inputs and states that the user has changed to Brian2."""
        if self.population.revision == self.revision:
            return
        computed = {*self.system.derived, *self.tables}
        for name, value in self.constants.items():
            if name not in computed:
                self._set(name, value * self.scale(name))
        for table in self.tables.values():
            self._set(table.column, table.columns())
        for name, value in self.values.items():
            changed = name not in self.written or not np.array_equal(value, self.written[name])
            if changed and name not in self.sums:
                self._set(name, value * self.scale(name))
        self.revision = self.population.revision

    def scale(self, name: str) -> float:
        """One coherent unit of a variable in SI."""
        if name in self.system.units:
            return si_scale(self.system.units[name].dimension)
        return si_scale(UNITS["ms"].dimension) if name == PERIOD else 1.0

    def _set(self, name: str, value: Any) -> None:
        variable = self.group.variables[name]
        if variable.scalar:
            variable.set_value(float(value))
        else:
            variable.set_value(np.broadcast_to(value, np.shape(value) or self.size).ravel())

    def pull(self) -> None:
        """Take over the states from Brian2."""
        for name, value in self.values.items():
            value[...] = self._get(name).reshape(value.shape)
            self.written[name] = value.copy()

    def _get(self, name: str) -> NDArray[np.float64]:
        if name in self.sums:
            found = sum(np.asarray(self.group.variables[part].get_value()) for part in self.sums[name])
        else:
            found = np.asarray(self.group.variables[name].get_value())
        return np.asarray(found / self.scale(name))

    def show(self, part: GroupPart) -> None:
        """Show the states of another translation of the same population."""
        if isinstance(part, NeuronPart) and part is not self:
            for name, value in self.values.items():
                value[...] = part.values[name]

    def claim(self) -> None:
        """Show the states in the population."""
        self.population.bind(self.values)

    def check_finite(self, step: int, n_steps: int) -> None:
        """Raise `NonFiniteError` if a state is infinite or NaN."""
        for name, value in self.values.items():
            if not np.isfinite(value).all():
                flat = int(np.argmin(np.isfinite(value.ravel())))
                trial, neuron = divmod(flat, self.population.n)
                where = f" of trial {trial}" if self.trials > 1 else ""
                dt = self.network.dt
                raise NonFiniteError(
                    f"{self.population.name}.{name}: neuron {neuron}{where} became {value.ravel()[flat]} "
                    f"between {step * dt:g} and {(step + n_steps) * dt:g} ms. What was recorded is kept. "
                    "Use a smaller dt, or look for an input or a weight that is too large or not a number."
                )
