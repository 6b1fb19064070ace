"""The quadratic integrate-and-fire neuron: every class 1 neuron near its threshold."""

from neurosim.neurons.model import NeuronModel

QuadraticIF = NeuronModel(
    """
    dv/dt = (k*(v - E_L)*(v - V_T) + I)/C_m : mV
    I : pA (input)
    """,
    parameters={
        "C_m": (100.0, "pF", "membrane capacitance"),
        "k": (1.0, "nS/mV", "curvature of the current-voltage relation"),
        "E_L": (-65.0, "mV", "resting potential"),
        "V_T": (-50.0, "mV", "potential from which a spike follows"),
        "V_peak": (30.0, "mV", "where a spike ends"),
        "V_reset": (-75.0, "mV", "potential after a spike"),
    },
    threshold="v >= V_peak",
    reset="v = V_reset",
    initial={"v": "E_L"},
    name="QuadraticIF",
    reference="10.1152/jn.2000.83.2.808",
)
"""Quadratic integrate-and-fire neuron (Latham et al. 2000; Ermentrout & Kopell 1986), the normal form of
class 1.

It fires from ``I = k*(V_T - E_L)**2/4`` on, at a rate near ``sqrt(k*(I - I_rheobase))/(pi*C_m)``.
"""
