"""The signals that a population passes on continuously: to gap junctions, and to receptors of rates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.equations.expression import evaluate
from neurosim.kernels.core.aligned import aligned_zeros
from neurosim.network.population import Population
from neurosim.neurons.signal import Signal

Floats = NDArray[np.float64]


class Outlets:
    """Rings of signals, for those who hear of them later.

    Parameters
    ----------
    population : Population
    size, padded : int
        Units of all trials, and with padding.

    Attributes
    ----------
    signals : list of Signal
    rings : ndarray, shape (n_signals, n_steps, padded)
        Step k has the row ``k % n_steps``.
    """

    def __init__(self, population: Population, size: int, padded: int) -> None:
        self.population, self.size = population, size
        self.signals: list[Signal] = []
        self.rings = aligned_zeros((0, 1, padded))
        self.revision = -1  # of the population, when it was last sent

    def add(self, signal: Signal, delay: int) -> int:
        """Row of `rings` in which a signal will be passed on, and kept for at least `delay` steps."""
        if signal not in self.signals:
            self.signals.append(signal)
        n_steps = max(self.rings.shape[1], delay + 1)
        self.rings = aligned_zeros((len(self.signals), n_steps, self.rings.shape[2]))
        return self.signals.index(signal)

    def send(self, step: int, known: Mapping[str, Any], spread: Callable[[Any, str], Floats]) -> None:
        """Pass on the signals of this moment, if the user has changed the population.

        Before the first step, they are what they have always been.

        Parameters
        ----------
        step : int
        known : mapping
            Constants, states and the time.
        spread : callable
            A value for every unit, given one and its name.
        """
        if self.revision == self.population.revision:
            return
        system = self.population.system
        for ring, signal in zip(self.rings, self.signals, strict=True):
            node = signal.node(system)
            with np.errstate(all="ignore"):  # what is not finite is found in the state it acts on
                value = spread(evaluate(node, system.with_needed(node, known)), signal.formula)
            ring[slice(None) if self.revision < 0 else step % len(ring), : self.size] = value
        self.revision = self.population.revision

    def snapshot(self, step: int) -> dict[str, Any]:
        """The latest signals, and whether they are those of the population as it is."""
        heard = None if self.revision < 0 else self.revision == self.population.revision
        return {"signals": self.rings[:, self._latest(step), : self.size], "heard": heard}

    def restore(self, saved: Mapping[str, Any], step: int) -> None:
        """Take over what `snapshot` found, once the population has its values."""
        self.rings[:, self._latest(step), : self.size] = saved["signals"]
        revision, heard = self.population.revision, saved["heard"]
        self.revision = -1 if heard is None else revision if heard else revision - 1

    def _latest(self, step: int) -> NDArray[np.int64]:
        """Rows of the rings, from that of a step back."""
        n_steps = self.rings.shape[1]
        rows: NDArray[np.int64] = (step - np.arange(n_steps)) % n_steps
        return rows
