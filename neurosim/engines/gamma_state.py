"""The spikes of gamma renewal processes, drawn window by window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from neurosim.engines.group_state import GroupState, Place
from neurosim.engines.rate_window import RateWindow
from neurosim.engines.split import Split
from neurosim.kernels.core.call import Call, Movable, Now, bind
from neurosim.kernels.spiking.renewal import first_intervals, renewal_spikes
from neurosim.network.gamma import GammaPopulation


class GammaState(GroupState):
    """Gamma renewal processes at work.

    Parameters
    ----------
    population : GammaPopulation
    place : Place

    Attributes
    ----------
    left : ndarray, shape (size,)
        Time to the next event, in mean intervals.
    number : ndarray of int64, shape (size,)
        Intervals drawn so far.
    """

    def __init__(self, population: GammaPopulation, place: Place) -> None:
        super().__init__(population, place)
        self.expected = RateWindow(population, place, lambda expected: expected)
        self.order = np.zeros(self.size)
        self.order.reshape(self.shape)[...] = population.shape
        self.left, self.number = np.zeros(self.size), np.zeros(self.size, np.int64)
        first_intervals(self.seed, self.stream, self.order, self.left)
        self.spikes = Movable(np.zeros(self.size * place.window, np.int32))

    @classmethod
    def memory(cls, group: GammaPopulation, place: Place) -> int:
        """Bytes of rates, of the state and of the spikes of a window."""
        state = 24 * group.n * place.network.trials
        return super().memory(group, place) + RateWindow.memory(group, place) + state

    def prepare(self, n_steps: int) -> None:
        """Take over the rates, which may have changed since the last run; see `RateWindow.prepare`."""
        if self.expected.prepare(n_steps):
            self.enters, self.version = self.expected.varies, object()

    def enter(self, step: int, n_steps: int) -> None:
        """Find the rates of a window; see `RateWindow.enter`."""
        self.expected.enter(step, n_steps)

    def snapshot(self, step: int) -> dict[str, Any]:
        """Where each process stands; see `GroupState.snapshot`."""
        return {"left": self.left, "number": self.number}

    def restore(self, saved: Mapping[str, Any], step: int) -> None:
        """Take over what `snapshot` found."""
        self.left[...], self.number[...] = saved["left"], saved["number"]

    def advances(self, split: Split) -> list[list[Call]]:
        """The call that draws the spikes of a window."""
        units = (self.expected.rows, self.order, self.left, self.number)
        key = (self.seed, self.stream, Now("last"))
        return [[bind(renewal_spikes, *key, *units, self.spikes, self.offsets)]]
