"""Integrate-and-fire neurons against closed forms, quadrature and SciPy; and nothing overflows at a spike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from neurosim.engines.reference import solve_reference
from neurosim.network import Network, Population, SpikeMonitor, StateMonitor
from neurosim.neurons import (
    LIF,
    AdaptiveLIF,
    AdEx,
    ExponentialIF,
    Izhikevich,
    Lapicque,
    MihalasNiebur,
    NeuronModel,
    QuadraticIF,
)
from neurosim.neurons.contract import check_neuron_model

DRIVES = [
    (Lapicque, 600.0),
    (AdaptiveLIF, 600.0),
    (MihalasNiebur, 1.5),
    (QuadraticIF, 120.0),
    (ExponentialIF, 0.6),
    (AdEx, 900.0),
    (Izhikevich, 10.0),
]


def trains(model: NeuronModel, drive: Any, duration: float, dt: float, **values: Any) -> list[np.ndarray]:
    """Spike times of one neuron for each input."""
    inputs = np.atleast_1d(np.asarray(drive, dtype=float))
    cells = Population(len(inputs), model, **{model.input: inputs}, **values)
    spikes = SpikeMonitor(cells)
    Network(cells, spikes, dt=dt, seed=0).run(duration)
    return spikes.spike_trains()


@pytest.mark.parametrize(("model", "drive"), DRIVES, ids=lambda x: getattr(x, "name", ""))
def test_every_model_keeps_the_contract(model: NeuronModel, drive: float) -> None:
    check_neuron_model(model, drive=drive)


def test_the_physical_lif_fires_at_its_closed_form() -> None:
    """1 nA: 6.700 ms, so 149.25 Hz; on a 0.1 ms grid 6.8 ms. RI = 20 mV: 15.8629436 ms."""
    assert Lapicque.rate("1 nA") == pytest.approx(149.25, abs=0.005)
    np.testing.assert_allclose(np.diff(trains(Lapicque, 1000.0, 200, 0.1)[0]), 6.8, rtol=1e-12)
    assert 1000 / Lapicque.rate(500.0) == pytest.approx(15.8629436, abs=5e-8)
    assert Lapicque.rate([-100.0, 0.0, 375.0]).tolist() == [0.0, 0.0, 0.0]
    (fine,) = trains(Lapicque, 500.0, 200, 0.001)
    np.testing.assert_allclose(np.diff(fine), 15.8629436, atol=0.0011)
    other = Lapicque.copy(V_reset=-60.0, tau_ref=0.0)
    assert 1000 / other.rate(1000.0) == pytest.approx(10 * np.log(30 / 25), rel=1e-12)


def test_the_physical_lif_is_the_normalised_one_in_other_units() -> None:
    drive = np.array([0.9, 1.1, 2.5])
    physical = trains(Lapicque, drive * 375.0, 300, 0.1, tau_m=20.0, C_m=500.0)
    for a, b in zip(physical, trains(LIF, drive, 300, 0.1), strict=True):
        np.testing.assert_array_equal(a, b)
    assert [len(train) > 0 for train in physical] == [False, True, True]


def adapted_interval(current: float) -> float:
    """Interval at which the adaptation current repeats itself, from the closed form between two spikes."""
    tau, tau_w, C, b, ref = 10.0, 150.0, 250.0, 50.0, 2.0

    def excess(interval: float) -> float:
        w = b / -np.expm1(-interval / tau_w) * np.exp(-ref / tau_w)
        s = interval - ref
        shared = (np.exp(-s / tau_w) - np.exp(-s / tau)) / (1 / tau - 1 / tau_w)
        return float(-current * tau / C * np.expm1(-s / tau) - w / C * shared - 15.0)

    return float(brentq(excess, 2.1, 500.0))


def test_the_adaptive_lif_slows_down_to_its_periodic_orbit() -> None:
    drive = np.array([450.0, 600.0, 1000.0])
    for current, train in zip(drive, trains(AdaptiveLIF, drive, 2000, 0.01), strict=True):
        intervals = np.diff(train)
        assert np.mean(intervals[-5:]) == pytest.approx(adapted_interval(current), abs=0.02)
        unadapted = 1000 / Lapicque.rate(current) - 2.0
        assert train[0] == pytest.approx(unadapted, abs=0.02)
        assert intervals[-1] > 1.5 * unadapted


def test_the_quadratic_neuron_fires_at_its_closed_form() -> None:
    """C dx/dt = k x^2 + J integrates to an arc tangent; it fires from J = 0 on."""
    J = np.array([-0.5, 0.5, 20.0, 300.0])
    found = trains(QuadraticIF, J + 15.0**2 / 4, 1500, 0.01, integrator="rk4")
    assert len(found[0]) == 0
    for excess, train in zip(J[1:], found[1:], strict=True):
        root = np.sqrt(excess)
        expected = 100 / root * (np.arctan(87.5 / root) - np.arctan(-17.5 / root))
        np.testing.assert_allclose(np.diff(train), expected, atol=0.021)
        assert len(train) > 1


def test_the_exponential_neuron_fires_at_its_quadrature() -> None:
    rheobase = 0.1 * (-59.9 + 65.0 - 3.48)
    drive = np.array([0.99 * rheobase, 1.01 * rheobase, 0.5, 2.0])
    found = trains(ExponentialIF, drive, 2000, 0.01, integrator="rk4")
    assert len(found[0]) == 0
    for current, train in zip(drive[1:], found[1:], strict=True):

        def pace(v: float, current: float = current) -> float:
            return 1 / (-0.1 * (v + 65) + 0.348 * np.exp((v + 59.9) / 3.48) + current)

        expected = 1.7 + quad(pace, -68.0, -30.0, points=[-59.9], epsrel=1e-10)[0]
        assert np.mean(np.diff(train)) == pytest.approx(expected, abs=0.03)
        assert len(train) > 2


def test_adex_spikes_when_scipy_says() -> None:
    def slope(t: float, x: np.ndarray) -> list[float]:
        v, w = x
        membrane = -30 * (v + 70.6) + 60 * np.exp((v + 50.4) / 2) - w + 900
        return [membrane / 281, (4 * (v + 70.6) - w) / 144]

    def peak(t: float, x: np.ndarray) -> float:
        return float(x[0] - 20)

    peak.terminal = True  # type: ignore[attr-defined]
    t, x, expected = 0.0, [-70.6, 0.0], []
    for _ in range(5):
        part = solve_ivp(slope, (t, t + 500), x, events=peak, rtol=1e-10, atol=1e-10)
        t, x = part.t[-1], [-70.6, part.y[1, -1] + 80.5]
        expected.append(t)
    (found,) = trains(AdEx, 900.0, np.ceil(expected[-1]), 0.002, integrator="rk4")
    assert len(expected) == 5
    np.testing.assert_allclose(found[:5], expected, atol=0.01)
    (solved,) = solve_reference(Population(1, AdEx, I=900.0), expected[-1] + 1).spike_trains()
    np.testing.assert_allclose(solved, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("integrator", ["exponential_euler", "euler", "rk4"])
@pytest.mark.parametrize(
    ("model", "drive", "second"),
    [(QuadraticIF, 500.0, None), (ExponentialIF, 3.0, None), (AdEx, 1500.0, "w"), (Izhikevich, 30.0, "u")],
    ids=lambda x: getattr(x, "name", ""),
)
def test_nothing_overflows_at_a_spike(
    model: NeuronModel, drive: float, second: str | None, integrator: str
) -> None:
    """However a step meets the peak: states stay finite, and the second one does not see the overshoot."""
    drives = np.linspace(drive, 2 * drive, 640)
    cells = Population(640, model, integrator=integrator, **{model.input: drives})
    states = StateMonitor(cells, list(model.system.states))
    spikes = SpikeMonitor(cells)
    Network(cells, states, spikes, dt=0.5, seed=0).run(100)
    assert spikes.count.min() > 3
    assert np.isfinite(states["v"]).all()
    assert states["v"].max() < model.parameters.get("V_peak", model.parameters.get("v_peak")).value  # type: ignore[union-attr]
    if second is None:
        return
    jump = {"w": 80.5, "u": 8.0}[second]
    steps = np.diff(states[second], axis=0)
    fired = np.zeros(steps.shape, dtype=bool)
    at = np.rint(spikes.t / 0.5).astype(int)
    fired[at[at < len(steps)], spikes.i[at < len(steps)]] = True
    np.testing.assert_allclose(steps[fired], jump, atol=0.15 * jump)
    assert fired.sum() > 200
