"""A projection at work: from the spikes and rates of a window to the inputs of the steps they arrive in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from neurosim.engines.delay_steps import DelaySteps
from neurosim.engines.group_state import GroupState
from neurosim.engines.program import Shares, Work, in_turn
from neurosim.engines.release import Release
from neurosim.engines.split import WHOLE, Split
from neurosim.kernels.core.call import Call, Movable, Now, bind
from neurosim.network.projection import Projection


class Route:
    """The way from one population's activity to a receptor of another.

    Parameters
    ----------
    projection : Projection
    source, target : GroupState
    receptor : str
        Where the events arrive: the projection's receptor, or ``<receptor>.end`` for the ends of pulses.
    delay : DelaySteps
        All zero, or none; with the duration of the pulse for its end.
    release : Release, optional
        What each spike releases, where the projection has short-term plasticity.
    """

    def __init__(
        self,
        projection: Projection,
        source: GroupState,
        target: GroupState,
        receptor: str,
        delay: DelaySteps,
        release: Release | None = None,
    ) -> None:
        self.source, self.target, self.receptor, self.delay = source, target, receptor, delay
        self.connectivity = projection.connectivity
        self.pre, self.post = projection.pre, projection.post
        self.ring = target.inbox(receptor, delay.longest)
        self.release = release
        self.n_targets = target.size
        self.inbox = (id(target), receptor, delay.longest > 0)

    @property
    def is_straight(self) -> bool:
        """Whether spikes are added straight to a state; see `neurosim.engines.straight`."""
        return self.receptor in self.target.straight

    def straight_calls(self, split: Split = WHOLE) -> list[Call]:
        """The calls that add the spikes of the last step to the state they act on; as `calls`."""
        factor = self.target.straight[self.receptor]
        amplitudes = None if factor == 1.0 else Movable(np.full(self.source.spikes.array.size, factor))
        return self._calls(split, self.target.straight_state(self.receptor)[np.newaxis], amplitudes)

    def calls(self, split: Split = WHOLE) -> list[Call]:
        """The calls that deliver the spikes of some steps of a window: one, or one for each share.

        Share s delivers to the same units of the target population, whatever the route.
        """
        return self._calls(split, self.ring, None if self.release is None else self.release.amplitudes)

    def _calls(self, split: Split, ring: NDArray[np.float64], amplitudes: Movable | None) -> list[Call]:
        pre, post, source = self.pre, self.post, self.source
        cuts = [cut - post.start for cut in self.target.cuts(split)]
        delays = self.delay.each
        ways = self.connectivity.split_delivery(cuts, delays) if split.n_shares > 1 else []
        spikes = (source.spikes, source.offsets, Now("first"), Now("last"))
        same_for_all = 0 if delays is not None else self.delay.longest
        sizes = (pre.group.n, pre.start, post.group.n, post.start)
        arrival = (*spikes, ring, Now("step", same_for_all), *sizes, amplitudes)
        ways = ways or [self.connectivity.delivery(delays)]
        return [bind(kernel, *arguments, *arrival) for kernel, arguments in ways]

    def deliver_rates(self, step: int, first: int, last: int) -> None:
        """Deliver the rates of some steps of a window.

        Parameters
        ----------
        step : int
            At which the window began.
        first, last : int
            First step, counted from the beginning of the window, and the one after the last.
        """
        pre, post, ring = self.pre, self.post, self.ring
        for k, output in enumerate(self.source.output[first:last], start=step + first + self.delay.longest):
            rates = output[: self.source.size].reshape(-1, pre.group.n)[:, pre.start : pre.stop]
            inputs = ring[k % len(ring), : self.n_targets].reshape(-1, post.group.n)
            # A rate is the number of spikes expected per ms, so a step delivers rate*dt of them.
            inputs[:, post.start : post.stop] += self.connectivity.forward(rates) * self.source.dt

    @property
    def carries_rates(self) -> bool:
        """Whether the source passes on rates, not spikes."""
        return len(self.source.output) > 0


def in_order(routes: Iterable[Route]) -> list[list[Route]]:
    """Sort routes so that sums do not depend on how a run is cut into windows.

    What arrives at one receptor in one step is added in the order in which it was sent. Where the delays of
    one route are all at least as long as those of another, delivering the one before the other sees to that,
    a window at a time. Where delays overlap, the routes stand together, to be delivered step by step.

    Returns
    -------
    list of list of Route
    """
    groups: list[list[Route]] = []
    for route in sorted(routes, key=lambda r: (r.inbox, -r.delay.longest, -r.delay.shortest)):
        before = groups[-1] if groups else []
        if before and before[0].inbox == route.inbox and _shortest(before) < route.delay.longest:
            before.append(route)
        else:
            groups.append([route])
    return groups


def deliveries(groups: Iterable[list[Route]], split: Split) -> Iterator[Shares | Work]:
    """What delivers along routes that `in_order` has sorted, in every window, as phases."""
    shared: Shares = [[] for _ in range(split.n_shares)]  # by groups that follow each other and need not wait
    for together in groups:
        if any(route.carries_rates for route in together):
            yield shared
            shared = [[] for _ in range(split.n_shares)]
            yield _by_python(together)
            continue
        calls = [route.calls(split) for route in together]
        if all(len(parts) == split.n_shares for parts in calls):
            for share, parts in zip(shared, zip(*calls, strict=True), strict=True):
                share.append(in_turn(parts))
        else:
            yield shared
            shared = [[] for _ in range(split.n_shares)]
            yield [[in_turn([call for route in together for call in route.calls()])]]
    yield shared


def _by_python(together: list[Route]) -> Work:
    ways = [route.deliver_rates if route.carries_rates else route.calls()[0] for route in together]

    def deliver(step: int, n_steps: int) -> None:
        stride = n_steps if len(ways) == 1 else 1
        for first in range(0, n_steps, stride):
            for way in ways:
                way(step, first, first + stride)

    return deliver


def _shortest(routes: list[Route]) -> int:
    return min(route.delay.shortest for route in routes)
