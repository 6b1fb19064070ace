"""Networks as descriptions: populations, projections, monitors. No integration happens here."""

from neurosim.network.gamma import GammaPopulation
from neurosim.network.mcculloch_pitts import McCullochPitts
from neurosim.network.network import Network
from neurosim.network.parrot import Parrot
from neurosim.network.poisson import PoissonPopulation
from neurosim.network.poisson_input import PoissonInput
from neurosim.network.population import Population
from neurosim.network.projection import Projection
from neurosim.network.rate_monitor import RateMonitor
from neurosim.network.spike_generator import SpikeGenerator
from neurosim.network.spike_monitor import SpikeMonitor
from neurosim.network.state_monitor import StateMonitor
from neurosim.network.stimuli import (
    Chirp,
    Formula,
    ImageSequence,
    OrnsteinUhlenbeck,
    PulseTrain,
    Ramp,
    Sine,
    Step,
    Stimulus,
    TimedArray,
    WhiteNoise,
)
from neurosim.network.weight_monitor import WeightMonitor

__all__ = [
    "Chirp",
    "Formula",
    "GammaPopulation",
    "ImageSequence",
    "McCullochPitts",
    "Network",
    "OrnsteinUhlenbeck",
    "Parrot",
    "PoissonInput",
    "PoissonPopulation",
    "Population",
    "Projection",
    "PulseTrain",
    "Ramp",
    "RateMonitor",
    "Sine",
    "SpikeGenerator",
    "SpikeMonitor",
    "StateMonitor",
    "Step",
    "Stimulus",
    "TimedArray",
    "WeightMonitor",
    "WhiteNoise",
]
