"""The simple spiking neuron of Izhikevich, and the types of cortical neuron it stands for."""

from neurosim.neurons.model import NeuronModel

Izhikevich = NeuronModel(
    """
    dv/dt = 0.04*V**2/(mV*ms) + 5*V/ms + 140*mV/ms - u + I : mV
    du/dt = a*(b*V - u) : mV/ms
    V = minimum(v, v_peak) : mV
    I : mV/ms (input)
    """,
    parameters={
        "a": (0.02, "1/ms", "how fast the recovery variable follows"),
        "b": (0.2, "1/ms", "how much of the potential it follows"),
        "c": (-65.0, "mV", "potential after a spike"),
        "d": (8.0, "mV/ms", "growth of the recovery variable with each spike"),
        "v_peak": (30.0, "mV", "where a spike ends"),
    },
    threshold="v >= v_peak",
    reset="v = c; u += d",
    initial={"v": "-65*mV", "u": "b*v"},
    name="Izhikevich",
    reference="10.1109/TNN.2003.820440",
)
"""Izhikevich (2003), regular spiking by default. The paper's numbers imply mV and ms, so the input is in
mV/ms.

A step never looks beyond `v_peak`, so that `u` does not see where the potential would have gone.
`IzhikevichPatterns` has the twenty firing patterns of 2004.
"""

IzhikevichTypes = {
    "RS": {"a": 0.02, "b": 0.2, "c": -65.0, "d": 8.0},
    "IB": {"a": 0.02, "b": 0.2, "c": -55.0, "d": 4.0},
    "CH": {"a": 0.02, "b": 0.2, "c": -50.0, "d": 2.0},
    "FS": {"a": 0.1, "b": 0.2, "c": -65.0, "d": 2.0},
    "LTS": {"a": 0.02, "b": 0.25, "c": -65.0, "d": 2.0},
    "TC": {"a": 0.02, "b": 0.25, "c": -65.0, "d": 0.05},
    "RZ": {"a": 0.1, "b": 0.26, "c": -65.0, "d": 2.0},
}
"""Parameters of the types in figure 2 of the paper, as ``Izhikevich.copy(name="RS",
**IzhikevichTypes["RS"])``.

Regular spiking, intrinsically bursting, chattering, fast spiking, low-threshold spiking, thalamo-cortical,
resonator.
"""
