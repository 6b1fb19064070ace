"""A unit that only averages its input: the readout of a network."""

from neurosim.neurons.model import NeuronModel

LeakyIntegrator = NeuronModel(
    """
    dy/dt = (drive - y)/tau : 1
    drive : 1 (input)
    """,
    parameters={"tau": (50.0, "ms", "time over which the input is averaged")},
    name="LeakyIntegrator",
)
"""Leaky integrator without spikes: a running average of its input over the last `tau`."""
