"""States and files of layers: of other networks they are refused, and what is tied stays tied."""

import numpy as np
import pytest
from sample_layers import X, built, tied

from neurosim.connectivity import ContractError
from neurosim.errors import DataError, ParameterError
from neurosim.rate import Affine, BatchNorm, Layer, Sequential, check_layer


def test_a_state_of_another_network_is_refused_and_nothing_changes():
    network, other = (built(Sequential(Affine(n), BatchNorm())) for n in (3, 4))
    before = network.state()
    with pytest.raises(ParameterError, match=r"load_state\(state\)\['arrays'\]\['parameter 0'\] = \(6, 4\)"):
        network.load_state(other.state())
    for name, array in network.state()["arrays"].items():
        np.testing.assert_array_equal(array, before["arrays"][name])


def test_files_of_other_things_are_refused(tmp_path):
    path = tmp_path / "tied.nsim"
    tied().save(path)
    with pytest.raises(DataError, match="not of the kind Affine, but Sequential"):
        Affine.load(path)
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 3] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(DataError, match=r"damaged|not a file"):
        Layer.load(path)


def test_loaded_weights_stay_tied(tmp_path):
    path = tmp_path / "tied.nsim"
    tied().save(path)
    network = Sequential.load(path)
    assert network[0].weights is network[2].weights
    assert network[2].connectivity.T is network[0].connectivity


class Forgetful(Layer):
    """Has a running number that its state does not hold."""

    def __init__(self):
        self.calls = 0

    def forward(self, x):
        self.calls += self.training
        return x + self.calls


def test_contract_notices_what_the_state_forgets():
    with pytest.raises(ContractError, match="load_state brings back"):
        check_layer(Forgetful(), X)
