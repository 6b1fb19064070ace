"""Brings what happens in a running network to its monitors, and from there to their files."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from neurosim.engines.spike_log import SpikeLog
from neurosim.engines.watched import Watched
from neurosim.errors import OutputError
from neurosim.network.group import Group
from neurosim.network.monitor import Monitor
from neurosim.network.network import Network
from neurosim.network.rate_monitor import RateMonitor
from neurosim.network.spike_monitor import SpikeMonitor
from neurosim.network.state_monitor import StateMonitor
from neurosim.network.weight_monitor import WeightMonitor
from neurosim.recording.stream import StreamedColumns

LONGEST_WAIT = 1.0
"""Seconds after which records are written to a file, however few they are."""


class Watch:
    """The monitors of a network at work.

    Parameters
    ----------
    network : Network

    Attributes
    ----------
    intervals : dict of Monitor to int
        Steps between two records of each monitor.
    logs : dict of Group to SpikeLog
        Of the groups whose spikes are recorded.

    Raises
    ------
    ParameterError
        If an interval is off the grid.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.intervals = {m: self._interval(m) for m in network.monitors}
        self._streams: list[StreamedColumns] = []
        self._written = 0.0
        self.logs: dict[Group, SpikeLog] = {}

    def _interval(self, monitor: Monitor) -> int:
        if monitor.interval is None:
            return 1
        return self.network.whole_steps(monitor.interval, f"{monitor.name}.{monitor.INTERVAL}")

    def claim(self) -> None:
        """Empty the monitors and make their files, before the first run.

        Raises
        ------
        OutputError
            If a file cannot be made; then none is.
        """
        for monitor in self.network.monitors:
            monitor.clear(self.network.dt, self.network.trials)
        streams = self._open_streams()
        paths = [stream.path for stream in streams]
        for path in paths:
            if paths.count(path) > 1:
                raise OutputError(f"{path}: two monitors would write to this file. Give each its own.")
        try:
            for stream in streams:
                stream.draft()
            for stream in streams:
                stream.publish()
        except OutputError:
            for stream in streams:
                stream.discard()
            raise

    def _open_streams(self) -> list[StreamedColumns]:
        return [m.stream for m in self.network.monitors if m.stream is not None]

    def begin(self, n_steps: int, states: Sequence[Watched], of: Callable[[Group], Watched]) -> None:
        """Begin a run."""
        start, monitors = self.network.step, [m for m in self.network.monitors if not m.closed]
        self._states = states
        self._reached = [m for m in monitors if not isinstance(m, StateMonitor)]
        self._spikes = [m for m in monitors if isinstance(m, SpikeMonitor | RateMonitor)]
        for group in dict.fromkeys(monitor.group for monitor in self._spikes):
            if group not in self.logs:
                self.logs[group] = SpikeLog(of(group))
        self._weights = [(m, self.intervals[m]) for m in monitors if isinstance(m, WeightMonitor)]
        self._streams, self._written = self._open_streams(), time.monotonic()
        for monitor in monitors:
            interval = self.intervals[monitor]
            if isinstance(monitor, StateMonitor | WeightMonitor | RateMonitor):
                monitor.columns.reserve((start + n_steps) // interval - start // interval + 1)

    def longest(self, step: int) -> int:
        """Steps from `step` on after which a stretch must end, so that weights can be recorded."""
        return min((interval - step % interval for _, interval in self._weights), default=2**62)

    def before(self, step: int) -> None:
        """Record what is there at the beginning of a stretch."""
        for monitor, interval in self._weights:
            if step % interval == 0:
                monitor.record(step)

    def collect(self, step: int, n_steps: int) -> None:
        """Hand on the spikes of a stretch, whose last window is given."""
        for group, log in self.logs.items():
            for spikes in log.take(step, n_steps):
                for monitor in self._spikes:
                    if monitor.group is group:
                        monitor.append(*spikes)

    def after(self, step: int) -> bool:
        """At the end of a stretch, write what is due; whether all could be written."""
        for monitor in self._reached:
            monitor.reach(step)
        if not self._streams:
            return True
        late = time.monotonic() - self._written > LONGEST_WAIT
        if late:
            for state in self._states:
                state.flush(step)
            self._written = time.monotonic()
        for stream in self._streams:
            if late or stream.due:
                stream.write()
        return all(stream.failure is None for stream in self._streams)

    def finish(self, step: int) -> None:
        """End a run.

        Raises
        ------
        OutputError
            If something could not be written.
        """
        for monitor in self.network.monitors:
            if not monitor.closed:
                monitor.reach(step)
        for stream in self._streams:
            stream.write(last=True)
        failure = next((s.failure for s in self._streams if s.failure is not None), None)
        if failure is not None:
            raise OutputError(
                f"{failure} The run has stopped at {step * self.network.dt:g} ms. What is in the file stays; "
                "what came after it is kept in memory: another run goes on from there and writes it, or goes "
                "on without this file after monitor.close()."
            ) from failure
