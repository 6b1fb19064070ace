"""The four classes of cortical neurons of Pospischil et al. (2008): one set of currents, in parts."""

from neurosim.neurons.channel import Channel
from neurosim.neurons.gate import Gate
from neurosim.neurons.model import NeuronModel
from neurosim.neurons.point_neuron import point_neuron
from neurosim.neurons.traub_miles import POTASSIUM_GATES, SODIUM_GATES

SLOW_GATES = [
    Gate(
        "p",
        steady_state="1/(1 + exp(-(v + 35*mV)/(10*mV)))",
        time_constant="tau_max/(3.3*exp((v + 35*mV)/(20*mV)) + exp(-(v + 35*mV)/(20*mV)))",
    ),
]
"""The slow potassium current I_M, which adapts the rate (eq. 6; Yamada et al. 1989)."""

HIGH_THRESHOLD_GATES = [
    Gate(
        "q",
        power=2,
        alpha="0.209/exprel(-(v + 27*mV)/(3.8*mV))/ms",
        beta="0.94*exp(-(v + 75*mV)/(17*mV))/ms",
    ),
    Gate(
        "r",
        alpha="0.000457*exp(-(v + 13*mV)/(50*mV))/ms",
        beta="0.0065/(1 + exp(-(v + 15*mV)/(28*mV)))/ms",
    ),
]
"""The high-threshold calcium current, which makes bursts (Reuveni et al. 1993)."""

LOW_THRESHOLD_GATES = [
    Gate(
        "s",
        power=2,
        steady_state="1/(1 + exp(-(v + V_x + 57*mV)/(6.2*mV)))",
        instantaneous=True,
    ),
    Gate(
        "u",
        steady_state="1/(1 + exp((v + V_x + 81*mV)/(4*mV)))",
        time_constant="30.8/3.7*ms + (211.4 + exp((v + V_x + 113.2*mV)/(5*mV)))/3.7*ms"
        "/(1 + exp((v + V_x + 84*mV)/(3.2*mV)))",
    ),
]
"""The low-threshold calcium current, which answers release from inhibition (Destexhe et al. 1996)."""


def cortical_neuron(
    name: str, *, g_L: float, E_L: float, g_K: float, g_M: float = 0.0, calcium: Channel | None = None
) -> NeuronModel:
    """A cortical neuron: spike, leak, and perhaps the slow potassium current and a calcium current.

    Parameters
    ----------
    name : str
    g_L, g_K : float
        Conductance of the leak and of the delayed rectifier, mS/cm2.
    E_L : float
        Leak reversal potential, mV.
    g_M : float, default 0
        Conductance of the slow potassium current, mS/cm2; none at 0.
    calcium : Channel, optional

    Returns
    -------
    NeuronModel
    """
    channels = [
        Channel(
            "Na",
            g_max=(50.0, "mS/cm2", "maximal sodium conductance"),
            reversal=(50.0, "mV", "sodium reversal potential"),
            gates=SODIUM_GATES,
        ),
        Channel(
            "K",
            g_max=(g_K, "mS/cm2", "maximal conductance of the delayed rectifier"),
            reversal=(-100.0, "mV", "potassium reversal potential"),
            gates=POTASSIUM_GATES,
        ),
    ]
    parameters = {"V_T": (-55.0, "mV", "shifts the threshold: voltage that the spike's rates count from")}
    if g_M:
        conductance = (g_M, "mS/cm2", "maximal conductance of the slow potassium current")
        channels.append(Channel("M", conductance, "E_K", SLOW_GATES))
        parameters["tau_max"] = (1000.0, "ms", "sets the time constant of the slow potassium current")
    if calcium is not None:
        channels.append(calcium)
    leak = Channel("L", (g_L, "mS/cm2", "leak conductance"), (E_L, "mV", "leak reversal potential"))
    return point_neuron(
        [*channels, leak],
        C_m=(1.0, "uF/cm2", "membrane capacitance"),
        parameters=parameters,
        initial={"v": "E_L"},
        name=name,
        reference="10.1007/s00422-008-0263-8",
    )


# The numbers are those of the authors' own files (ModelDB 123623), which rest on figure 1 of the paper.

PospischilRS = cortical_neuron("PospischilRS", g_L=0.1, E_L=-70.0, g_K=5.0, g_M=0.07)
"""Regular spiking, an excitatory cell: its rate adapts."""

PospischilFS = cortical_neuron("PospischilFS", g_L=0.15, E_L=-70.0, g_K=10.0)
"""Fast spiking, an inhibitory cell: no slow current, no adaptation."""

PospischilIB = cortical_neuron(
    "PospischilIB",
    g_L=0.01,
    E_L=-85.0,
    g_K=5.0,
    g_M=0.03,
    calcium=Channel(
        "CaL",
        g_max=(0.17, "mS/cm2", "maximal conductance of the high-threshold calcium current"),
        reversal=(120.0, "mV", "calcium reversal potential"),
        gates=HIGH_THRESHOLD_GATES,
    ),
)
"""Intrinsically bursting: a burst at the onset of a current, then single spikes; bursts again and again with
``g_CaL=0.22``.
"""

PospischilLTS = cortical_neuron(
    "PospischilLTS",
    g_L=0.01,
    E_L=-85.0,
    g_K=5.0,
    g_M=0.03,
    calcium=Channel(
        "CaT",
        g_max=(0.4, "mS/cm2", "maximal conductance of the low-threshold calcium current"),
        reversal=(120.0, "mV", "calcium reversal potential"),
        gates=LOW_THRESHOLD_GATES,
        parameters={"V_x": (2.0, "mV", "shifts the voltages of the calcium current")},
    ),
)
"""Low-threshold spiking: spikes ride on a calcium spike when a current lifts the neuron from its low rest or,
with ``E_L=-60``, when a hyperpolarising current ends.
"""
