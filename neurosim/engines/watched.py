"""What monitors and terminals ask of a group at work, on any engine."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.call import Movable


class Watched(Protocol):
    """What monitors and terminals ask of a group at work; see `GroupState`."""

    dt: float
    spikes: Movable
    offsets: NDArray[np.int64]
    moments: NDArray[np.float64] | None

    def flush(self, step: int) -> None:
        """Hand to the monitors what they have not got yet."""
