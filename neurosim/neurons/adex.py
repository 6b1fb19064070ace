"""The adaptive exponential integrate-and-fire neuron."""

from neurosim.neurons.model import NeuronModel

AdEx = NeuronModel(
    """
    dv/dt = (-g_L*(V - E_L) + g_L*Delta_T*exp((V - V_T)/Delta_T) - w + I)/C_m : mV
    dw/dt = (a*(V - E_L) - w)/tau_w : pA
    V = minimum(v, V_peak) : mV
    I : pA (input)
    """,
    parameters={
        "C_m": (281.0, "pF", "membrane capacitance"),
        "g_L": (30.0, "nS", "leak conductance"),
        "E_L": (-70.6, "mV", "leak reversal potential"),
        "V_T": (-50.4, "mV", "threshold of a slowly rising current"),
        "Delta_T": (2.0, "mV", "sharpness of the spike's onset"),
        "V_peak": (20.0, "mV", "where a spike ends"),
        "V_reset": (-70.6, "mV", "potential after a spike"),
        "a": (4.0, "nS", "adaptation by the potential"),
        "b": (80.5, "pA", "adaptation by each spike"),
        "tau_w": (144.0, "ms", "time constant of adaptation"),
    },
    threshold="v >= V_peak",
    reset="v = V_reset; w += b",
    initial={"v": "E_L"},
    name="AdEx",
    reference="10.1152/jn.00686.2005",
)
"""Brette and Gerstner (2005): exponential onset, and an adaptation current `w` driven by potential and
spikes.

A step never looks beyond `V_peak`, so that the exponential stays finite and `w` does not see where the
potential would have gone. `AdExPatterns` has the firing patterns of Naud et al. (2008).
"""
