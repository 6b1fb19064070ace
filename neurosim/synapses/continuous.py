"""Continuous coupling: the sum of other units' outputs is an input, without a filter."""

from __future__ import annotations

from neurosim.synapses.receptor import Receptor
from neurosim.units import Unit


class Continuous(Receptor):
    """Adds ``sum over i of y_i W_ij`` to the input of unit j, with y the output of the presynaptic units.

    A weight is in the unit of the input over that of the output. The output at the end of a step acts in the
    next step, held constant over it, so that coupled units are their coupled differential equations,
    discretised to first order in the time step whatever the integrator. With a delay of d steps it acts d
    steps later; before time 0 the output was what it is at time 0.

    Examples
    --------
    >>> from neurosim import Dense, LeakyRate, Population, Projection
    >>> units = Population(2, LeakyRate("tanh"), receptors={"rec": Continuous()}, x=0.1)
    >>> coupling = Projection(units, units, Dense([[0.0, 2.0], [-2.0, 0.0]]))
    """

    def __init__(self) -> None:
        super().__init__("", output="summed", name="Continuous")

    def equations(self, unit: Unit) -> str:
        """Text of the equations for a neuron whose input has the given unit."""
        return f"summed : {unit.name} (input)"
