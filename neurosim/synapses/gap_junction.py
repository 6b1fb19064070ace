"""Electrical synapses."""

from __future__ import annotations

from neurosim.synapses.receptor import Receptor
from neurosim.units import Unit


class GapJunction(Receptor):
    """Current ``sum over i of g_ij (v_i - v_j)`` into neuron j, with the weights g_ij as conductances.

    A weight is in the unit of the input over that of the potential: nS for pA and mV, mS/cm2 for uA/cm2 and
    mV, a plain number for dimensionless neurons. The potentials are those at the beginning of each step, so
    the current is accurate to first order in the time step: what one neuron loses the other gains, and
    neurons in step exchange nothing.

    A junction conducts both ways when the connectivity is symmetric: ``Dense(g + g.T)`` for a matrix g that
    names each pair once. Between two populations it takes two projections, with ``Dense(g)`` and
    ``Dense(g.T)``. One alone rectifies: the other side does not feel it.

    Parameters
    ----------
    variable : str, default "v"
        The membrane potential. With another variable, this is diffusive coupling of any kind.

    Examples
    --------
    >>> from neurosim import Dense, Lapicque, Population, Projection
    >>> cells = Population(2, Lapicque, receptors={"gap": GapJunction()})
    >>> junction = Projection(cells, cells, Dense([[0.0, 1.5], [1.5, 0.0]]))
    >>> junction.weight_unit
    'nS'
    """

    def __init__(self, variable: str = "v") -> None:
        super().__init__("", output="summed", variable=variable, difference=True, name="GapJunction")

    def equations(self, unit: Unit) -> str:
        """Text of the equations for a neuron whose input has the given unit."""
        return f"summed : {unit.name} (input)"
