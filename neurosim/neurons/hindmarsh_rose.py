"""The Hindmarsh-Rose neuron: spikes in bursts that a slow variable begins and ends."""

from neurosim.neurons.model import NeuronModel

HindmarshRose = NeuronModel(
    """
    dx/dt = (y - a*x**3 + b*x**2 - z + I)/tau : 1
    dy/dt = (c - d*x**2 - y)/tau : 1
    dz/dt = r*(s*(x - x_R) - z)/tau : 1
    I : 1 (input)
    """,
    parameters={
        "a": (1.0, "1", "cubic coefficient of the fast variable"),
        "b": (3.0, "1", "quadratic coefficient of the fast variable"),
        "c": (1.0, "1", "constant drive of the recovery variable"),
        "d": (5.0, "1", "quadratic coefficient of the recovery variable"),
        "r": (0.006, "1", "speed of the slow variable"),
        "s": (4.0, "1", "strength of adaptation"),
        "x_R": (-1.6, "1", "x at rest"),
        "tau": (1.0, "ms", "unit of time of the paper"),
    },
    threshold="x > 1",
    initial={"x": "x_R", "y": "c - d*x**2"},
    name="HindmarshRose",
    reference="10.1098/rspb.1984.0024",
)
"""Hindmarsh and Rose (1984): regular bursts at I = 2, irregular ones at 3.25, tonic spikes beyond.

A spike is counted when `x` rises through 1.
"""
