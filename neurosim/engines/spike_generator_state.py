"""The spikes of a spike generator, handed out window by window."""

from __future__ import annotations

import numpy as np

from neurosim.engines.group_state import GroupState, Place
from neurosim.errors import ParameterError
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
        self.tasks = [self._select]

    @classmethod
    def memory(cls, group: SpikeGenerator, place: Place) -> int:
        """Bytes of the spikes."""
        return 16 * group.times.size

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
        order = np.lexsort((flat, steps))
        self.step, self.flat = steps[order], flat[order].astype(np.int32)
        self.given = generator.times

    def _select(self, step: int, n_steps: int) -> None:
        bounds = np.searchsorted(self.step, np.arange(step, step + n_steps + 1))
        self.spikes = self.flat[bounds[0] : bounds[-1]]
        self.offsets[: n_steps + 1] = bounds - bounds[0]
        if self.trials > 1 and self.generator.trials is None and self.spikes.size:
            self._repeat(n_steps)

    def _repeat(self, n_steps: int) -> None:
        """Let every trial have the spikes of the window."""
        steps = np.repeat(np.arange(n_steps), np.diff(self.offsets[: n_steps + 1]))
        starts = np.arange(self.trials, dtype=np.int32) * np.int32(self.generator.n)
        order = np.argsort(np.tile(steps, self.trials), kind="stable")
        self.spikes = np.add.outer(starts, self.spikes).ravel()[order]
        self.offsets[: n_steps + 1] *= self.trials
