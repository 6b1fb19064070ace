"""What happened in a run, handed to the monitors when it is over: for engines that do not stop on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.engines.recorder import chosen
from neurosim.engines.watch import Watch
from neurosim.kernels.core.call import Movable
from neurosim.network.group import Group
from neurosim.network.network import Network
from neurosim.network.state_monitor import StateMonitor


class SpikesOfRun:
    """The spikes of a group in one run, as `neurosim.engines.watched.Watched` wants them.

    Parameters
    ----------
    dt : float
        ms.
    """

    def __init__(self, dt: float) -> None:
        self.dt = dt
        self.spikes = Movable(np.zeros(0, np.int32))
        self.offsets: NDArray[np.int64] = np.zeros(1, np.int64)
        self.moments: NDArray[np.float64] | None = None

    def flush(self, step: int) -> None:
        """Hand over what is left: there is nothing."""


class RunRecord:
    """The monitors of a network, for an engine that knows what happened once a run is over.

    In every run it calls `begin`, then `note_spikes` and `note_states`, and `end`.

    Parameters
    ----------
    network : Network

    Attributes
    ----------
    watch : Watch
        For `Session.watch`.
    spikes : dict of Group to SpikesOfRun

    Raises
    ------
    ParameterError
        If an interval of a monitor is off the grid.
    """

    def __init__(self, network: Network) -> None:
        self.network, self.watch = network, Watch(network)
        self.spikes = {group: SpikesOfRun(network.dt) for group in network.groups}

    def begin(self, n_steps: int) -> None:
        """Begin a run."""
        self.begun = self.network.step
        self.watch.begin(n_steps, [*self.spikes.values()], self.spikes.__getitem__)

    def note_spikes(self, group: Group, steps: ArrayLike, units: ArrayLike, end: int) -> None:
        """Take note of the spikes of a group.

        Parameters
        ----------
        group : Group
        steps, units : array_like of int, shape (n_spikes,)
            Of each spike, in any order; unit u of trial k has the number ``k*n + u``.
        end : int
            The step after the last of the run.
        """
        units, steps = np.asarray(units, np.int64), np.asarray(steps, np.int64)
        order = np.lexsort((units, steps))
        self.spikes[group].spikes.array = units[order].astype(np.int32)
        self.spikes[group].offsets = np.searchsorted(steps[order], np.arange(self.begun, end + 1))

    def note_states(
        self,
        monitor: StateMonitor,
        constants: Mapping[str, Any],
        values: NDArray[np.float64],
        last: NDArray[np.float64],
        end: int,
    ) -> None:
        """Hand to a monitor the states that it wants (`StateMonitor.states`), in coherent units.

        Parameters
        ----------
        monitor : StateMonitor
        constants : mapping of str to float or ndarray
            `Population.constants` in the run, arrays of shape (trials, n).
        values : ndarray, shape (n_times, n_states, trials*n_recorded)
            At the beginnings of the steps that `steps` tells.
        last : ndarray, shape (n_states, trials*n_recorded)
            When the run is over.
        end : int
            The step after the last of the run.
        """
        every, steps = self.watch.intervals[monitor], self.steps(monitor, end)
        monitor.begin({name: chosen(value, self.numbers(monitor)) for name, value in constants.items()})
        if monitor.when == "end":
            # What is there at the beginning of a run is not the end of a step in it.
            begun = int(steps.size > 0 and steps[0] == self.begun)
            steps, values = steps[begun:], values[begun:]
            if end % every == 0 and end > self.begun:
                steps, values = np.append(steps, end), np.concatenate([values, last[None]])
        if steps.size:
            monitor.append(steps, values)

    def steps(self, monitor: StateMonitor, end: int) -> NDArray[np.int64]:
        """Steps of the run at whose beginning a monitor records."""
        every = self.watch.intervals[monitor]
        return np.arange(-(-self.begun // every) * every, end, every)

    def numbers(self, monitor: StateMonitor) -> NDArray[np.int64]:
        """Flat indices ``trial*n + neuron`` of the neurons that a monitor records."""
        starts = np.arange(self.network.trials) * monitor.population.n
        numbers: NDArray[np.int64] = np.add.outer(starts, monitor.source.start + monitor.record).ravel()
        return numbers

    def end(self, end: int) -> None:
        """Hand on spikes and weights, and end the run.

        Parameters
        ----------
        end : int
            The step after the last of the run.

        Raises
        ------
        OutputError
            If something could not be written to a file.
        """
        watch, now, n_steps = self.watch, self.begun, end - self.begun
        while now < end:
            watch.before(now)
            now += watch.longest(now)
        try:
            for log in watch.logs.values():
                log.call()(self.begun, 0, n_steps)
            watch.collect(self.begun, n_steps)
            watch.after(end)
        finally:
            watch.finish(end)
