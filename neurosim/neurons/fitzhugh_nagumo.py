"""The FitzHugh-Nagumo neuron: excitation and recovery, and nothing else."""

from neurosim.neurons.model import NeuronModel

FitzHughNagumo = NeuronModel(
    """
    dv/dt = (v - v**3/3 - w + I)/tau_v : 1
    dw/dt = (v + a - b*w)/tau_w : 1
    I : 1 (input)
    """,
    parameters={
        "a": (0.7, "1", "how far rest lies from the onset of oscillation"),
        "b": (0.8, "1", "decay of recovery"),
        "tau_v": (1.0, "ms", "time constant of excitation, the unit of time of the paper"),
        "tau_w": (12.5, "ms", "time constant of recovery"),
    },
    threshold="v > 1",
    initial={"v": "-1.2", "w": "(v + a)/b"},
    name="FitzHughNagumo",
    reference="10.1016/S0006-3495(61)86902-6",
)
"""FitzHugh (1961) and Nagumo et al. (1962), with ``phi = 1/12.5`` as in Rinzel and Ermentrout (1989).

It oscillates while the fixed point lies where ``v**2 < 1 - b*tau_v/tau_w``: from I = 0.33 to 1.42 with the
parameters here. A spike is counted when `v` rises through 1.
"""
