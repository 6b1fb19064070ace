"""Wilson & Cowan (1972): hysteresis, the limit cycle, and the same system as two coupled populations."""

from __future__ import annotations

import numpy as np
import pytest
from neurosim.models import wilson_cowan_1972 as paper
from scipy.optimize import minimize_scalar

from neurosim import Network, Population, StateMonitor, WilsonCowan, solve_reference
from neurosim.neurons import WilsonCowanHysteresis


def test_equations_and_parameters_are_those_of_the_paper() -> None:
    """Eqs. 11, 12 and 15 written out, with the numbers of fig. 11."""

    def response(x: float, a: float, theta: float) -> float:
        return float(1 / (1 + np.exp(-a * (x - theta))) - 1 / (1 + np.exp(a * theta)))

    def largest(a: float, theta: float) -> float:
        return float(1 - 1 / (1 + np.exp(a * theta)))

    for E, inh, P, Q in ((0.0, 0.0, 0.0, 0.0), (0.2, 0.1, 1.25, 0.0), (0.05, 0.3, -0.5, 0.7)):
        slope = WilsonCowan.system.derivatives(WilsonCowan.values() | {"E": E, "I": inh, "P": P, "Q": Q})
        S_e, S_i = response(16 * E - 12 * inh + P, 1.3, 4.0), response(15 * E - 3 * inh + Q, 2.0, 3.7)
        assert 8 * slope["E"] == pytest.approx(-E + (largest(1.3, 4.0) - E) * S_e, abs=1e-14)
        assert 8 * slope["I"] == pytest.approx(-inh + (largest(2.0, 3.7) - inh) * S_i, abs=1e-14)


def test_at_rest_without_drive() -> None:
    for model in (WilsonCowan, WilsonCowanHysteresis):
        states = solve_reference(Population(1, model, E=0.01), 200, dt=5.0)
        assert abs(states["E"][-1, 0]) < 1e-6
    assert np.ptp(paper.oscillate(0.0)["E"]) < 1e-12


def test_the_limit_cycle_has_the_period_of_the_reference() -> None:
    reference = solve_reference(Population(1, WilsonCowan, P=1.25), 600, dt=0.5)
    settled = reference.t > 300
    expected = paper.period(reference.t[settled], reference["E"][settled, 0])
    states = paper.oscillate(duration=600.0)
    settled = states.t > 300
    assert paper.period(states.t[settled], states["E"][settled, 0]) == pytest.approx(expected, rel=1e-3)
    assert expected == pytest.approx(39.97, abs=0.05)
    late = states["E"][states.t > 500]
    assert np.ptp(late) == pytest.approx(np.ptp(states["E"][settled]), rel=0.02)  # neither dying nor growing


def test_two_coupled_populations_are_the_model_in_one_piece() -> None:
    """Bit for bit the same sums with Euler's method; other integrators hold the coupling over a step."""
    cells = Population(1, WilsonCowan, integrator="euler", P=1.25)
    states = StateMonitor(cells, ["E", "I"])
    Network(cells, states, dt=0.1).run(100)
    coupled = paper.couple(integrator="euler")
    coupled.network.run(100)
    for name, monitor in zip("EI", coupled.activities, strict=True):
        np.testing.assert_allclose(monitor["r"], states[name], rtol=0, atol=1e-12)
    assert np.ptp(states["E"]) > 0.1


def test_the_error_of_the_coupling_is_of_first_order() -> None:
    exact = solve_reference(Population(1, WilsonCowan, P=1.25), 45, dt=0.5)["E"][-1, 0]
    errors = []
    for dt in (0.1, 0.05, 0.025):
        coupled = paper.couple(dt=dt)
        coupled.network.run(45)
        errors.append(abs(float(coupled.excitatory["r"][0]) - exact))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(1, abs=0.15)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(1, abs=0.15)


def test_hysteresis_between_the_ends_of_the_stable_branches() -> None:
    """Folds of the curve of steady states: P = 0.305 going up, P = -0.400 going down."""
    drive_at = lambda activity: float(paper.steady_states(np.array([activity]))[0][0])  # noqa: E731
    up = -minimize_scalar(lambda i: -drive_at(i), bounds=(0.0, 0.1), method="bounded").fun
    down = minimize_scalar(drive_at, bounds=(0.05, 0.18), method="bounded").fun
    assert (up, down) == (pytest.approx(0.305, abs=0.001), pytest.approx(-0.400, abs=0.001))
    rising = np.linspace(-0.6, 0.6, 21)
    loop = paper.sweep(np.concatenate([rising, rising[::-1]]))
    going_up, going_down = loop[:21], loop[21:][::-1]
    np.testing.assert_array_equal(going_up > 0.2, rising > up)
    np.testing.assert_array_equal(going_down > 0.2, rising > down)
    outside = (rising > up + 0.05) | (rising < down - 0.05)
    np.testing.assert_allclose(going_up[outside], going_down[outside], atol=1e-6)


def test_steady_states_are_steady() -> None:
    inhibition = np.linspace(0.0, 0.2, 9)
    P, E = paper.steady_states(inhibition)
    slope = WilsonCowanHysteresis.system.derivatives(
        WilsonCowanHysteresis.values() | {"E": E, "I": inhibition, "P": P, "Q": 0.0}
    )
    assert max(np.abs(slope["E"]).max(), np.abs(slope["I"]).max()) < 1e-14
    assert WilsonCowanHysteresis.steady_state(0.75)["E"] > 0.45  # far from the start values


def test_the_period_of_a_sine() -> None:
    t = np.arange(0.0, 100.0, 0.5)
    assert paper.period(t, 3 + np.sin(2 * np.pi * t / 17)) == pytest.approx(17, rel=1e-3)
    assert np.isnan(paper.period(t, np.exp(-t)))
