"""What the time loop asks of anything with units that run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.engines.poisson_feed import PoissonFeed
from neurosim.network.group import Group
from neurosim.network.network import Network
from neurosim.network.state_monitor import StateMonitor

Task = Callable[[int, int], object]
"""Work on the steps from the first argument on, as many as the second."""

NO_SPIKES = np.zeros(0, np.int32)


@dataclass(frozen=True)
class Place:
    """Where in a network a group stands.

    Attributes
    ----------
    network : Network
    stream : int
        Number of the group, so that groups draw different random numbers.
    window : int
        Longest window, in steps.
    delays : tuple of int
        Steps: the shortest and the longest of each projection of events that ends here.
    sent : tuple of int
        Steps, of the projections of continuous signals that begin here.
    intervals : mapping of StateMonitor to int
        Steps between two records, of the monitors of this group.
    fed : bool
        Whether there are inputs that write the events of a window before it begins.
    """

    network: Network
    stream: int
    window: int
    delays: tuple[int, ...]
    sent: tuple[int, ...]
    intervals: Mapping[StateMonitor, int]
    fed: bool

    @property
    def n_rows(self) -> int:
        """Steps for which arriving events are kept."""
        return max([1, *self.delays, self.window if self.fed else 0])


class GroupState:
    """A group at work, in the hands of the time loop.

    The loop calls `prepare` before each run, `claim` before the first, and `begin` once `prepare` has found
    no fault anywhere. For each window it calls `enter`, carries out `tasks`, on several threads at once, and
    calls `collect`; then spikes and outputs go their ways, `arrive` follows if `instant`, and `check_finite`
    ends the window. `finish` ends the run. A kind of group overrides what it has a use for.

    Parameters
    ----------
    group : Group
    place : Place

    Attributes
    ----------
    size : int
        Units of all trials.
    seed, stream
        Of the random numbers.
    tasks : list of callable
        The advance over a window, in parts that are independent of each other: (step, n_steps).
    spikes : ndarray of int32, shape (n_spikes,)
        Of the last window: flat indices ``trial*n + unit``, sorted by step, then by index.
    offsets : ndarray of int64, shape (at least n_steps + 1,)
        The spikes of step k of the window are ``spikes[offsets[k]:offsets[k + 1]]``.
    moments : ndarray, shape (n_spikes,), or None
        Time of each spike after the beginning of its step, ms, where spikes are precise.
    output : ndarray, shape (window, at least size), or no rows for units that spike
        Rates in the steps of the last window, per ms.
    instant : bool
        Whether events arrive without delay: windows are single steps then.
    feeds : sequence of PoissonFeed
        Inputs that end here. A task lets its units `receive` their events before it advances them.
    """

    instant: bool = False
    feeds: Sequence[PoissonFeed] = ()

    def __init__(self, group: Group, place: Place) -> None:
        self.trials, self.dt = place.network.trials, place.network.dt
        self.shape = (self.trials, group.n)
        self.size = self.trials * group.n
        # One type for all seeds, so that one compiled version serves them.
        self.seed: Any = np.uint64(place.network.seed)
        self.stream = place.stream
        self.tasks: list[Task] = []
        self.spikes: NDArray[np.int32] = NO_SPIKES
        self.offsets: NDArray[np.int64] = np.zeros(place.window + 1, np.int64)
        self.moments: NDArray[np.float64] | None = None
        self.output: NDArray[np.float64] = np.zeros((0, self.size))

    @classmethod
    def memory(cls, group: Any, place: Place) -> int:
        """Bytes that the state of a group would take, counted before anything is allocated."""
        numbers: int = place.window * group.n * place.network.trials  # spikes of a window
        return 8 * numbers

    def inbox(self, receptor: str, delay: int) -> NDArray[np.float64]:
        """Ring of the events that arrive at a receptor, shape (n_rows, size), a row for each step."""
        raise KeyError(receptor)

    def prepare(self, n_steps: int) -> None:
        """Take over what may have changed since the last run, or raise before anything changes."""

    def claim(self) -> None:
        """Let the group show the state."""

    def begin(self, step: int) -> None:
        """Begin a run."""

    def enter(self, step: int, n_steps: int) -> None:
        """Make ready for a window, or raise before it begins."""

    def receive(self, lo: int, hi: int, step: int, n_steps: int) -> None:
        """Let the inputs write the events of units from `lo` up to `hi` for the steps to come."""
        for feed in self.feeds:
            feed.deliver(lo, hi, step, n_steps)

    def collect(self, step: int, n_steps: int) -> None:
        """Put the spikes of a window in order and hand states to the monitors."""

    def flush(self, step: int) -> None:
        """Hand to the monitors what they have not got yet."""

    def finish(self, step: int) -> None:
        """End a run, also one that failed."""

    def arrive(self, step: int) -> None:
        """Deliver the events without delay in the step just done."""

    def check_finite(self, step: int, n_steps: int) -> None:
        """Raise `NonFiniteError` if a state is infinite or NaN."""

    def snapshot(self, step: int) -> dict[str, Any]:
        """Everything that the steps from one on depend on, the same for any threads, windows and padding.

        Arrays may be those at work, not copies.
        """
        return {}

    def restore(self, saved: Mapping[str, Any], step: int) -> None:
        """Take over what `snapshot` found before the same step."""
