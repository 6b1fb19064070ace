"""GABA_B receptors with their cascade of G-proteins."""

from __future__ import annotations

from typing import Any

from neurosim.equations.parameter import read_parameters
from neurosim.synapses.receptor import Receptor, one, positive_time


class GABA_B(Receptor):  # noqa: N801
    """Slow inhibition: GABA_B receptors activate G-proteins, four of which open a potassium channel.

    As in Destexhe, Mainen & Sejnowski, Kinetic models of synaptic transmission, in Koch & Segev, Methods in
    Neuronal Modeling, 2nd ed. (1998), after Destexhe & Sejnowski (1995), doi:10.1073/pnas.92.21.9515::

        dr/dt = K1*T*(1 - r) - K2*r        activated receptors
        ds/dt = K3*r - K4*s                G-protein
        I = g_max*s^4/(s^4 + K_d)*(E - v)

    with K1 = 0.09 per mM and ms, K2 = 0.0012 per ms, K3 = 0.18 uM per ms, K4 = 0.034 per ms, K_d = 100 uM^4
    and E = -95 mV. One spike opens next to nothing; a burst does.

    The synapses on a neuron share their receptors and G-protein: T is the concentration C times the sum of
    the weights of the synapses whose pulse lasts. A weight is a plain number, 1 for a synapse of the paper.

    Parameters
    ----------
    g_max : str or quantity, default "1 nS"
        Conductance with all channels open: nS for a neuron whose input is in pA, mS/cm2 for one in uA/cm2.
    reversal : float, str or quantity, default "-95 mV"
    transmitter : float, str or quantity, default "1 mM"
        Concentration C during a pulse.
    pulse : float, str or quantity, default "1 ms"
        Duration of the pulse that a spike releases, a whole number of time steps.
    potential : str, default "v"
        Name of the neuron's membrane potential.

    Raises
    ------
    ParameterError, UnitError
        If a value is not one number, the concentration is negative or `pulse` not positive.
    """

    def __init__(
        self,
        g_max: Any = "1 nS",
        reversal: Any = "-95 mV",
        *,
        transmitter: Any = "1 mM",
        pulse: Any = "1 ms",
        potential: str = "v",
    ) -> None:
        conductance = read_parameters({"g_max": g_max}, "GABA_B")["g_max"]
        super().__init__(
            f"""
            dN/dt = 0*N/ms : 1
            dr/dt = K1*C*N*(1 - r) - K2*r : 1
            ds/dt = K3*r - K4*s : uM
            g = g_max*s**4/(s**4 + K_d) : {conductance.unit}
            """,
            output=f"g*(E - {potential})",
            jump={"N": "1"},
            pulse=positive_time(pulse, "GABA_B.pulse"),
            end={"N": "-1"},
            parameters={
                "g_max": (conductance.value, conductance.unit, "conductance with all channels open"),
                "E": (one(reversal, "mV", "GABA_B.reversal"), "mV", "reversal potential of potassium"),
                "K1": (0.09, "1/(mM*ms)", "rate of binding"),
                "K2": (0.0012, "1/ms", "rate of unbinding"),
                "K3": (0.18, "uM/ms", "rate at which receptors make G-protein"),
                "K4": (0.034, "1/ms", "rate at which G-protein is lost"),
                "K_d": (100.0, "uM**4", "dissociation constant of four G-proteins and a channel"),
                "C": (one(transmitter, "mM", "GABA_B.transmitter"), "mM", "transmitter during a pulse"),
            },
            name="GABA_B",
            reference="10.1073/pnas.92.21.9515",
        )
