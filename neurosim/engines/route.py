"""A projection at work: from the spikes and rates of a window to the inputs of the steps they arrive in."""

from __future__ import annotations

from collections.abc import Iterable

from neurosim.engines.delay_steps import DelaySteps
from neurosim.engines.group_state import GroupState
from neurosim.engines.release import Release
from neurosim.errors import ParameterError
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

    Raises
    ------
    ParameterError
        If rates are to arrive with a delay for each synapse.
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
        if delay.each is not None and len(source.output):
            limit = f"differs between synapses, and {projection.pre.name} passes on rates, not spikes"
            raise ParameterError(f"{projection.name}.delay", projection.delay, limit, "Use one for all.")
        self.source, self.delay = source, delay
        self.connectivity = projection.connectivity
        self.pre, self.post = projection.pre, projection.post
        self.ring = target.inbox(receptor, delay.longest)
        self.release = release
        self.inbox = (id(target), receptor, delay.longest > 0)

    def deliver(self, step: int, first: int, last: int) -> None:
        """Deliver what the source sent in some steps of the window that began at `step`.

        Parameters
        ----------
        step : int
        first, last : int
            First step, counted from the beginning of the window, and the one after the last.
        """
        pre, post, ring = self.pre, self.post, self.ring
        same_for_all = 0 if self.delay.each is not None else self.delay.longest
        first_row = (step + first + same_for_all) % len(ring)
        offsets = self.source.offsets[first : last + 1]
        if self.source.spikes.size and offsets[-1] > offsets[0]:
            self.connectivity.deliver_window(
                self.source.spikes,
                offsets,
                ring,
                first_row,
                pre_size=pre.group.n,
                pre_start=pre.start,
                post_size=post.group.n,
                post_start=post.start,
                delays=self.delay.each,
                amplitudes=None if self.release is None else self.release.amplitudes,
            )
        for k, output in enumerate(self.source.output[first:last]):
            rates = output[: self.source.size].reshape(-1, pre.group.n)[:, pre.start : pre.stop]
            inputs = ring[(first_row + k) % len(ring)].reshape(-1, post.group.n)
            # A rate is the number of spikes expected per ms, so a step delivers rate*dt of them.
            inputs[:, post.start : post.stop] += self.connectivity.forward(rates) * self.source.dt


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


def _shortest(routes: list[Route]) -> int:
    return min(route.delay.shortest for route in routes)
