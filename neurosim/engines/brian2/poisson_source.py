"""Poisson populations as groups of Brian2."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.engines.brian2.equations import Declarations
from neurosim.engines.brian2.group_part import GroupPart
from neurosim.engines.brian2.language import known_names, package, si_scale
from neurosim.engines.brian2.tables import course_tables
from neurosim.engines.rate_window import block_length, check_duration, check_rates
from neurosim.errors import ParameterError
from neurosim.machine import memory_bytes
from neurosim.network.network import Network
from neurosim.network.poisson import PoissonPopulation
from neurosim.network.stimuli.sampling import Function
from neurosim.units import DIMENSIONLESS, UNITS, Unit


class PoissonPart(GroupPart):
    """A Poisson population as a PoissonGroup, or, if its rate varies in time, as a NeuronGroup.

    A unit fires with the probability ``1 - exp(-rate*dt)``; Brian2's own ``rate*dt`` is larger. Texts and
    stimuli become equations, bins a TimedArray; a function is called for each step of a run before it
    begins.

    Parameters
    ----------
    population : PoissonPopulation
    network : Network
    clock : brian2.Clock

    Raises
    ------
    ParameterError
        If the interval of an array is off the grid of the network.
    """

    def __init__(self, population: PoissonPopulation, network: Network, clock: Any) -> None:
        super().__init__(population, network)
        self.population, self.built_for = population, population.firing_rate
        self.rate = population.firing_rate
        self.called = self.rate.function is not None
        brian2 = package()
        check_duration(population, network, 0)
        check_rates(population, network, self.rate.at(np.array([network.step]), network.dt), network.step)
        if self.rate.constant:
            self.rows = self._constant()
            self.group = brian2.PoissonGroup(self.size, rates=self.rows * brian2.Hz, clock=clock)
        else:
            equations, known = self._equations()
            threshold = "rand() < 1 - exp(-rate*dt)"
            self.group = brian2.NeuronGroup(
                self.size, equations, threshold=threshold, reset="", namespace=known, clock=clock
            )
        self.objects = [self.group]
        if self.rate.stimulus is not None:
            self._set_values(self.rate.stimulus)
        for name, (value, unit) in self.rate.parameters.items():
            self._set(name, value * unit.scale, unit)

    def _equations(self) -> tuple[Any, dict[str, Any]]:
        """The rate as an equation, and what it needs to be known."""
        brian2, rate = package(), self.rate
        made = Declarations()
        known: dict[str, Any] = {}
        if rate.rate_dt is not None:
            n_bins = len(rate.given)
            rows = np.broadcast_to(
                rate.given.reshape(n_bins, *(1,) * (3 - rate.given.ndim), *rate.given.shape[1:]),
                (n_bins, self.trials, self.source.n),
            )
            bins = brian2.TimedArray(rows.reshape(n_bins, -1) * brian2.Hz, dt=rate.rate_dt * brian2.ms)
            text, known = "rate_of_bin(t, i)", {"rate_of_bin": bins}
        elif rate.stimulus is not None:
            system = rate.stimulus.system
            tables = course_tables(rate.stimulus.values, self.network, f"{self.source.name}.rate")
            made.take(system, tables)
            for name, unit in system.parameters.items():
                made.declare(name, unit.dimension, ["constant"])
            text, known = "value", {table.rows: table.timed_array() for table in tables.values()}
        elif self.called:
            n_columns = rate.at(np.arange(1), self.network.dt).shape[-1]
            made.declare("first_step", DIMENSIONLESS, ["constant", "shared"], kind="integer")
            text = f"rate_of_step((t_in_timesteps - first_step)*dt, i % {n_columns})"
        else:
            for name, (_, unit) in rate.parameters.items():
                made.declare(name, unit.dimension, ["constant"])
            text = rate.given
        made.define("rate", UNITS["Hz"].dimension, text)
        equations = made.equations()
        texts = [str(e.expr) for e in equations.values() if e.expr is not None]
        return equations, known_names(texts, equations.names) | known

    def _set(self, name: str, value: Any, unit: Unit) -> None:
        """Set a variable to coherent numbers."""
        number = np.ravel(self._spread(value, name)) * si_scale(unit.dimension)
        self.group.variables[name].set_value(number)

    def _set_values(self, function: Function) -> None:
        """Set the parameters of stimuli."""
        system = function.system
        tables = course_tables(function.values, self.network, f"{self.source.name}.rate")
        for table in tables.values():
            self.group.variables[table.column].set_value(table.columns())
        for name, value in function.values.items():
            if name not in tables and name not in system.derived:
                self._set(name, value, system.units[name])

    def _constant(self) -> np.ndarray:
        """Rates, Hz, that make PoissonGroup fire with the right probability."""
        rates, dt = self.rate.at(np.arange(1), self.network.dt), self.network.dt / 1000.0
        check_rates(self.population, self.network, rates, 0)
        return np.asarray(-np.expm1(-np.ravel(self._spread(rates, "rate")) * dt) / dt)

    def prepare(self, n_steps: int | None) -> None:
        """Take over the rates, which may have changed since the last run.

        Raises
        ------
        ParameterError
            If a rate is too high or not given to the end of the run, or one that varies has been changed.
        """
        self.rate = rate = self.population.firing_rate
        check_duration(self.population, self.network, n_steps or 0)
        if rate.constant and self.built_for.constant:
            self.rows, self.built_for = self._constant(), rate
            return
        if rate is not self.built_for:
            limit = "has changed after the first run; what varies in time is part of what Brian2 has built"
            raise ParameterError(f"{self.source.name}.rate", rate.given, limit, "Build the network anew.")
        if self.called and n_steps is None:
            limit = "is a function, which Brian2 cannot call"
            remedy = "Give a text, a stimulus, or bins with rate_dt."
            raise ParameterError(f"{self.source.name}.rate", rate.given, limit, remedy)
        self._look_ahead(n_steps or 0)

    def _look_ahead(self, n_steps: int) -> None:
        """Check the rates of a run, and keep those that a function gives."""
        begin, dt = self.network.step, self.network.dt
        width = self.rate.at(np.arange(1), dt).shape[-1] if self.called else 0
        if 8 * n_steps * width > memory_bytes():
            limit = f"is a function, whose {n_steps * width} values in this run memory does not hold"
            raise ParameterError(
                f"{self.source.name}.rate", self.rate.given, limit, "Run for a shorter time."
            )
        self.rows = np.zeros((max(n_steps, 1), width))
        block = block_length(self.size)
        for first in range(begin, begin + n_steps, block):
            steps = np.arange(first, min(first + block, begin + n_steps))
            found = self.rate.at(steps, dt)
            check_rates(self.population, self.network, found, first)
            if self.called:
                self.rows[steps - begin] = found.reshape(-1, width)

    def push(self) -> None:
        """Write the rates to Brian2."""
        if self.rate.constant:
            self.group.variables["rates"].set_value(self.rows)
        elif self.called:
            brian2 = package()
            rows = brian2.TimedArray(self.rows * brian2.Hz, dt=self.network.dt * brian2.ms)
            self.group.namespace["rate_of_step"] = rows
            self.group.variables["first_step"].set_value(self.network.step)
