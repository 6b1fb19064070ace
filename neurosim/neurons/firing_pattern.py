"""A published response: the parameters of a model, a stimulus, and how long to look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from neurosim.neurons.model import NeuronModel


@dataclass(frozen=True, eq=False)
class FiringPattern:
    """A response of a neuron that a paper shows.

    Attributes
    ----------
    base : NeuronModel
    parameters : mapping of str to float
        Those that differ from the model's defaults, in its units.
    stimulus : tuple of (float, float) or (float, float, float)
        The input as pieces in order: from when on (ms), its value, and, for a ramp, its slope per ms.
    duration : float
        ms.
    start : mapping of str to float
        Start values of states, in their units; the model's own where none is given.

    Examples
    --------
    >>> from neurosim import Network, Population, SpikeMonitor
    >>> from neurosim.neurons import AdExPatterns
    >>> pattern = AdExPatterns["regular bursting"]
    >>> cell = Population(1, pattern.model, **pattern.start)
    >>> spikes = SpikeMonitor(cell)
    >>> network = Network(cell, spikes, dt=0.05)
    >>> for duration, value in pattern.steps():
    ...     cell[pattern.model.input] = value
    ...     network.run(duration)
    >>> len(spikes)
    9
    """

    base: NeuronModel
    parameters: Mapping[str, float]
    stimulus: tuple[tuple[float, ...], ...]
    duration: float
    start: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def model(self) -> NeuronModel:
        """The model with the parameters of the pattern."""
        changed: dict[str, Any] = dict(self.parameters)
        return self.base.copy(**changed)

    def steps(self, step: float = 0.5) -> Iterator[tuple[float, float]]:
        """Durations (ms) and constant values that make up the stimulus.

        Parameters
        ----------
        step : float, default 0.5
            Length of the steps that stand for a ramp, ms; each has the value of its middle.
        """
        ends = [piece[0] for piece in self.stimulus[1:]] + [self.duration]
        for (begin, value, *slope), end in zip(self.stimulus, ends, strict=True):
            if not slope:
                yield end - begin, value
                continue
            n_steps = round((end - begin) / step)
            for k in range(n_steps):
                yield step, value + slope[0] * (k + 0.5) * step
