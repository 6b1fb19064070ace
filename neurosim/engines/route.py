"""A projection at work: from the spikes and rates of a window to the inputs of the steps they arrive in."""

from __future__ import annotations

from neurosim.engines.group_state import GroupState
from neurosim.network.projection import Projection


class Route:
    """The way from one population's activity to a receptor of another.

    Parameters
    ----------
    projection : Projection
    source, target : GroupState
    receptor : str
        Where the events arrive: the projection's receptor, or ``<receptor>.end`` for the ends of pulses.
    delay : int
        Steps, with the duration of the pulse for its end.
    """

    def __init__(
        self, projection: Projection, source: GroupState, target: GroupState, receptor: str, delay: int
    ) -> None:
        self.source, self.delay = source, delay
        self.connectivity = projection.connectivity
        self.pre, self.post = projection.pre, projection.post
        self.ring = target.inbox(receptor, delay)

    def deliver(self, step: int, n_steps: int) -> None:
        """Deliver what the source sent in a window into the ring of arriving events."""
        pre, post, ring = self.pre, self.post, self.ring
        first_row = (step + self.delay) % len(ring)
        if self.source.spikes.size:
            self.connectivity.deliver_window(
                self.source.spikes,
                self.source.offsets[: n_steps + 1],
                ring,
                first_row,
                pre_size=pre.group.n,
                pre_start=pre.start,
                post_size=post.group.n,
                post_start=post.start,
            )
        for k, output in enumerate(self.source.output[:n_steps]):
            rates = output[: self.source.size].reshape(-1, pre.group.n)[:, pre.start : pre.stop]
            inputs = ring[(first_row + k) % len(ring)].reshape(-1, post.group.n)
            # A rate is the number of spikes expected per ms, so a step delivers rate*dt of them.
            inputs[:, post.start : post.stop] += self.connectivity.forward(rates) * self.source.dt
