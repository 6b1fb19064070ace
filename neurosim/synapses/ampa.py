"""AMPA receptors."""

from __future__ import annotations

from typing import Any

from neurosim.synapses.conductance import Conductance
from neurosim.synapses.two_state import TwoStateKinetics


class AMPA(Conductance):
    """Fast excitation through AMPA receptors.

    Two-state kinetics with alpha = 1.1 per mM and ms, beta = 0.19 per ms (a decay of 5.3 ms) and E = 0 mV, as
    in Destexhe, Mainen & Sejnowski, Kinetic models of synaptic transmission, in Koch & Segev, Methods in
    Neuronal Modeling, 2nd ed. (1998).

    A weight is the conductance with all receptors of the synapse open; a spike opens 0.62 of them. The paper
    gives 0.35 to 1 nS. The weight is in the unit of `Conductance`.

    Parameters
    ----------
    reversal : float, str or quantity, default "0 mV"
    transmitter : float, str or quantity, default "1 mM"
        Concentration during a pulse.
    pulse : float, str or quantity, default "1 ms"
        Duration of the pulse that a spike releases, a whole number of time steps.
    potential : str, default "v"
        Name of the neuron's membrane potential.

    Raises
    ------
    ParameterError, UnitError
        As `TwoStateKinetics` and `Conductance` do.
    """

    def __init__(
        self,
        reversal: Any = "0 mV",
        *,
        transmitter: Any = "1 mM",
        pulse: Any = "1 ms",
        potential: str = "v",
    ) -> None:
        super().__init__(
            TwoStateKinetics(1.1, 0.19, transmitter, pulse),
            reversal,
            potential=potential,
            name="AMPA",
            reference="10.1162/neco.1994.6.1.14",
        )
