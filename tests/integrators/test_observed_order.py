"""The order of each method, measured, and agreement with SciPy on the generated right-hand side."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim.engines.reference import solve_reference
from neurosim.integrators import euler, euler_maruyama, exponential_euler, heun, milstein, rk2, rk4
from neurosim.network import Network, Population
from neurosim.neurons import HodgkinHuxley, NeuronModel
from neurosim.synapses import PSCFilter, Receptor

METHODS = {
    **{"euler": euler, "exponential_euler": exponential_euler, "rk2": rk2, "rk4": rk4, "heun": heun},
    **{"euler_maruyama": euler_maruyama, "milstein": milstein},
}
ORDERS = [pytest.param(name, method.order, id=name) for name, method in METHODS.items()]

FORCED = NeuronModel(
    """
    dy/dt = (force - y)/ms : 1
    du/dt = omega*z        : 1
    dz/dt = -omega*u       : 1
    force = sin(omega*t)   : 1
    """,
    parameters={"omega": (1.0, "1/ms")},
    initial={"y": "0.3", "z": "1"},
    name="Forced",
)
"""y' = -y + sin t, beside sin t and cos t as the solution of an oscillator."""

PENDULUM = NeuronModel(
    """
    dphi/dt = w/ms                : 1
    dw/dt = -(sin(phi) + 0.2*w*phi)/ms : 1
    """,
    initial={"phi": "1.2", "w": "0.1"},
    name="Pendulum",
)


def final(population: Population, dt: float, duration: float) -> np.ndarray:
    """States of neuron 0 after a run."""
    Network(population, dt=dt, seed=0).run(duration)
    return np.array([population[s][0] for s in population.system.states])


def reference(population: Population, duration: float) -> np.ndarray:
    """The same by SciPy at tight tolerance, on the right-hand side of the equations."""
    solution = solve_reference(population, duration, rtol=3e-14, atol=1e-15)
    return np.array([solution[s][-1, 0] for s in population.system.states])


def observed_order(errors: list[float], halvings: int) -> float:
    """Slope of log error over log step, from the first to the last of a row of halved steps."""
    return float(np.log2(errors[0] / errors[-1]) / halvings)


def measured_order(make, duration: float, steps: tuple[float, ...]) -> float:  # type: ignore[no-untyped-def]
    exact = reference(make(), duration)
    errors = [float(np.abs(final(make(), dt, duration) - exact).max()) for dt in steps]
    assert errors[-1] > 1e-12, "the error is round-off; use longer steps"
    return observed_order(errors, len(steps) - 1)


@pytest.mark.parametrize(("method", "order"), ORDERS)
def test_order_on_a_forced_decay(method: str, order: int) -> None:
    steps = (0.1, 0.05, 0.025, 0.0125)
    y = final(Population(1, FORCED, integrator=method), steps[-1], 4.0)
    t = 4.0
    expected = np.array([0.8 * np.exp(-t) + (np.sin(t) - np.cos(t)) / 2, np.sin(t), np.cos(t)])
    assert np.abs(y - expected).max() < {1: 0.05, 2: 2e-4, 4: 1e-9}[order]
    errors = []
    for dt in steps:
        errors.append(np.abs(final(Population(1, FORCED, integrator=method), dt, t) - expected).max())
    assert observed_order(errors, 3) == pytest.approx(order, abs=0.15)


@pytest.mark.parametrize(("method", "order"), ORDERS)
def test_order_on_a_nonlinear_oscillator(method: str, order: int) -> None:
    steps = (0.1, 0.05, 0.025) if order > 1 else (0.0125, 0.00625, 0.003125)
    assert measured_order(lambda: Population(1, PENDULUM, integrator=method), 3.0, steps) == pytest.approx(
        order, abs=0.15
    )


@pytest.mark.parametrize(("method", "order"), ORDERS)
def test_order_on_a_smooth_segment_of_hodgkin_and_huxley(method: str, order: int) -> None:
    steps = (0.05, 0.025, 0.0125) if order > 1 else (0.02, 0.01, 0.005)
    make = lambda: Population(1, HodgkinHuxley, integrator=method, I=1.5)  # noqa: E731
    assert measured_order(make, 6.0, steps) == pytest.approx(order, abs=0.15)


def test_a_hodgkin_huxley_spike_against_scipy() -> None:
    make = lambda: Population(1, HodgkinHuxley, integrator="rk4", I=10.0)  # noqa: E731
    found = final(make(), 0.002, 2.5)
    np.testing.assert_allclose(found, reference(make(), 2.5), rtol=1e-7, atol=1e-9)
    assert found[0] > 0


def filtered_pendulum(method: str, order: int) -> Population:
    """A non-linear neuron that a synaptic current, under way at time 0, drives through a filter."""
    model = NeuronModel(
        """
        dphi/dt = w/ms                    : 1
        dw/dt = (I - sin(phi) - 0.2*w*phi)/ms : 1
        I : 1 (input)
        """,
        initial={"phi": "1.2", "w": "0.1"},
        name="DrivenPendulum",
    )
    cells = Population(1, model, receptors={"exc": PSCFilter(1.7, order)}, integrator=method)
    for k in range(order + 1):
        cells[f"x{k}_exc"] = 2.0 - 0.7 * k
    return cells


@pytest.mark.parametrize("filter_order", [0, 2])
@pytest.mark.parametrize(("method", "order"), ORDERS)
def test_a_filter_keeps_the_order_of_the_neuron_it_drives(method: str, order: int, filter_order: int) -> None:
    steps = (0.1, 0.05, 0.025) if order > 1 else (0.00625, 0.003125, 0.0015625)
    measured = measured_order(lambda: filtered_pendulum(method, filter_order), 3.0, steps)
    assert measured == pytest.approx(order, abs=0.15)


@pytest.mark.parametrize("method", ["exact", "euler", "exponential_euler", "rk4"])
@pytest.mark.parametrize("filter_order", [0, 1, 3])
def test_filters_stay_exact_whatever_integrates_the_neuron(method: str, filter_order: int) -> None:
    if method == "exact":
        neuron = NeuronModel("dy/dt = (I - y)/(3*ms) : 1\nI : 1 (input)")
        cells = Population(1, neuron, receptors={"exc": PSCFilter(1.7, filter_order)}, integrator="exact")
        for k in range(filter_order + 1):
            cells[f"x{k}_exc"] = 2.0 - 0.7 * k
    else:
        cells = filtered_pendulum(method, filter_order)
    Network(cells, dt=0.5, seed=0).run(4.0)
    s = 4.0 / 1.7
    for k in range(filter_order + 1):
        powers = [s ** (k - j) / np.prod(np.arange(1, k - j + 1)) * (2.0 - 0.7 * j) for j in range(k + 1)]
        assert cells[f"x{k}_exc"][0] == pytest.approx(np.exp(-s) * sum(powers), rel=1e-13)


FOLLOWER = Receptor(
    "ds/dt = (v - s)/tau : 1", output="0.5*s", jump={"s": "1"}, parameters={"tau": "4 ms"}, name="follower"
)
"""A linear filter that follows the membrane, so that its propagator alone would not do."""


@pytest.mark.parametrize("leak", ["v", "(tanh(v) + v)"])
@pytest.mark.parametrize(("method", "order"), ORDERS)
def test_a_filter_that_follows_the_membrane_is_left_to_the_integrator(
    method: str, order: int, leak: str
) -> None:
    model = NeuronModel(
        f"dv/dt = (I + a - {leak})/ms : 1\nI : 1 (input)", parameters={"a": 1.3}, initial={"v": "-1"}
    )

    def make() -> Population:
        return Population(1, model, receptors={"f": FOLLOWER}, integrator=method, s_f=0.4)

    steps = {1: (0.0125, 0.00625, 0.003125), 2: (0.05, 0.025, 0.0125), 4: (0.2, 0.1, 0.05)}[order]
    assert measured_order(make, 3.0, steps) == pytest.approx(order, abs=0.15)


def test_a_linear_neuron_and_a_filter_that_follows_it_are_exact_together() -> None:
    model = NeuronModel("dv/dt = (I + a - v)/(2*ms) : 1\nI : 1 (input)", parameters={"a": 1.3})
    expected = reference(Population(1, model, receptors={"f": FOLLOWER}, integrator="rk4", s_f=0.4), 5.0)
    cells = Population(1, model, receptors={"f": FOLLOWER}, s_f=0.4)
    assert cells.integrator == "exact"
    np.testing.assert_allclose(final(cells, 2.5, 5.0), expected, rtol=1e-10)
