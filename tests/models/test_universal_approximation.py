"""Bumps made of pairs of units against the bounds of the proof."""

import numpy as np
import pytest
from neurosim.models import universal_approximation as model

from neurosim.errors import ParameterError
from neurosim.rate import Threshold

X = np.linspace(0.0, 1.0, 4001)


def test_a_pair_of_units_is_a_bump():
    network = model.bump_network(lambda x: np.ones_like(x), 5)
    units = network[1](network[0](X[:, None])).value
    for k in range(5):
        bump = units[:, 2 * k] - units[:, 2 * k + 1]
        left, right = max(0.2 * k, 0.0), 0.2 * (k + 1)
        inside = (left + 0.06 < X) & (right - 0.06 > X)
        outside = (left - 0.06 > X) | (right + 0.06 < X)
        np.testing.assert_allclose(bump[inside], 1.0, atol=1e-4)
        np.testing.assert_allclose(bump[outside], 0.0, atol=1e-4)
    np.testing.assert_allclose(model.approximate(network, X), 1.0, atol=1e-12)  # neighbours fill the gaps


@pytest.mark.parametrize("activation", [None, Threshold()])
def test_the_error_stays_below_the_bound_and_falls_as_one_over_n(activation):
    slopes = np.abs(np.diff(model.target(X)) / np.diff(X))
    assert 0.8 * model.SLOPE < slopes.max() <= model.SLOPE
    sizes = np.array([8, 16, 32, 64, 128])
    errors = [
        model.largest_error(model.bump_network(model.target, n, activation), model.target) for n in sizes
    ]
    assert (errors <= model.SLOPE / (2 * sizes)).all()
    assert np.polyfit(np.log(sizes[1:]), np.log(errors[1:]), 1)[0] == pytest.approx(-1.0, abs=0.1)


def test_no_bump():
    with pytest.raises(ParameterError, match=r"bump_network\.n_bumps = 0: must be at least 1"):
        model.bump_network(model.target, 0)


def test_functions_without_a_slope_converge_by_their_modulus_of_continuity():
    def cusp(x):
        return np.sqrt(np.abs(x - 0.3))

    for n in (10, 40, 200):
        assert model.largest_error(model.bump_network(cusp, n), cusp) <= np.sqrt(0.5 / n) + 1e-9
