"""Reference solutions against closed forms, against integrals, and as the limit of the engine's own steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from neurosim import (
    LIF,
    AdaptiveLIF,
    ExponentialIF,
    HodgkinHuxley,
    Network,
    NeuronModel,
    Population,
    PSCFilter,
    RateSource,
    SpikeMonitor,
    StateMonitor,
    solve_reference,
)
from neurosim.errors import NonFiniteError, ParameterError, UnitError
from neurosim.plotting import plot_traces


def test_intervals_of_the_lif_are_those_of_the_closed_form() -> None:
    v_in, tau_m, tau_ref = (
        np.array(x) for x in ([0.9, 1.01, 1.5, 5.0], [20.0, 10, 20, 7], [2.0, 0, 0.37, 0])
    )
    solution = solve_reference(
        Population(4, LIF, v_in=v_in, tau_m=tau_m, tau_ref=tau_ref, v=[0, 0, 0.5, 2.0]), 150.0
    )
    silent, *firing = solution.spike_trains()
    assert silent.size == 0
    for k, train in enumerate(firing, start=1):
        assert train.size > 2
        interval = tau_ref[k] - tau_m[k] * np.log(1 - 1 / v_in[k])
        np.testing.assert_allclose(np.diff(train), interval, rtol=0, atol=1e-9)
    assert firing[1][0] == pytest.approx(-20 * np.log(0.5 / 1.0), abs=1e-9)
    assert firing[2][0] == pytest.approx(0.0, abs=1e-9)  # it starts above the threshold
    np.testing.assert_allclose(solution["v"][:, 0], 0.9 * -np.expm1(-solution.t / 20), rtol=0, atol=1e-11)


def test_a_held_state_stands_still_for_the_refractory_time_while_others_go_on() -> None:
    solution = solve_reference(Population(1, AdaptiveLIF, I=800.0, tau_ref=3.37), 12.0, dt=0.01)
    (spike, *rest) = solution.spike_trains()[0]
    waiting = (solution.t > spike) & (solution.t < spike + 3.37)
    assert not rest
    assert waiting.sum() == 337
    np.testing.assert_array_equal(solution["v"][waiting], -70.0)
    decay = 50 * np.exp(-(solution.t[waiting] - spike) / 150)
    np.testing.assert_allclose(solution["w"][waiting, 0], decay, rtol=1e-10)
    after = solution.t > spike + 3.37
    assert (solution["v"][after] > -70).all()


def test_intervals_of_the_exponential_neuron_are_an_integral() -> None:
    (train,) = solve_reference(Population(1, ExponentialIF, I=1.0), 60.0).spike_trains()

    def pace(v: float) -> float:
        return 1 / (-0.1 * (v + 65) + 0.348 * np.exp((v + 59.9) / 3.48) + 1.0)

    expected = 1.7 + quad(pace, -68.0, -30.0, points=[-59.9], epsrel=1e-12)[0]
    np.testing.assert_allclose(np.diff(train), expected, rtol=0, atol=1e-7)
    assert train.size == 3


def test_hodgkin_huxley_by_rk4_comes_closer_as_the_fourth_power_of_the_step() -> None:
    cells = Population(2, HodgkinHuxley, I=[5.0, 10.0])
    solution = solve_reference(cells, 20.0)
    assert [train.size for train in solution.spike_trains()] == [1, 2]
    errors = []
    for dt in (0.02, 0.01, 0.005):
        twins = Population(2, HodgkinHuxley, I=[5.0, 10.0], integrator="rk4")
        trace, spikes = StateMonitor(twins, ["v", "I_Na"], dt=0.1), SpikeMonitor(twins)
        Network(twins, trace, spikes, dt=dt, seed=0).run(20.0)
        errors.append(np.abs(trace["v"] - solution["v"][:-1]).max())
        for train, exact in zip(spikes.spike_trains(), solution.spike_trains(), strict=True):
            assert ((exact - train > -1e-3) & (exact - train < dt + 1e-3)).all()
    np.testing.assert_allclose(trace["I_Na"], solution["I_Na"][:-1], rtol=0, atol=0.01)
    assert np.log2(errors[0] / errors[-1]) / 2 == pytest.approx(4, abs=0.25)
    assert errors[-1] < 1e-4


def test_receptors_decay_from_their_start_values() -> None:
    cells = Population(1, LIF, receptors={"exc": PSCFilter(5.0)}, x0_exc=3.0, v_in=0.2)
    solution = solve_reference(cells, 40.0)
    t = solution.t
    expected = -0.2 * np.expm1(-t / 20) + 3.0 * (np.exp(-t / 20) - np.exp(-t / 5)) * 5 / (20 - 5)
    np.testing.assert_allclose(solution["v"][:, 0], expected, rtol=0, atol=1e-11)
    np.testing.assert_allclose(solution["v_in"][:, 0], 0.2 + 3.0 * np.exp(-t / 5), rtol=1e-9)


EDGE = NeuronModel(
    "dx/dt = y/ms : 1\ndy/dt = -x/ms : 1",
    parameters={"tau_ref": (0.0, "ms")},
    threshold="x > 0.5",
    refractory="tau_ref",
    initial={"x": "1"},
    name="Clock",
)
"""Passes the threshold upwards once in a turn; it starts above."""


def test_a_spike_without_reset_is_the_condition_becoming_true() -> None:
    trains = solve_reference(Population(2, EDGE, tau_ref=[0.0, 7.0]), 20.0).spike_trains()
    crossings = 2 * np.pi * np.arange(1, 4) - np.pi / 3
    np.testing.assert_allclose(trains[0], crossings, rtol=0, atol=1e-8)
    np.testing.assert_allclose(trains[1], crossings[::2], rtol=0, atol=1e-8)


def test_the_time_grid_ends_with_the_duration() -> None:
    cells = Population(3, LIF, v_in=[0.5, 1.2, 2.0])
    solution = solve_reference(cells, "0.03 s", dt="7 ms", rtol=1e-6, atol=1e-8, method="LSODA")
    assert solution.t.tolist() == [0, 7, 14, 21, 28]
    assert solution["v"].shape == (5, 3)
    assert solve_reference(cells, 0.3).t[-1] == 0.3
    assert repr(solution) == f"Solution({cells.name}, 5 times, 2 spikes)"
    np.testing.assert_array_equal(cells["v"], 0.0)


def test_a_solution_is_drawn_by_the_name_of_a_variable() -> None:
    ax = plot_traces(solve_reference(Population(2, LIF, v_in=[0.5, 1.5]), 30.0), "v")
    assert len(ax.lines) == 2
    assert ax.lines[1].get_label() == "neuron 1"


def test_a_solution_that_grows_without_bound_ends_with_an_error() -> None:
    model = NeuronModel("dv/dt = v**2/ms : 1", initial={"v": "1"}, name="Blowup")
    with pytest.raises(NonFiniteError, match="the reference solution ends at 1 ms"):
        solve_reference(Population(1, model), 5.0)


STUCK = NeuronModel(
    "dv/dt = (1 - v)/ms : 1\ndw/dt = 0/ms : 1", threshold="v > 0.5 + 0*w", reset="w += 1", name="Stuck"
)


NOISY = NeuronModel("dv/dt = -v/tau + xi/sqrt(tau) : 1", parameters={"tau": "5 ms"}, name="Noisy")

TIMED = NeuronModel(
    "dv/dt = (2*sin(omega*t) - v)/ms : 1\ndrive = 3*t/ms : 1",
    parameters={"omega": (2.0, "1/ms")},
    threshold="v > 0.5",
    reset="v = 0",
    name="Timed",
)


def test_equations_may_use_the_time() -> None:
    """v is its integral, started anew at each spike."""
    solution = solve_reference(Population(1, TIMED), 6.0)
    (train,) = solution.spike_trains()

    def particular(t: float) -> float:
        return 0.4 * np.sin(2 * t) - 0.8 * np.cos(2 * t)

    starts = np.concatenate([[0.0], train[:-1]])
    reached = particular(train) - particular(starts) * np.exp(starts - train)
    np.testing.assert_allclose(reached, 0.5, rtol=1e-8)
    assert train.size > 2
    np.testing.assert_allclose(solution["drive"][:, 0], 3 * solution.t)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"population": LIF}, ParameterError, "must be a Population"),
        ({"population": Population(1, RateSource)}, ParameterError, "has no states"),
        ({"population": Population(2, LIF, v_in=np.ones((3, 2)))}, ParameterError, "v_in.*between trials"),
        ({"population": Population(1, STUCK)}, ParameterError, "the threshold is still passed at 0.69"),
        ({"population": Population(1, NOISY)}, ParameterError, r"hold noise \(xi\)"),
        ({"duration": 0.0}, ParameterError, "duration.*must be one positive"),
        ({"duration": "3 mV"}, UnitError, "duration"),
        ({"dt": [0.1, 0.2]}, ParameterError, "dt.*must be one positive"),
        ({"dt": -0.1}, ParameterError, "dt.*must be one positive"),
        ({"rtol": 1e-15}, ParameterError, "rtol.*at least 2.3e-14"),
        ({"atol": float("nan")}, ParameterError, "atol"),
        ({"method": "Euler"}, ParameterError, "method.*must be one of DOP853"),
    ],
)
def test_bad_input_is_refused(change: dict[str, Any], error: type[Exception], message: str) -> None:
    given: dict[str, Any] = {"population": Population(1, LIF), "duration": 5.0} | change
    with pytest.raises(error, match=message):
        solve_reference(given.pop("population"), given.pop("duration"), **given)


def test_an_unknown_variable_is_refused_with_the_known_ones() -> None:
    solution = solve_reference(Population(1, LIF), 1.0)
    with pytest.raises(ParameterError, match="valid are v"):
        solution["w"]
