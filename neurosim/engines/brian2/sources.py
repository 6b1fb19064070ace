"""Spikes at given times, and units without equations, as groups of Brian2."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.engines.brian2.group_part import GroupPart
from neurosim.engines.brian2.language import package
from neurosim.errors import ParameterError
from neurosim.network.mcculloch_pitts import McCullochPitts
from neurosim.network.network import Network
from neurosim.network.parrot import Parrot
from neurosim.network.spike_generator import SpikeGenerator


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

    def prepare(self, n_steps: int | None) -> None:
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

    def prepare(self, n_steps: int | None) -> None:
        """Take over the thresholds, which may have changed since the last run."""
        self.theta = self._theta()

    def push(self) -> None:
        """Write the thresholds to Brian2."""
        self.group.variables["theta"].set_value(self.theta)
