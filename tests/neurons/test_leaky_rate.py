"""Leaky rate units: any activation, coupled, against fixed points; the wiring's kind makes no difference."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import root

from neurosim import LIF, Continuous, Conv2d, Dense, LeakyRate, Network, Population, Projection, Sparse
from neurosim.connectivity import Connectivity
from neurosim.neurons import LeakyPotential, NeuronModel

N, DT = 6, 1.0
ACTIVATIONS = {
    "identity": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "logistic": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "softplus": lambda x: np.logaddexp(0, x),
    "x**2/(1 + x**2)": lambda x: x**2 / (1 + x**2),
    "maximum(x, 0)**0.5": lambda x: np.sqrt(np.maximum(x, 0)),
}
RNG = np.random.default_rng(8)
WEIGHTS, DRIVE = RNG.normal(0, 0.15, (N, N)), RNG.normal(0.5, 0.5, N)


def settle(model: NeuronModel, connectivity: Connectivity, drive: np.ndarray, **given: object) -> np.ndarray:
    """Output of coupled units after half a second, from their start."""
    units = Population(connectivity.n_pre, model, receptors={"rec": Continuous()}, **given)
    units[model.input] = drive
    Network(units, Projection(units, units, connectivity), dt=DT).run(500)
    return np.asarray(units[model.system.states[0]])


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_coupled_units_settle_at_the_fixed_point(activation: str) -> None:
    f = ACTIVATIONS[activation]
    found = settle(LeakyRate(activation), Dense(WEIGHTS), DRIVE, r=0.3)
    expected = root(lambda r: f(DRIVE + r @ WEIGHTS) - r, np.full(N, 0.3), tol=1e-14).x
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-11)
    alone = LeakyRate(activation).steady_state(0.7)["r"]
    assert alone == pytest.approx(float(f(0.7)), rel=1e-9)


def test_potentials_settle_where_their_outputs_hold_them() -> None:
    found = settle(LeakyPotential("tanh"), Dense(3 * WEIGHTS), DRIVE, u=0.2)
    np.testing.assert_allclose(found, DRIVE + np.tanh(found) @ (3 * WEIGHTS), rtol=0, atol=1e-9)


def test_the_tuning_curve_of_a_spiking_neuron_as_activation() -> None:
    """Rates in Hz, weights in the unit of the input over Hz."""
    drive = np.linspace(0.8, 2.0, N)
    found = settle(LeakyRate(LIF), Dense(0.01 * WEIGHTS), drive)
    np.testing.assert_allclose(found, LIF.rate(drive + found @ (0.01 * WEIGHTS)), rtol=1e-9, atol=1e-9)
    assert found.max() > 20


def test_a_threshold_is_a_switch() -> None:
    found = settle(LeakyRate("threshold"), Dense(np.zeros((N, N))), np.array([-1.0, 0, 1e-9, 1, 2, -1e-9]))
    np.testing.assert_allclose(found, [0, 0, 1, 1, 1, 0], atol=1e-12)


def test_sparse_and_convolution_settle_as_the_same_matrix_does() -> None:
    kernels = np.random.default_rng(3).normal(0, 0.2, (1, 1, 3, 3))
    convolution = Conv2d(kernels, (1, 4, 4), padding=1)
    matrix = convolution.to_dense()
    model, drive = LeakyRate("tanh"), np.random.default_rng(4).normal(0, 1, 16)
    expected = settle(model, Dense(matrix), drive)
    for same in (convolution, Sparse.from_matrix(matrix)):
        np.testing.assert_allclose(settle(model, same, drive), expected, rtol=0, atol=1e-12)
    assert np.ptp(expected) > 0.5
