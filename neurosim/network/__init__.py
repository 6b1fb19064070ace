"""Networks as descriptions: populations, projections, monitors. No integration happens here."""

from neurosim.network.network import Network
from neurosim.network.poisson import PoissonPopulation
from neurosim.network.population import Population
from neurosim.network.projection import Projection
from neurosim.network.spike_generator import SpikeGenerator
from neurosim.network.spike_monitor import SpikeMonitor
from neurosim.network.state_monitor import StateMonitor

__all__ = [
    "Network",
    "PoissonPopulation",
    "Population",
    "Projection",
    "SpikeGenerator",
    "SpikeMonitor",
    "StateMonitor",
]
