"""Weights split by sign: the parts keep Dale's law and add up to the whole."""

import numpy as np
import pytest

from neurosim.connectivity import Dense, LowRank, Sparse
from neurosim.connectivity.dale import mixed_units, split_by_sign

RNG = np.random.default_rng(2)


@pytest.mark.parametrize(
    "whole",
    [
        Dense(RNG.standard_normal((6, 4))),
        LowRank(RNG.standard_normal((5, 2))),
        Sparse([0, 0, 2, 2], [1, 2, 0, 0], [0.5, -1.0, 2.0, -3.0], n_pre=3, n_post=3, delays=[1, 2, 3, 4]),
    ],
    ids=lambda whole: type(whole).__name__,
)
def test_parts(whole):
    assert mixed_units(whole).size
    positive, negative = split_by_sign(whole)
    for part in (positive, negative):
        assert not mixed_units(part).size
    assert positive.weights.min() >= 0 >= negative.weights.max()
    np.testing.assert_array_equal(positive.to_dense() + negative.to_dense(), whole.to_dense())


def test_each_synapse_keeps_its_delay():
    whole = Sparse([0, 0, 1], [1, 2, 0], [0.5, -1.0, 2.0], n_pre=2, n_post=3, delays=[1.0, 2.0, 3.0])
    positive, negative = split_by_sign(whole)
    assert positive.delays.tolist() == [1.0, 3.0]
    assert negative.delays.tolist() == [2.0]


@pytest.mark.parametrize(
    ("weights", "delays"), [([1.0, -2.0, 3.0], 1.5), (-0.5, [1.0, 2.0, 3.0]), (0.5, 1.5)]
)
def test_parts_of_one_weight_or_one_delay_add_up(weights, delays):
    whole = Sparse([0, 0, 1], [0, 2, 1], weights, n_pre=2, n_post=3, delays=delays)
    parts = split_by_sign(whole)
    np.testing.assert_array_equal(parts[0].to_dense() + parts[1].to_dense(), whole.to_dense())
    assert sum(part.n_synapses for part in parts) == 3
