"""Probability distributions that stand for a value each: of parameters, start values, weights and delays.

A distribution is a description; numbers are drawn from it when a network is made, or by a wiring rule. Its
arguments may carry units (``Normal("20 ms", "2 ms")``); bare numbers are in the unit of what is drawn.
"""

from neurosim.distributions.choice import Choice
from neurosim.distributions.distribution import Distribution, in_unit
from neurosim.distributions.exponential import Exponential
from neurosim.distributions.gamma import Gamma
from neurosim.distributions.log_normal import LogNormal
from neurosim.distributions.normal import Normal
from neurosim.distributions.uniform import Uniform

__all__ = [
    "Choice",
    "Distribution",
    "Exponential",
    "Gamma",
    "LogNormal",
    "Normal",
    "Uniform",
    "in_unit",
]
