"""A leaky integrate-and-fire neuron with a current that each spike adds to."""

from neurosim.neurons.model import NeuronModel

AdaptiveLIF = NeuronModel(
    """
    dv/dt = (E_L - v)/tau_m + (I - w)/C_m : mV (unless refractory)
    dw/dt = -w/tau_w : pA
    I : pA (input)
    """,
    parameters={
        "C_m": (250.0, "pF", "membrane capacitance"),
        "tau_m": (10.0, "ms", "membrane time constant"),
        "E_L": (-70.0, "mV", "resting potential"),
        "V_th": (-55.0, "mV", "threshold"),
        "V_reset": (-70.0, "mV", "potential after a spike"),
        "tau_ref": (2.0, "ms", "refractory time"),
        "tau_w": (150.0, "ms", "time constant of adaptation"),
        "b": (50.0, "pA", "growth of the adaptation current with each spike"),
    },
    threshold="v > V_th",
    reset="v = V_reset; w += b",
    refractory="tau_ref",
    initial={"v": "E_L"},
    name="AdaptiveLIF",
    reference="10.1162/0899766041732468",
)
"""Leaky integrate-and-fire neuron with spike-frequency adaptation (La Camera et al. 2004).

At a steady rate f the adaptation current is ``b*tau_w*f`` on average, which makes the rate grow about
linearly with the input.
"""
