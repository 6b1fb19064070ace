"""Neuron models: one a file, equations as in the paper."""

from neurosim.neurons.hodgkin_huxley import HodgkinHuxley
from neurosim.neurons.leaky_integrator import LeakyIntegrator
from neurosim.neurons.lif import LIF
from neurosim.neurons.lif_rate import LIFRate
from neurosim.neurons.model import NeuronModel
from neurosim.neurons.perfect_integrator import PerfectIntegrator
from neurosim.neurons.rate_source import RateSource

__all__ = [
    "LIF",
    "HodgkinHuxley",
    "LIFRate",
    "LeakyIntegrator",
    "NeuronModel",
    "PerfectIntegrator",
    "RateSource",
]
