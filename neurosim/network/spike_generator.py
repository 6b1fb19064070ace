"""Units that fire at given times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError
from neurosim.network.group import Group
from neurosim.network.spike_monitor import SpikeMonitor
from neurosim.units import convert

Integers = NDArray[np.int64]
T = TypeVar("T", bound=np.generic)


class SpikeGenerator(Group):
    """Units that fire at given times, and at no others.

    Parameters
    ----------
    n : int
        Number of units.
    units : int or array_like of int, shape (n_spikes,)
        Unit of each spike, from 0 to n - 1; one number stands for all spikes.
    times : array_like, str or quantity, shape (n_spikes,)
        ms, in any order; rounded to the nearest time step of the network. Two spikes of a unit that fall into
        one step are both sent.
    trials : int or array_like of int, shape (n_spikes,), optional
        Trial of each spike, from 0; by default every spike happens in every trial.
    name : str, optional

    Raises
    ------
    ParameterError
        If a unit or trial does not exist, a time is negative or not finite, or the lengths differ.
    UnitError
        If the times are not times.

    Examples
    --------
    >>> from neurosim import Network, SpikeGenerator, SpikeMonitor
    >>> pair = SpikeGenerator(2, units=[1, 0], times=[3.0, 0.5])
    >>> spikes = SpikeMonitor(pair)
    >>> Network(pair, spikes).run("5 ms")
    >>> spikes.i.tolist(), spikes.t.tolist()
    ([0, 1], [0.5, 3.0])
    """

    def __init__(
        self, n: int, units: Any = (), times: Any = (), *, trials: Any = None, name: str | None = None
    ) -> None:
        super().__init__(n, name)
        self.set_spikes(units, times, trials=trials)

    @classmethod
    def from_monitor(cls, monitor: SpikeMonitor, *, name: str | None = None) -> SpikeGenerator:
        """Units that play back what a monitor has recorded so far, each trial its own spikes.

        Parameters
        ----------
        monitor : SpikeMonitor
        name : str, optional

        Raises
        ------
        ParameterError
            If it is not a `SpikeMonitor`.
        """
        if not isinstance(monitor, SpikeMonitor):
            raise ParameterError("SpikeGenerator.from_monitor", monitor, "must be a SpikeMonitor")
        trials = monitor.trial if monitor.trials > 1 else None
        return cls(monitor.source.n, monitor.i, monitor.t, trials=trials, name=name)

    def set_spikes(self, units: Any, times: Any, *, trials: Any = None) -> None:
        """Replace the spikes that are still to come; between runs, too.

        Parameters
        ----------
        units, times, trials
            As in the constructor.

        Raises
        ------
        ParameterError, UnitError
            As in the constructor; also if a time lies before the time the network has reached. Nothing has
            changed then.
        """
        spike_times = np.atleast_1d(np.asarray(convert(times, "ms", f"{self.name}.times"), np.float64))
        if spike_times.ndim != 1:
            limit = "must be one list, as long as that of the units"
            raise ParameterError(f"{self.name}.times", spike_times.shape, limit)
        if spike_times.size and spike_times.min() < 0:
            raise ParameterError(f"{self.name}.times", float(spike_times.min()), "must not be negative")
        if self.network is not None and np.any(np.rint(spike_times / self.network.dt) < self.network.step):
            limit = f"lies in the past: the network has reached {self.network.t:g} ms"
            raise ParameterError(f"{self.name}.times", float(spike_times.min()), limit)
        spike_units = self._numbers("units", units, spike_times.size, self.n)
        spike_trials = None
        if trials is not None:
            most = 2**31 if self.network is None else self.network.trials
            spike_trials = self._numbers("trials", trials, spike_times.size, most)
        order = np.argsort(spike_times, kind="stable")
        self._times, self._units = _fixed(spike_times[order]), _fixed(spike_units[order])
        self._trials = None if spike_trials is None else _fixed(spike_trials[order])

    @property
    def times(self) -> NDArray[np.float64]:
        """Time of each spike, ms, sorted; `set_spikes` changes them."""
        return self._times

    @property
    def units(self) -> Integers:
        """Unit of each spike."""
        return self._units

    @property
    def trials(self) -> Integers | None:
        """Trial of each spike; None if every trial has all of them."""
        return self._trials

    def description(self) -> dict[str, Any]:
        """Arguments that make a group like this, but for the spikes."""
        return {"n": self.n, "name": self.name, "named": self.named}

    def snapshot(self) -> dict[str, Any]:
        """The spikes."""
        return {"times": self._times, "units": self._units, "trials": self._trials}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over what `snapshot` found."""
        self._times, self._units, self._trials = saved["times"], saved["units"], saved["trials"]

    def _numbers(self, attribute: str, given: Any, n_spikes: int, limit: int) -> Integers:
        """Unit or trial of each spike."""
        where = f"{self.name}.{attribute}"
        try:
            numbers = np.asarray(given)
        except ValueError:  # rows of different length
            numbers = np.asarray(None)
        if numbers.size == 0:
            numbers = numbers.astype(np.int64)
        if numbers.dtype.kind not in "iu":
            raise ParameterError(where, given, "must be whole numbers")
        if numbers.shape not in ((), (n_spikes,)):
            raise ParameterError(where, numbers.shape, f"must have one entry for each of {n_spikes} times")
        if numbers.size and not 0 <= numbers.min() <= numbers.max() < limit:
            wrong = numbers.min() if numbers.min() < 0 else numbers.max()
            raise ParameterError(where, int(wrong), f"must be from 0 to {limit - 1}")
        return np.broadcast_to(numbers.astype(np.int64), n_spikes)

    def __repr__(self) -> str:
        return f"SpikeGenerator({self.n}, {self.times.size} spikes, name={self.name!r})"


def _fixed(array: NDArray[T]) -> NDArray[T]:
    """The array, not to be written to: the engine would not notice."""
    array.setflags(write=False)
    return array
