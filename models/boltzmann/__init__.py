"""Boltzmann machines: stochastic units that learn how their data are distributed.

machine = RestrictedBoltzmannMachine(64).fit(images)
whole = machine.reconstruct(damaged, known=mask)
"""

from neurosim.models.boltzmann.machine import BoltzmannMachine
from neurosim.models.boltzmann.restricted import RestrictedBoltzmannMachine

__all__ = ["BoltzmannMachine", "RestrictedBoltzmannMachine"]
