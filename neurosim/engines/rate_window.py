"""The rates of random units in the steps of a window."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from neurosim.engines.group_state import Place
from neurosim.errors import ParameterError
from neurosim.network.firing_rate import FiringRate
from neurosim.network.network import Network
from neurosim.network.random_source import RandomSource

Floats = NDArray[np.float64]

BLOCK_VOLUME = 65536
"""Unit-steps whose rates are found at once, few enough to stay in the cache."""

LONGEST_BLOCK = 128
"""Steps."""


class RateWindow:
    """What follows from the rate of each unit in each step of a window.

    Rates that vary are found in blocks that begin at multiples of their length: the last digit of an
    elementary function may change with its place in an array, but must not with the cuts of a run.

    Parameters
    ----------
    source : RandomSource
    place : Place
    follows : callable
        From the number of spikes expected in a step (rate times time step), an array, to what is wanted.

    Attributes
    ----------
    rows : ndarray, shape (1, size) or (window, size)
        What is wanted: for every step, or for each step of the window.
    """

    def __init__(self, source: RandomSource, place: Place, follows: Callable[[Floats], Floats]) -> None:
        self.source, self.network, self.window, self.follows = source, place.network, place.window, follows
        self.shape = (place.network.trials, source.n)
        self.size = place.network.trials * source.n
        self.length = block_length(self.size)
        self.rate: FiringRate | None = None

    @staticmethod
    def memory(source: RandomSource, place: Place) -> int:
        """Bytes of the rates of a window."""
        rows = 1 if source.firing_rate.constant else place.window
        return 8 * rows * source.n * place.network.trials

    @property
    def varies(self) -> bool:
        """Whether the rows must be found again for each window."""
        return self.rate is not None and not self.rate.constant

    def prepare(self, n_steps: int) -> bool:
        """Take over the rate, which may have changed since the last run.

        Parameters
        ----------
        n_steps : int
            Of the coming run.

        Returns
        -------
        bool
            Whether there are other `rows` now.

        Raises
        ------
        ParameterError
            If the rate does not fit the trials, is too high for the time step, or is not given to the end of
            the run.
        """
        rate, network = self.source.firing_rate, self.network
        check_duration(self.source, network, n_steps)
        if rate is self.rate:
            return False
        found = rate.at(np.array([network.step]), network.dt)
        check_rates(self.source, network, found, network.step)
        self.rate, self.block, self.number = rate, found, -1
        rows = self._rows(found) if rate.constant else np.zeros((self.window, self.size))
        self.rows = np.ascontiguousarray(rows)
        return True

    def enter(self, step: int, n_steps: int) -> None:
        """Find the rates of a window.

        Raises
        ------
        ParameterError
            If one is negative, not finite or too high for the time step.
        """
        if self.rate is None or not self.varies:
            return
        for number in range(step // self.length, (step + n_steps - 1) // self.length + 1):
            first = number * self.length
            if number != self.number:
                found = self.rate.at(np.arange(first, first + self.length), self.network.dt)
                self.block = np.broadcast_to(found, (self.length, *found.shape[-2:]))
                self.number, self.wanted = number, self._rows(self.block)
            lo, hi = max(step, first), min(step + n_steps, first + self.length)
            check_rates(self.source, self.network, self.block[lo - first : hi - first], lo)
            self.rows[lo - step : hi - step] = self.wanted[lo - first : hi - first]

    def _rows(self, rates: Floats) -> Floats:
        n_rows = len(rates) if rates.ndim == 3 else 1
        wanted = self.follows(rates * (self.network.dt / 1000.0))
        return np.broadcast_to(wanted, (n_rows, *self.shape)).reshape(n_rows, self.size)


def block_length(size: int) -> int:
    """Steps for which the rates of so many units are found at once."""
    return max(1, min(LONGEST_BLOCK, BLOCK_VOLUME // size))


def check_duration(source: RandomSource, network: Network, n_steps: int) -> None:
    """Refuse bins off the grid, and rates that are not given to the end of a run of so many steps."""
    rate, where = source.firing_rate, f"{source.name}.rate"
    if rate.rate_dt is not None:
        network.whole_steps(rate.rate_dt, f"{where}_dt")
    if rate.end < np.inf and network.step + n_steps > round(rate.end / network.dt):
        end = (network.step + n_steps) * network.dt
        limit = f"is given up to {rate.end:g} ms, but the run ends at {end:g} ms"
        given = rate.given.shape if isinstance(rate.given, np.ndarray) else rate.given
        raise ParameterError(where, given, limit, "Add bins.")


def check_rates(source: RandomSource, network: Network, rates: Floats, step: int) -> None:
    """Refuse rates of steps from one on, or rates for all steps, that units cannot have.

    Parameters
    ----------
    source : RandomSource
    network : Network
    rates : ndarray
        Hz, as `FiringRate.at` gives them.
    step : int
    """
    rate, where = source.firing_rate, f"{source.name}.rate"
    if rates.ndim > 1 and rates.shape[-2] not in (1, network.trials):
        limit = f"does not fit {network.trials} trials of {source.n} units"
        raise ParameterError(where, np.shape(rate.given) or rates.shape, limit)
    most = 1000.0 / network.dt
    possible = (rates >= 0.0) & (rates <= most)
    if possible.all():
        return
    place = tuple(int(k) for k in np.argwhere(~possible)[0])
    when = "" if rate.constant else f" at {(step + place[0]) * network.dt:g} ms"
    limit = f"must be at most {most:g} Hz, one spike a step, and not negative{when}"
    raise ParameterError(where, float(rates[place]), limit, "Use a smaller Network.dt, or lower rates.")
