"""Connections between units, as linear operators that rate and spiking networks share."""

from neurosim.connectivity.connectivity import Connectivity
from neurosim.connectivity.contract import ContractError, check_connectivity
from neurosim.connectivity.dense import Dense
from neurosim.connectivity.sparse import Sparse

__all__ = ["Connectivity", "ContractError", "Dense", "Sparse", "check_connectivity"]
