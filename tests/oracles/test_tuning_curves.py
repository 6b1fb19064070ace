"""Measured firing rates against closed forms, and tuning curves as functions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from neurosim.engines.tuning_curve import GRID, MeasuredCurve, measure_rates, tuning_curve
from neurosim.errors import ParameterError, UnitError
from neurosim.neurons import LIF, ExponentialIF, HodgkinHuxley, LIFRate, NeuronModel, PerfectIntegrator

HH_CURRENTS = np.array([0.0, 3.0, 6.2, 6.3, 8.0, 10.0, 20.0])


@pytest.mark.parametrize("dt", [0.025, 0.1, 0.5])
def test_measured_lif_equals_the_closed_form_at_every_time_step(dt: float) -> None:
    v_in = np.array([0.5, 0.999, 1.01, 1.05, 1.2, 1.5, 2.0, 5.0, 20.0])
    measured, exact = measure_rates(LIF, v_in, dt=dt), LIF.rate(v_in)
    assert measured[:2].tolist() == [0, 0]
    np.testing.assert_allclose(measured, exact, rtol=1e-9)


def test_measured_exponential_neuron_equals_an_integral() -> None:
    def pace(v: float) -> float:
        return 1 / (-0.1 * (v + 65) + 0.348 * np.exp((v + 59.9) / 3.48) + 1.0)

    interval = 1.7 + quad(pace, -68.0, -30.0, points=[-59.9], epsrel=1e-12)[0]
    (rate,) = measure_rates(ExponentialIF, [1.0], dt=0.01)
    assert 1000 / rate == pytest.approx(interval, abs=1e-4)


def test_the_perfect_integrator_needs_no_closed_form() -> None:
    np.testing.assert_allclose(measure_rates(PerfectIntegrator, [0.0, 50.0, 200.0]), [0, 50, 200], rtol=1e-12)


def test_hodgkin_huxley_rate_function() -> None:
    rate = HodgkinHuxley.rate(HH_CURRENTS)
    assert rate[:3].tolist() == [0, 0, 0]
    assert rate[3] > 45
    assert (np.diff(rate[3:]) > 0).all()
    np.testing.assert_allclose(rate[[5, 6]], [68.3, 86.5], rtol=5e-3)
    assert HodgkinHuxley.rate(HH_CURRENTS.reshape(1, 7)).shape == (1, 7)


def test_a_curve_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    before = tuning_curve(HodgkinHuxley, HH_CURRENTS)
    monkeypatch.setattr(
        "neurosim.engines.tuning_curve.measure_rates", lambda *_: pytest.fail("measured again")
    )
    assert tuning_curve(HodgkinHuxley, HH_CURRENTS[::-1]) is before


def test_many_inputs_are_interpolated_on_a_grid() -> None:
    v_in = np.linspace(0.0, 3.0, 5000)
    curve = tuning_curve(LIF, v_in)
    assert curve.drive.size == GRID
    smooth = v_in > 1.3
    np.testing.assert_allclose(curve.rate(v_in)[smooth], LIF.rate(v_in)[smooth], rtol=0.01)


def test_a_curve_is_linear_between_its_points_and_flat_outside() -> None:
    curve = MeasuredCurve(np.array([0.0, 1.0, 3.0]), np.array([5.0, 10.0, 50.0]))
    x = np.array([-1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 9.0])
    np.testing.assert_array_equal(curve.rate(x), [5, 5, 7.5, 10, 30, 50, 50])
    assert MeasuredCurve(np.array([2.0]), np.array([7.0])).rate([1.0, 2.0, 5.0]).tolist() == [7, 7, 7]


def test_a_curve_jumps_between_silent_and_firing() -> None:
    curve = MeasuredCurve(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 50.0, 60.0, 0.0]))
    x = np.array([-1.0, 0.0, 0.4, 0.6, 1.0, 1.5, 2.4, 2.6, 4.0])
    np.testing.assert_array_equal(curve.rate(x), [0, 0, 0, 50, 50, 55, 60, 0, 0])
    found = HodgkinHuxley.rate(np.linspace(5.0, 8.0, 2500))
    assert ((found == 0) | (found > 45)).all()


MEASURED_LIF = NeuronModel(
    LIF.equations, parameters=LIF.parameters, threshold="v > 1", reset="v = 0", refractory="2 ms", name="Twin"
)


def test_the_slope_is_a_central_difference_around_each_drive() -> None:
    v_in = np.array([0.0, 0.5, 1.3, 1.6, 2.0, 3.0])
    found = MEASURED_LIF.rate_derivative(v_in)
    np.testing.assert_allclose(found, LIF.rate_derivative(v_in), rtol=1e-3)
    assert found[:2].tolist() == [0, 0]
    assert MEASURED_LIF.rate_derivative(1.6) == found[3]
    np.testing.assert_array_equal(MEASURED_LIF.rate_derivative(v_in[::-1].reshape(2, 3)).ravel(), found[::-1])


def test_the_slope_does_not_cross_the_jump() -> None:
    silent, onset = HodgkinHuxley.rate_derivative([6.25, 6.3])
    assert silent == 0.0
    assert 0.0 < onset < 20.0


def test_the_drive_may_have_a_unit() -> None:
    assert HodgkinHuxley.rate("0.01 mA/cm2") == HodgkinHuxley.rate(10.0) > 60
    with pytest.raises(UnitError, match="must be in uA/cm2"):
        HodgkinHuxley.rate("10 pA")


def test_bad_input_is_refused() -> None:
    with pytest.raises(ParameterError, match="at least one input"):
        tuning_curve(HodgkinHuxley, [])
    with pytest.raises(ParameterError, match="no threshold"):
        measure_rates(LIFRate, [1.0])
    with pytest.raises(ParameterError, match=r"LIF\.v_in.*finite"):
        measure_rates(LIF, [np.inf])
