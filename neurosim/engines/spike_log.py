"""The spikes of a stretch, kept for the monitors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim.engines.watched import Watched
from neurosim.kernels.core.call import Call, Now, bind
from neurosim.kernels.spiking.spikes import log_spikes

CAPACITY = 2**16
"""Spikes of a group between two visits of Python."""


class Spikes(NamedTuple):
    """Some spikes: flat indices, steps (sorted), and moments where they are precise."""

    flat: NDArray[np.int32]
    step: NDArray[np.int64]
    moment: NDArray[np.float64] | None


class SpikeLog:
    """Spikes of a group, window after window.

    Parameters
    ----------
    state : Watched
    """

    def __init__(self, state: Watched) -> None:
        self.state = state
        self._flat, self._step = np.zeros(CAPACITY, np.int32), np.zeros(CAPACITY, np.int64)
        self._moment = np.zeros(0 if state.moments is None else CAPACITY)
        self._filled = np.zeros(2, np.int64)

    def call(self) -> Call:
        """The call that takes over the spikes of a window; without room for them, it ends the stretch."""
        moments = np.zeros(0) if self.state.moments is None else self.state.moments
        window = (self.state.spikes, moments, self.state.offsets, Now("step"), Now("last"))
        return bind(log_spikes, *window, self._flat, self._moment, self._step, self._filled, status=True)

    def take(self, step: int, n_steps: int) -> list[Spikes]:
        """Spikes that came since the last time, in order; the arrays are used again.

        Parameters
        ----------
        step, n_steps : int
            The last window.
        """
        precise = self.state.moments is not None
        n, is_missing = self._filled.tolist()
        parts = [Spikes(self._flat[:n], self._step[:n], self._moment[:n] if precise else None)] if n else []
        if is_missing:
            offsets = self.state.offsets[: n_steps + 1]
            these = slice(offsets[0], offsets[-1])
            steps = np.repeat(np.arange(step, step + n_steps), np.diff(offsets))
            moments = None if self.state.moments is None else self.state.moments[these]
            parts.append(Spikes(self.state.spikes.array[these], steps, moments))
        self._filled[:] = 0
        return parts
