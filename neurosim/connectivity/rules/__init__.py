"""Rules of wiring: which units are joined, with which weights and delays. Each builds a `Sparse`."""

from neurosim.connectivity.rules.distance_dependent import DistanceDependent
from neurosim.connectivity.rules.fixed_degree import FixedIndegree, FixedOutdegree
from neurosim.connectivity.rules.fixed_probability import FixedProbability
from neurosim.connectivity.rules.fixed_total_number import FixedTotalNumber
from neurosim.connectivity.rules.regular import AllToAllRule, OneToOneRule
from neurosim.connectivity.rules.rule import Rule
from neurosim.connectivity.rules.small_world import SmallWorld

__all__ = [
    "AllToAllRule",
    "DistanceDependent",
    "FixedIndegree",
    "FixedOutdegree",
    "FixedProbability",
    "FixedTotalNumber",
    "OneToOneRule",
    "Rule",
    "SmallWorld",
]
