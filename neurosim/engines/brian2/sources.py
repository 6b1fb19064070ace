"""Spike sources and units without equations as groups of Brian2."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.engines.brian2.group_part import GroupPart
from neurosim.engines.brian2.language import brian_dimension, known_names, package, si_scale
from neurosim.errors import ParameterError
from neurosim.network.firing_rate import FiringRate
from neurosim.network.mcculloch_pitts import McCullochPitts
from neurosim.network.network import Network
from neurosim.network.parrot import Parrot
from neurosim.network.poisson import PoissonPopulation
from neurosim.network.spike_generator import SpikeGenerator


class PoissonPart(GroupPart):
    """A Poisson population as a PoissonGroup, or, if its rate varies in time, as a NeuronGroup.

    A unit fires with the probability ``1 - exp(-rate*dt)``; Brian2's own ``rate*dt`` is larger.

    Parameters
    ----------
    population : PoissonPopulation
    network : Network
    clock : brian2.Clock

    Raises
    ------
    ParameterError
        If the rate is a function.
    """

    def __init__(self, population: PoissonPopulation, network: Network, clock: Any) -> None:
        super().__init__(population, network)
        self.population, self.built_for = population, population.firing_rate
        brian2 = package()
        if population.firing_rate.constant:
            self.rates = self._rates()
            self.group = brian2.PoissonGroup(self.size, rates=self.rates * brian2.Hz, clock=clock)
        else:
            text, parameters, known = self._formula(population.firing_rate)
            equations = "\n".join([f"rate = {text} : hertz", *parameters])
            threshold = "rand() < 1 - exp(-rate*dt)"
            self.group = brian2.NeuronGroup(
                self.size, equations, threshold=threshold, reset="", namespace=known, clock=clock
            )
            for name, (value, unit) in population.firing_rate.parameters.items():
                number = value * unit.scale * si_scale(unit.dimension)
                self.group.variables[name].set_value(np.ravel(self._spread(number, name)))
        self.objects = [self.group]

    def _formula(self, rate: FiringRate) -> tuple[str, list[str], dict[str, Any]]:
        """Rate as Brian2's text, declarations of its parameters, and what the text needs to be known."""
        brian2 = package()
        if rate.rate_dt is not None:
            n_bins = len(rate.given)
            rows = np.broadcast_to(
                rate.given.reshape(n_bins, *(1,) * (3 - rate.given.ndim), *rate.given.shape[1:]),
                (n_bins, self.trials, self.source.n),
            )
            bins = brian2.TimedArray(rows.reshape(n_bins, -1) * brian2.Hz, dt=rate.rate_dt * brian2.ms)
            return "rate_of_bin(t, i)", [], {"rate_of_bin": bins}
        if rate.function is not None:
            limit = "is a function or a stimulus, which Brian2 cannot call"
            remedy = "Give a text, or bins with rate_dt."
            raise ParameterError(f"{self.source.name}.rate", rate.given, limit, remedy)
        names = {name: repr(brian_dimension(unit.dimension)) for name, (_, unit) in rate.parameters.items()}
        parameters = [f"{name} : {text}" for name, text in names.items()]
        return rate.given, parameters, known_names([rate.given], names)

    def _rates(self) -> np.ndarray:
        """Rates, Hz, that make PoissonGroup fire with the right probability."""
        population, dt = self.population, self.network.dt / 1000.0
        rate = np.ravel(self._spread(population.firing_rate.given, "rate"))
        if np.any(rate * dt > 1.0):
            limit = f"must be at most {1 / dt:g} Hz, one spike a step"
            remedy = "Use a smaller Network.dt."
            raise ParameterError(f"{population.name}.rate", float(rate.max()), limit, remedy)
        return np.asarray(-np.expm1(-rate * dt) / dt)

    def prepare(self) -> None:
        """Take over the rates, which may have changed since the last run.

        Raises
        ------
        ParameterError
            If a rate is too high, or one that varies has been changed.
        """
        rate = self.population.firing_rate
        if rate is self.built_for:
            return
        if not (rate.constant and self.built_for.constant):
            limit = "has changed after the first run; what varies in time is part of what Brian2 has built"
            raise ParameterError(f"{self.source.name}.rate", rate.given, limit, "Build the network anew.")
        self.rates, self.built_for = self._rates(), rate

    def push(self) -> None:
        """Write the rates to Brian2."""
        if self.built_for.constant:
            self.group.variables["rates"].set_value(self.rates)


class GeneratorPart(GroupPart):
    """A spike generator as a SpikeGeneratorGroup.

    Parameters
    ----------
    generator : SpikeGenerator
    network : Network
    clock : brian2.Clock

    Raises
    ------
    ParameterError
        If a unit has two spikes in one step.
    """

    def __init__(self, generator: SpikeGenerator, network: Network, clock: Any) -> None:
        super().__init__(generator, network)
        self.generator = generator
        self.units, self.steps = self._spikes()
        self.given = self.pushed = generator.times
        times = self.steps * network.dt * package().ms
        self.group = package().SpikeGeneratorGroup(self.size, self.units, times, clock=clock)
        self.objects = [self.group]

    def _spikes(self) -> tuple[np.ndarray, np.ndarray]:
        """Unit of all trials, and step, of each spike."""
        generator = self.generator
        steps = np.rint(generator.times / self.network.dt).astype(np.int64)
        if generator.trials is None:
            starts = np.arange(self.trials) * generator.n
            units, steps = np.add.outer(starts, generator.units).ravel(), np.tile(steps, self.trials)
        else:
            if generator.trials.size and generator.trials.max() >= self.trials:
                limit = f"must be from 0 to {self.trials - 1}, the trials of the network"
                raise ParameterError(f"{generator.name}.trials", int(generator.trials.max()), limit)
            units = generator.trials * generator.n + generator.units
        both = np.stack([steps, units])
        distinct, count = np.unique(both, axis=1, return_counts=True)
        if np.any(count > 1):
            step, unit = distinct[:, np.argmax(count > 1)]
            time = float(step * self.network.dt)
            limit = f"unit {unit % generator.n} has several spikes in this step, and on Brian2 one at most"
            remedy = "Use a smaller Network.dt, or a larger weight."
            raise ParameterError(f"{generator.name}.times", time, limit, remedy)
        return units, steps

    def prepare(self) -> None:
        """Take over the spikes, which may have changed since the last run."""
        if self.generator.times is not self.given:
            self.units, self.steps = self._spikes()
            self.given = self.generator.times

    def push(self) -> None:
        """Write the spikes to Brian2."""
        if self.pushed is not self.given:
            self.group.set_spikes(self.units, self.steps * self.network.dt * package().ms)
            self.pushed = self.given


class ThresholdPart(GroupPart):
    """McCulloch-Pitts units, or parrots, as a NeuronGroup whose inputs are cleared in every step.

    Parameters
    ----------
    source : McCullochPitts or Parrot
    network : Network
    clock : brian2.Clock
    """

    early = True

    def __init__(self, source: McCullochPitts | Parrot, network: Network, clock: Any) -> None:
        super().__init__(source, network)
        equations = "\n".join(["theta : 1 (constant)", *(f"{r} : 1" for r in source.receptors)])
        threshold = "spikes >= theta"
        if isinstance(source, McCullochPitts):
            threshold = "exc >= theta and inh == 0" if source.veto else "exc - inh >= theta"
        self.group = package().NeuronGroup(
            self.size, equations, threshold=threshold, reset="", clock=clock, namespace={}
        )
        cleared = "; ".join(f"{r} = 0" for r in source.receptors)
        self.group.run_regularly(cleared, when="resets", clock=clock)
        self.objects = [self.group]
        self.theta = self._theta()

    def _theta(self) -> np.ndarray:
        threshold = self.source.threshold if isinstance(self.source, McCullochPitts) else 0.5
        return np.ravel(self._spread(threshold, "threshold"))

    def prepare(self) -> None:
        """Take over the thresholds, which may have changed since the last run."""
        self.theta = self._theta()

    def push(self) -> None:
        """Write the thresholds to Brian2."""
        self.group.variables["theta"].set_value(self.theta)
