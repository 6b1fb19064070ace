"""NMDA receptors with their block by magnesium."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.synapses.conductance import Conductance
from neurosim.synapses.receptor import one
from neurosim.synapses.two_state import TwoStateKinetics
from neurosim.units import convert


class NMDA(Conductance):
    """Slow excitation through NMDA receptors, which magnesium blocks unless the neuron is depolarised.

    The current is ``g*B(v)*(E - v)`` with ``B(v) = 1/(1 + exp(-0.062 v/mV) [Mg]/(3.57 mM))`` (Jahr & Stevens
    1990, doi:10.1523/JNEUROSCI.10-09-03178.1990). g has two-state kinetics with alpha = 0.072 per mM and ms,
    beta = 0.0066 per ms (a decay of 152 ms) and E = 0 mV, as
    in Destexhe, Mainen & Sejnowski, Kinetic models of synaptic transmission, in Koch & Segev, Methods in
    Neuronal Modeling, 2nd ed. (1998).

    A weight is the conductance with all receptors of the synapse open and none blocked; a spike opens 0.07 of
    them. The paper gives 0.01 to 0.6 nS. The weight is in the unit of `Conductance`.

    Parameters
    ----------
    reversal : float, str or quantity, default "0 mV"
    magnesium : float, str or quantity, default "1 mM"
        Concentration outside the neuron.
    transmitter : float, str or quantity, default "1 mM"
        Concentration during a pulse.
    pulse : float, str or quantity, default "1 ms"
        Duration of the pulse that a spike releases, a whole number of time steps.
    potential : str, default "v"
        Name of the neuron's membrane potential, which must be in mV or another unit of voltage.

    Raises
    ------
    ParameterError, UnitError
        As `TwoStateKinetics` and `Conductance` do.
    """

    def __init__(
        self,
        reversal: Any = "0 mV",
        *,
        magnesium: Any = "1 mM",
        transmitter: Any = "1 mM",
        pulse: Any = "1 ms",
        potential: str = "v",
    ) -> None:
        super().__init__(
            TwoStateKinetics(0.072, 0.0066, transmitter, pulse),
            reversal,
            potential=potential,
            block="1/(1 + exp(-0.062*v/mV)*Mg/(3.57*mM))",
            parameters={"Mg": (one(magnesium, "mM", "NMDA.magnesium"), "mM", "magnesium outside")},
            name="NMDA",
            reference="10.1523/JNEUROSCI.10-09-03178.1990",
        )

    def unblocked(self, v: Any) -> np.ndarray:
        """Fraction B of open receptors that magnesium does not block.

        Parameters
        ----------
        v : array_like
            Membrane potential, mV.

        Returns
        -------
        ndarray, shape of `v`
        """
        voltage = np.asarray(convert(v, "mV", "NMDA.unblocked.v"))
        with np.errstate(over="ignore"):
            fraction: np.ndarray = 1 / (1 + np.exp(-0.062 * voltage) * self.parameters["Mg"].value / 3.57)
        return fraction
