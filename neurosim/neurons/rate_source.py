"""A unit that passes on the rate it is given, continuously."""

from neurosim.neurons.model import NeuronModel

RateSource = NeuronModel(
    """
    drive : Hz (input)
    """,
    output="maximum(drive, 0*Hz)",
    rate="maximum(drive, 0*Hz)",
    name="RateSource",
)
"""Rate twin of `PerfectIntegrator`: what it fires on average, without spikes."""
