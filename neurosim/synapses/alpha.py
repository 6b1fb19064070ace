"""The alpha function."""

from __future__ import annotations

from typing import Any

from neurosim.synapses.psc_filter import PSCFilter


class Alpha(PSCFilter):
    """Alpha function ``t/tau^2 exp(-t/tau)`` after each spike, with its peak at tau: `PSCFilter` of order 1.

    Rall (1967), doi:10.1152/jn.1967.30.5.1138.

    Parameters
    ----------
    tau : float, str or quantity
        Time constant, and time to the peak, ms.
    normalize : {"area", "peak"}
        ``area``: as above, of area 1, and a weight is a charge. ``peak``: ``t/tau exp(1 - t/tau)``, of peak
        1, and a weight is the largest current.
    gain : float, default 1
        Factor on the current.

    Raises
    ------
    ParameterError
        If `tau` is not one positive time, `normalize` unknown, or `gain` not one number.
    """

    def __init__(self, tau: Any, normalize: str = "area", gain: float = 1.0) -> None:
        super().__init__(tau, 1, normalize, gain)
