"""Connections between units, as linear operators that rate and spiking networks share."""

from neurosim.connectivity.all_to_all import AllToAll
from neurosim.connectivity.average_pool2d import AveragePool2d
from neurosim.connectivity.connectivity import Connectivity
from neurosim.connectivity.contract import ContractError, check_connectivity
from neurosim.connectivity.conv2d import Conv2d
from neurosim.connectivity.dense import Dense
from neurosim.connectivity.low_rank import LowRank
from neurosim.connectivity.one_to_one import OneToOne
from neurosim.connectivity.sparse import Sparse
from neurosim.connectivity.transposed import Transposed

__all__ = [
    "AllToAll",
    "AveragePool2d",
    "Connectivity",
    "ContractError",
    "Conv2d",
    "Dense",
    "LowRank",
    "OneToOne",
    "Sparse",
    "Transposed",
    "check_connectivity",
]
