"""Short-term plasticity at work: an amplitude for each spike of a window."""

from __future__ import annotations

import numpy as np

from neurosim.engines.watched import Watched
from neurosim.kernels.core.call import Call, Movable, Now, bind
from neurosim.kernels.spiking.release import release
from neurosim.network.group import Slice
from neurosim.network.terminals import Terminals


class Release:
    """What the spikes of a population release at the terminals of a projection.

    Parameters
    ----------
    terminals : Terminals
    source : Watched
    pre : Slice
        The units that the terminals belong to.

    Attributes
    ----------
    amplitudes : Movable, at least as long as the source's spikes
        Factor on the weights for each spike of the last window; without meaning for units that have no
        terminals here.
    """

    def __init__(self, terminals: Terminals, source: Watched, pre: Slice) -> None:
        self.terminals, self.source, self.pre = terminals, source, pre
        values = terminals.rule.parameters.values()
        self.parameters = np.array([np.broadcast_to(value, pre.n) for value in values])
        self.amplitudes = Movable(np.zeros(0))

    def make_room(self, *window: int) -> None:
        """Have an amplitude for each spike that there is room for."""
        size = self.source.spikes.array.size
        if self.amplitudes.array.size < size:
            self.amplitudes.array = np.zeros(size)

    def advance(self, step: int, n_steps: int) -> None:
        """Take the terminals through the spikes of a window."""
        self.make_room()
        self.call()(step, 0, n_steps)

    def call(self) -> Call:
        """The call that takes the terminals through the spikes of a window."""
        terminals, source = self.terminals, self.source
        state = (terminals.resources, terminals.utilisation, terminals.last)
        spikes = (source.spikes, source.offsets, Now("last"), self.pre.group.n, self.pre.start)
        return bind(release, self.parameters, *state, Now("step"), source.dt, *spikes, self.amplitudes)
