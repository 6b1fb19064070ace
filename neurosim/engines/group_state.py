"""What the time loop asks of anything with units that run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.engines.poisson_feed import PoissonFeed
from neurosim.engines.split import Split
from neurosim.kernels.core.call import Call, Movable
from neurosim.network.group import Group
from neurosim.network.network import Network
from neurosim.network.state_monitor import StateMonitor


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
    one_step : frozenset of str
        Receptors that hear of nothing but the spikes that populations fired a step ago.
    """

    network: Network
    stream: int
    window: int
    delays: tuple[int, ...]
    sent: tuple[int, ...]
    intervals: Mapping[StateMonitor, int]
    fed: bool
    one_step: frozenset[str] = frozenset()

    @property
    def n_rows(self) -> int:
        """Steps for which arriving events are kept."""
        return max([1, *self.delays, self.window if self.fed else 0])


class GroupState:
    """A group at work, in the hands of the time loop.

    The loop calls `prepare` before each run, `claim` before the first, and `begin` once `prepare` has found
    no fault anywhere. What happens in a window is a list of calls that compiled code makes by itself: once
    the group is `arrange`d for the threads, first `advances`, on several of them, then `sorting`; then spikes
    and outputs go their ways, and `arrivals` follow if `instant`. A group with something to do in Python
    gets windows of its own: it `enters` each before the calls, or `answers` after its advances. After a
    stretch of windows come `collect` and `check_finite`, and `finish` after a run. A kind of group
    overrides what it has a use for.

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
    spikes : Movable of int32
        Of the last window: flat indices ``trial*n + unit``, sorted by step, then by index.
    offsets : ndarray of int64, shape (at least n_steps + 1,)
        The spikes of step k of the window are ``spikes[offsets[k]:offsets[k + 1]]``.
    moments : ndarray, of the shape of spikes, or None
        Time of each spike after the beginning of its step, ms, where spikes are precise.
    output : ndarray, shape (window, at least size), or no rows for units that spike
        Rates in the steps of the last window, per ms.
    instant : bool
        Whether events arrive without delay: windows are single steps then.
    straight : mapping of str to float
        Receptors whose spikes are added to a state after the next step, times a factor; see
        `neurosim.engines.straight`.
    feeds : sequence of PoissonFeed
        Inputs that end here; the advance of units begins with the events that they `receive`.
    version : object
        Another one whenever the calls must be asked for again.
    """

    instant: bool = False
    enters: bool = False
    answers: bool = False
    feeds: Sequence[PoissonFeed] = ()
    straight: Mapping[str, float] = MappingProxyType({})

    def __init__(self, group: Group, place: Place) -> None:
        self.trials, self.dt = place.network.trials, place.network.dt
        self.shape = (self.trials, group.n)
        self.size = self.trials * group.n
        # One type for all seeds, so that one compiled version serves them.
        self.seed: Any = np.uint64(place.network.seed)
        self.stream = place.stream
        self.spikes = Movable(np.zeros(0, np.int32))
        self.offsets: NDArray[np.int64] = np.zeros(place.window + 1, np.int64)
        self.moments: NDArray[np.float64] | None = None
        self.output: NDArray[np.float64] = np.zeros((0, self.size))
        self.version = object()

    @classmethod
    def memory(cls, group: Any, place: Place) -> int:
        """Bytes that the state of a group would take, counted before anything is allocated."""
        numbers: int = place.window * group.n * place.network.trials  # spikes of a window
        return 8 * numbers

    def inbox(self, receptor: str, delay: int) -> NDArray[np.float64]:
        """Ring of the events that arrive at a receptor, (n_rows, at least size), a row for each step."""
        raise KeyError(receptor)

    def straight_state(self, receptor: str) -> NDArray[np.float64]:
        """The state, of all trials, that spikes at one of the `straight` receptors are added to."""
        raise KeyError(receptor)

    def arrange(self, split: Split) -> None:
        """Lay out the units for the threads that the calls to be asked for next are made by."""

    def keeps_to_cuts(self, split: Split) -> bool:
        """Whether each thread advances the units between its `cuts`, in every trial."""
        return split.n_shares == 1

    def cuts(self, split: Split) -> list[int]:
        """Where, among the units of a trial, the share of each thread begins, and the last one ends."""
        return split.bounds(self.shape[1])

    def prepare(self, n_steps: int) -> None:
        """Take over what may have changed since the last run, or raise before anything changes."""

    def claim(self) -> None:
        """Let the group show the state."""

    def begin(self, step: int) -> None:
        """Begin a run."""

    def longest(self, step: int) -> int:
        """Steps from `step` on after which a stretch must end, so that there is room for what it records."""
        return 2**62

    def enter(self, step: int, n_steps: int) -> None:
        """Make ready for a window, or raise before it begins."""

    def advances(self, split: Split) -> list[list[Call]]:
        """Calls that advance the units over a window, in shares that are independent of each other."""
        return []

    def answer(self, step: int, n_steps: int) -> None:
        """Do the part of the advance that Python does."""

    def sorting(self) -> list[Call]:
        """Calls that put the spikes of a window in order."""
        return []

    def arrivals(self, split: Split) -> list[list[Call]]:
        """Calls that deliver the events without delay in the step just done, in independent shares."""
        return []

    def received(self, lo: int, hi: int) -> list[Call]:
        """Calls by which inputs write the events of units from `lo` up to `hi` for the steps to come."""
        return [call for feed in self.feeds for call in feed.deliveries(lo, hi)]

    def collect(self, step: int, n_steps: int) -> None:
        """Hand the states recorded in a stretch to the monitors."""

    def flush(self, step: int) -> None:
        """Hand to the monitors what they have not got yet."""

    def finish(self, step: int) -> None:
        """End a run, also one that failed."""

    def check_finite(self, step: int, n_steps: int) -> None:
        """Raise `NonFiniteError` if a state is infinite or NaN after a window."""

    def snapshot(self, step: int) -> dict[str, Any]:
        """Everything that the steps from one on depend on, the same for any threads, windows and padding.

        Arrays may be those at work, not copies.
        """
        return {}

    def restore(self, saved: Mapping[str, Any], step: int) -> None:
        """Take over what `snapshot` found before the same step."""
