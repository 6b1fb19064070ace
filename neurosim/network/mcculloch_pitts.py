"""The logical neuron of 1943."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.network.group import Group
from neurosim.units import convert


class McCullochPitts(Group):
    """Threshold units that work in step, after McCulloch and Pitts (1943).

    A unit fires in a step if the excitation that arrives in this step reaches its threshold, and no
    inhibition arrives. Nothing is remembered: the delays of the projections are the delays of the logic.

    Parameters
    ----------
    n : int
    threshold : float or array_like, shape (n,) or (trials, n), default 1
        Dimensionless, as the weights of the projections that end here. A unit whose threshold is 0 or less
        fires in every step in which nothing holds it back. Whole numbers are summed exactly.
    veto : bool, default True
        Whether any inhibition other than 0 silences a unit; otherwise it is subtracted from the excitation.
    name : str, optional

    Attributes
    ----------
    receptors : tuple of str
        ``exc`` and ``inh``, where projections of at least one time step's delay end.

    Raises
    ------
    ParameterError
        If a threshold is not a finite number or the shape does not fit.

    References
    ----------
    McCulloch & Pitts, Bull. Math. Biophys. 5, 115-133 (1943), doi:10.1007/BF02478259.

    Examples
    --------
    An AND gate:

    >>> from neurosim import Dense, McCullochPitts, Network, Projection, SpikeGenerator, SpikeMonitor
    >>> inputs = SpikeGenerator(2, units=[0, 1, 0, 1], times=[1, 2, 3, 3])
    >>> both = McCullochPitts(1, threshold=2)
    >>> wires = Projection(inputs, both, Dense([[1.0], [1.0]]), receptor="exc", delay="1 ms")
    >>> spikes = SpikeMonitor(both)
    >>> Network(inputs, both, wires, spikes, dt="1 ms").run("6 ms")
    >>> spikes.t.tolist()
    [4.0]
    """

    receptors = ("exc", "inh")

    def __init__(self, n: int, threshold: Any = 1.0, *, veto: bool = True, name: str | None = None) -> None:
        super().__init__(n, name)
        if not isinstance(veto, bool):
            raise ParameterError(f"{self.name}.veto", veto, "must be True or False")
        self._veto = veto
        self.threshold = threshold

    @property
    def veto(self) -> bool:
        """Whether inhibition silences, whatever the excitation; it cannot be changed."""
        return self._veto

    @property
    def threshold(self) -> float | np.ndarray:
        """Excitation that makes a unit fire; a copy, so assign to change it, between runs too."""
        return self._threshold.copy() if isinstance(self._threshold, np.ndarray) else self._threshold

    @threshold.setter
    def threshold(self, value: Any) -> None:
        where = f"{self.name}.threshold"
        threshold = convert(value, "1", where)
        if isinstance(threshold, np.ndarray) and (threshold.ndim > 2 or threshold.shape[-1] != self.n):
            limit = f"the shape must be (), ({self.n},) or (trials, {self.n})"
            raise ParameterError(where, threshold.shape, limit)
        self._threshold: float | np.ndarray = threshold

    def snapshot(self) -> dict[str, Any]:
        """The thresholds."""
        return {"threshold": self._threshold}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over what `snapshot` found."""
        self._threshold = saved["threshold"]

    def __repr__(self) -> str:
        return f"McCullochPitts({self.n}, name={self.name!r})"
