"""The exponential integrate-and-fire neuron: a leak and the onset of the sodium current."""

from neurosim.neurons.model import NeuronModel

ExponentialIF = NeuronModel(
    """
    dv/dt = (-g_L*(V - E_L) + g_L*Delta_T*exp((V - V_T)/Delta_T) + I)/C_m : mV (unless refractory)
    V = minimum(v, V_peak) : mV
    I : uA/cm2 (input)
    """,
    parameters={
        "C_m": (1.0, "uF/cm2", "membrane capacitance"),
        "g_L": (0.1, "mS/cm2", "leak conductance"),
        "E_L": (-65.0, "mV", "leak reversal potential"),
        "V_T": (-59.9, "mV", "threshold of a slowly rising current"),
        "Delta_T": (3.48, "mV", "sharpness of the spike's onset"),
        "V_peak": (-30.0, "mV", "where a spike ends"),
        "V_reset": (-68.0, "mV", "potential after a spike"),
        "tau_ref": (1.7, "ms", "refractory time"),
    },
    threshold="v >= V_peak",
    reset="v = V_reset",
    refractory="tau_ref",
    initial={"v": "E_L"},
    name="ExponentialIF",
    reference="10.1523/JNEUROSCI.23-37-11628.2003",
)
"""Fourcaud-Trocme et al. (2003), fitted to the neuron of Wang and Buzsaki (1996).

It fires from ``I = g_L*(V_T - E_L - Delta_T)`` on. A step never looks beyond `V_peak`, so that the
exponential stays finite.
"""
