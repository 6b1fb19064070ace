"""Connections between units: linear operators that rate and spiking networks share, and rules of wiring."""

from neurosim.connectivity.all_to_all import AllToAll
from neurosim.connectivity.average_pool2d import AveragePool2d
from neurosim.connectivity.connectivity import Connectivity
from neurosim.connectivity.contract import ContractError, check_connectivity
from neurosim.connectivity.conv1d import Conv1d
from neurosim.connectivity.conv2d import Conv2d
from neurosim.connectivity.dense import Dense
from neurosim.connectivity.handcrafted import (
    box_kernel,
    circulant_matrix,
    gabor_kernel,
    gaussian_kernel,
    sharpen_kernel,
    sobel_kernels,
)
from neurosim.connectivity.low_rank import LowRank
from neurosim.connectivity.one_to_one import OneToOne
from neurosim.connectivity.rules import (
    AllToAllRule,
    DistanceDependent,
    FixedIndegree,
    FixedOutdegree,
    FixedProbability,
    FixedTotalNumber,
    OneToOneRule,
    Rule,
    SmallWorld,
)
from neurosim.connectivity.sparse import Sparse
from neurosim.connectivity.spectral_radius import spectral_radius, with_spectral_radius
from neurosim.connectivity.transposed import Transposed

__all__ = [
    "AllToAll",
    "AllToAllRule",
    "AveragePool2d",
    "Connectivity",
    "ContractError",
    "Conv1d",
    "Conv2d",
    "Dense",
    "DistanceDependent",
    "FixedIndegree",
    "FixedOutdegree",
    "FixedProbability",
    "FixedTotalNumber",
    "LowRank",
    "OneToOne",
    "OneToOneRule",
    "Rule",
    "SmallWorld",
    "Sparse",
    "Transposed",
    "box_kernel",
    "check_connectivity",
    "circulant_matrix",
    "gabor_kernel",
    "gaussian_kernel",
    "sharpen_kernel",
    "sobel_kernels",
    "spectral_radius",
    "with_spectral_radius",
]
