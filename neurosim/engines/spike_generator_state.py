"""The spikes of a spike generator, handed out window by window."""

from __future__ import annotations

import numpy as np

from neurosim.engines.group_state import GroupState, Place
from neurosim.engines.split import Split
from neurosim.errors import ParameterError
from neurosim.kernels.core.call import Call, Now, bind
from neurosim.kernels.spiking.spikes import find_steps
from neurosim.network.spike_generator import SpikeGenerator


class SpikeGeneratorState(GroupState):
    """A spike generator at work.

    Parameters
    ----------
    generator : SpikeGenerator
    place : Place
    """

    def __init__(self, generator: SpikeGenerator, place: Place) -> None:
        super().__init__(generator, place)
        self.generator = generator
        self.given: object = None

    @classmethod
    def memory(cls, group: SpikeGenerator, place: Place) -> int:
        """Bytes of the spikes."""
        copies = place.network.trials if group.trials is None else 1
        return 16 * group.times.size * copies

    def prepare(self, n_steps: int) -> None:
        """Take over the spikes, which may have changed since the last run.

        Raises
        ------
        ParameterError
            If a time is beyond counting, or a trial does not exist.
        """
        generator = self.generator
        if generator.times is self.given:
            return
        if generator.times.size and generator.times[-1] / self.dt >= 2**62:
            limit = f"is more than the {2**62} time steps that can be counted"
            raise ParameterError(f"{generator.name}.times", generator.times[-1], limit)
        flat = generator.units
        if generator.trials is not None:
            if generator.trials.size and generator.trials.max() >= self.trials:
                limit = f"must be from 0 to {self.trials - 1}, the trials of the network"
                raise ParameterError(f"{generator.name}.trials", int(generator.trials.max()), limit)
            flat = generator.trials * generator.n + flat
        steps = np.rint(generator.times / self.dt).astype(np.int64)
        if self.trials > 1 and generator.trials is None:  # every trial has the spikes
            flat = np.add.outer(np.arange(self.trials) * generator.n, flat).ravel()
            steps = np.tile(steps, self.trials)
        order = np.lexsort((flat, steps))
        self.step = steps[order]
        self.spikes.array = flat[order].astype(np.int32)
        self.given, self.version = generator.times, object()

    def advances(self, split: Split) -> list[list[Call]]:
        """The call that finds the spikes of a window."""
        return [[bind(find_steps, self.step, Now("step"), Now("last"), self.offsets)]]
