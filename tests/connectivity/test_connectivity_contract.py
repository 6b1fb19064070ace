"""The contract suite over every member, and proof that it notices broken ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.connectivity import (
    AllToAll,
    ContractError,
    Conv2d,
    Dense,
    LowRank,
    OneToOne,
    Sparse,
    check_connectivity,
)

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 20)
dtypes = st.sampled_from(["float32", "float64"])


@settings(max_examples=30, deadline=None)
@given(seed=seeds, n_pre=sizes, n_post=sizes, dtype=dtypes)
def test_dense(seed, n_pre, n_post, dtype):
    rng = np.random.default_rng(seed)
    check_connectivity(Dense(rng.standard_normal((n_pre, n_post)).astype(dtype)), rng)


@settings(max_examples=60, deadline=None)
@given(
    seed=seeds,
    n_pre=sizes,
    n_post=sizes,
    dtype=dtypes,
    density=st.sampled_from([0.0, 0.05, 0.5, 2.0]),
    shared=st.booleans(),
)
def test_sparse(seed, n_pre, n_post, dtype, density, shared):
    rng = np.random.default_rng(seed)
    n = int(density * n_pre * n_post)
    pre, post = rng.integers(n_pre, size=n), rng.integers(n_post, size=n)
    weights = rng.standard_normal(() if shared else n).astype(dtype)
    operator = Sparse(pre, post, weights, n_pre=n_pre, n_post=n_post)
    before = operator.weights.copy()
    check_connectivity(operator, rng)
    np.testing.assert_array_equal(operator.weights, before)


@settings(max_examples=20, deadline=None)
@given(seed=seeds, n=sizes, dtype=dtypes)
def test_one_to_one(seed, n, dtype):
    rng = np.random.default_rng(seed)
    check_connectivity(OneToOne(rng.standard_normal(n).astype(dtype)), rng)


@settings(max_examples=30, deadline=None)
@given(seed=seeds, n_pre=sizes, n_post=sizes, dtype=dtypes, autapses=st.booleans())
def test_all_to_all(seed, n_pre, n_post, dtype, autapses):
    rng = np.random.default_rng(seed)
    n_post = n_post if autapses else n_pre
    check_connectivity(AllToAll(np.array(0.7, dtype), n_pre, n_post, autapses=autapses), rng)


@settings(max_examples=20, deadline=None)
@given(seed=seeds, n_pre=sizes, n_post=sizes, rank=st.integers(1, 5), dtype=dtypes)
def test_low_rank(seed, n_pre, n_post, rank, dtype):
    rng = np.random.default_rng(seed)
    left, right = rng.standard_normal((n_pre, rank)), rng.standard_normal((rank, n_post))
    check_connectivity(LowRank(left.astype(dtype), right.astype(dtype)), rng)
    check_connectivity(LowRank(left.astype(dtype)), rng)


@pytest.mark.parametrize(
    "operator",
    [
        Dense(np.zeros((3, 4))),
        OneToOne(np.zeros(4)),
        AllToAll(0.0, 3, 4),
        AllToAll(0.0, 4, 4, autapses=False),
        LowRank(np.zeros((3, 2)), np.zeros((2, 4))),
        Conv2d(np.zeros((2, 1, 3, 3)), (1, 5, 5), padding=1),
        Sparse([0, 0], [1, 1], 0.0, n_pre=2, n_post=2),
    ],
    ids=lambda operator: type(operator).__name__,
)
def test_synapses_of_weight_zero_are_synapses(operator):
    check_connectivity(operator, np.random.default_rng(0))


def test_degrees_of_a_convolution_are_those_of_its_matrix():
    operator = Conv2d(np.ones((4, 1, 3, 2)), (2, 6, 7), stride=(2, 1), padding=1, groups=2)
    matrix = operator.to_dense() != 0
    np.testing.assert_array_equal(operator.in_degrees(), matrix.sum(axis=0))
    np.testing.assert_array_equal(operator.out_degrees(), matrix.sum(axis=1))
    np.testing.assert_array_equal(operator.T.in_degrees(), matrix.sum(axis=1))


class WrongDegrees(Dense):
    def in_degrees(self):
        return np.count_nonzero(self.weights, axis=0) - 1


class WrongTranspose(Dense):
    def _backward(self, g):
        return 1.001 * super()._backward(g)


class WrongGradient(Dense):
    def _weight_gradient(self, x, g):
        return -super()._weight_gradient(x, g)


class LateDelivery(Dense):
    def _deliver(self, spikes, offsets, ring, first_row, *sizes):
        return super()._deliver(spikes, offsets, ring, (first_row + 1) % len(ring), *sizes)


class ForgetfulDelivery(Dense):
    def _deliver(self, spikes, *arguments):
        return super()._deliver(np.minimum.accumulate(spikes), *arguments)


class DeafToAmplitudes(Dense):
    def _deliver(self, *window):
        return super()._deliver(*window[:-1], None)


class WrongField(Dense):
    def _presynaptic(self, unit):
        return super()._presynaptic(unit)[1:]


class CopiedWeights(Dense):
    @property
    def weights(self):
        return self._weights.copy()


class FrozenForward(Dense):
    def __init__(self, weights):
        super().__init__(weights)
        self.snapshot = self._weights.copy()

    def _forward(self, x):
        return x @ self.snapshot


class DoublePrecision(Dense):
    def _forward(self, x):
        return super()._forward(x).astype(np.float64)


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (WrongTranspose, "backward"),
        (WrongGradient, "weight_gradient"),
        (LateDelivery, "deliver_window"),
        (ForgetfulDelivery, "deliver"),
        (DeafToAmplitudes, "amplitude"),
        (WrongField, "field"),
        (WrongDegrees, "in_degrees"),
        (CopiedWeights, "weight_gradient|storage"),
        (FrozenForward, "weight_gradient|sees"),
        (DoublePrecision, "dtype"),
    ],
)
def test_contract_notices(member, message):
    rng = np.random.default_rng(1)
    with pytest.raises(ContractError, match=message):
        check_connectivity(member(rng.standard_normal((6, 5)).astype(np.float32)), rng)
