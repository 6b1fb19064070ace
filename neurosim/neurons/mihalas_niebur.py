"""The generalised integrate-and-fire neuron of Mihalas and Niebur: linear, with a threshold that moves."""

from neurosim.neurons.model import NeuronModel

MihalasNiebur = NeuronModel(
    """
    dv/dt = -G*(v - E_L) + I_1 + I_2 + I : mV
    dtheta/dt = a*(v - E_L) - b*(theta - theta_inf) : mV
    dI_1/dt = -k_1*I_1 : mV/ms
    dI_2/dt = -k_2*I_2 : mV/ms
    I : mV/ms (input)
    """,
    parameters={
        "G": (0.05, "1/ms", "leak conductance over capacitance"),
        "E_L": (-70.0, "mV", "resting potential"),
        "V_r": (-70.0, "mV", "potential after a spike"),
        "theta_inf": (-50.0, "mV", "threshold at rest"),
        "theta_r": (-60.0, "mV", "lowest threshold after a spike"),
        "a": (0.0, "1/ms", "how fast the threshold follows the potential"),
        "b": (0.01, "1/ms", "how fast the threshold returns"),
        "k_1": (0.2, "1/ms", "decay of the first spike-induced current"),
        "k_2": (0.02, "1/ms", "decay of the second spike-induced current"),
        "R_1": (0.0, "1", "share of the first current that outlasts a spike"),
        "R_2": (1.0, "1", "share of the second current that outlasts a spike"),
        "A_1": (0.0, "mV/ms", "what a spike adds to the first current"),
        "A_2": (0.0, "mV/ms", "what a spike adds to the second current"),
    },
    threshold="v >= theta",
    reset="I_1 = R_1*I_1 + A_1; I_2 = R_2*I_2 + A_2; v = V_r; theta = maximum(theta_r, theta)",
    initial={"v": "E_L", "theta": "theta_inf"},
    name="MihalasNiebur",
    reference="10.1162/neco.2008.12-07-680",
)
"""Mihalas and Niebur (2009), eqs. 2.1 and 2.2; currents are divided by the capacitance, as in their table 1.

All equations are linear, so that its steps are exact. `MihalasNieburPatterns` has the twenty firing patterns.
"""
