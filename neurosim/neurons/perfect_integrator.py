"""An encoder without leak: it fires at exactly the rate it is given."""

from neurosim.neurons.model import NeuronModel

PerfectIntegrator = NeuronModel(
    """
    dphase/dt = drive : 1
    drive : Hz (input)
    """,
    threshold="phase >= 1",
    reset="phase -= 1",
    rate="maximum(drive, 0*Hz)",
    name="PerfectIntegrator",
    reference="10.1007/s00422-006-0068-6",
)
"""Integrate-and-fire neuron without leak: regular spikes at the rate of its input (Burkitt 2006, sec. 2.1).

It turns a number, such as the brightness of a pixel, into spikes without noise; random start phases keep a
population of them from firing together.
"""
