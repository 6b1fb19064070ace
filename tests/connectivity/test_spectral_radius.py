"""The spectral radius of operators, and copies scaled to one."""

import numpy as np
import pytest

from neurosim.connectivity import (
    AllToAll,
    Conv2d,
    Dense,
    LowRank,
    OneToOne,
    Sparse,
    spectral_radius,
    with_spectral_radius,
)
from neurosim.errors import ParameterError

RNG = np.random.default_rng(7)

OPERATORS = {
    "dense": lambda: Dense(RNG.standard_normal((5, 5))),
    "single precision": lambda: Dense(RNG.standard_normal((5, 5)).astype(np.float32)),
    "transposed": lambda: Dense(RNG.standard_normal((5, 5))).T,
    "sparse": lambda: Sparse([0, 1, 2, 2, 1], [1, 2, 0, 1, 1], RNG.standard_normal(5), n_pre=3, n_post=3),
    "one to one": lambda: OneToOne(RNG.standard_normal(4)),
    "all to all": lambda: AllToAll(0.3, 4, 4),
    "two factors": lambda: LowRank(RNG.standard_normal((5, 2)), RNG.standard_normal((2, 5))),
    "one factor": lambda: LowRank(RNG.standard_normal((5, 2))),
    "kernels": lambda: Conv2d(RNG.standard_normal((1, 1, 3, 3)), (1, 4, 4), padding=1),
}


@pytest.mark.parametrize("case", OPERATORS)
def test_a_copy_has_the_radius_and_the_form(case):
    operator = OPERATORS[case]()
    before = operator.to_dense().copy()
    scaled = with_spectral_radius(operator, 0.7)
    assert type(scaled) is type(operator)
    assert scaled.weights.dtype == operator.weights.dtype
    assert np.abs(np.linalg.eigvals(scaled.to_dense())).max() == pytest.approx(0.7, rel=1e-6)
    factor = np.linalg.norm(scaled.to_dense()) / np.linalg.norm(before)
    np.testing.assert_allclose(scaled.to_dense(), factor * before, atol=1e-6)
    np.testing.assert_array_equal(operator.to_dense(), before)


def test_known_radii():
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    assert spectral_radius(Dense(3.0 * turn)) == pytest.approx(3.0)
    assert spectral_radius(Dense(np.triu(np.ones((4, 4))) * 0.5)) == pytest.approx(0.5, rel=1e-3)
    assert spectral_radius(AllToAll(0.25, 8, 8)) == pytest.approx(2.0)


MISUSES = {
    "negative": (lambda: with_spectral_radius(Dense(np.eye(2)), -1.0), "radius"),
    "text": (lambda: with_spectral_radius(Dense(np.eye(2)), "large"), "radius"),
    "no connectivity": (lambda: spectral_radius(np.eye(2)), "Wrap a matrix in Dense"),
    "sides": (lambda: spectral_radius(Dense(np.ones((2, 3)))), "from 2 to 3"),
    "nilpotent": (lambda: with_spectral_radius(Dense(np.diag(np.ones(3), 1)), 1.0), "eigenvalues are 0"),
    "nothing": (lambda: with_spectral_radius(Dense(np.zeros((3, 3))), 1.0), "eigenvalues are 0"),
}


@pytest.mark.parametrize("case", MISUSES)
def test_misuse(case):
    use, words = MISUSES[case]
    with pytest.raises(ParameterError, match=words):
        use()
