"""Short-term plasticity at work: an amplitude for each spike of a window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.engines.watch import Watched
from neurosim.kernels.release import release
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
    amplitudes : ndarray of shape (n_spikes,)
        Factor on the weights for each spike of the last window; 0 for units that have no terminals here.
    """

    def __init__(self, terminals: Terminals, source: Watched, pre: Slice) -> None:
        self.terminals, self.source, self.pre = terminals, source, pre
        values = terminals.rule.parameters.values()
        self.parameters = np.array([np.broadcast_to(value, pre.n) for value in values])
        self.amplitudes: NDArray[np.float64] = np.zeros(0)

    def advance(self, step: int, n_steps: int) -> None:
        """Take the terminals through the spikes of a window."""
        spikes, terminals = self.source.spikes, self.terminals
        self.amplitudes = np.zeros(spikes.size)
        release(
            self.parameters, terminals.resources, terminals.utilisation, terminals.last, step, self.source.dt,
            spikes, self.source.offsets[: n_steps + 1], self.pre.group.n, self.pre.start, self.amplitudes,
        )  # fmt: skip
