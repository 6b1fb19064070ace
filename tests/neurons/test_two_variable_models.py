"""FitzHugh-Nagumo, Morris-Lecar and Hindmarsh-Rose against SciPy and against bifurcation theory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, minimize_scalar

from neurosim.network import Network, Population, SpikeMonitor, StateMonitor
from neurosim.neurons import FitzHughNagumo, HindmarshRose, MorrisLecar, MorrisLecarClasses, NeuronModel
from neurosim.neurons.contract import check_neuron_model

CLASS_1 = MorrisLecar.copy(name="MorrisLecar1", **MorrisLecarClasses["class 1"])


def trains(model: NeuronModel, drive: Any, duration: float, dt: float = 0.05) -> list[np.ndarray]:
    """Spike times of one neuron for each input."""
    inputs = np.atleast_1d(np.asarray(drive, dtype=float))
    cells = Population(len(inputs), model, integrator="rk4", **{model.input: inputs})
    spikes = SpikeMonitor(cells)
    Network(cells, spikes, dt=dt, seed=0).run(duration)
    return spikes.spike_trains()


@pytest.mark.parametrize(
    ("model", "drive"),
    [(FitzHughNagumo, 0.5), (MorrisLecar, 100.0), (HindmarshRose, 2.0)],
    ids=lambda x: getattr(x, "name", ""),
)
def test_every_model_keeps_the_contract(model: NeuronModel, drive: float) -> None:
    check_neuron_model(model, drive=drive)


def fitzhugh(t: float, x: np.ndarray) -> list[float]:
    v, w = x
    return [v - v * v * v / 3 - w + 0.5, 0.08 * (v + 0.7 - 0.8 * w)]


def morris(g_ca: float, v3: float, v4: float, phi: float, current: float) -> Callable[..., list[float]]:
    def slope(t: float, x: np.ndarray) -> list[float]:
        v, w = x
        opening = 1 / (1 + np.exp(-2 * (v + 1.2) / 18))
        target = 1 / (1 + np.exp(-2 * (v - v3) / v4))
        membrane = current - g_ca * opening * (v - 120) - 8 * w * (v + 84) - 2 * (v + 60)
        return [membrane / 20, phi * (target - w) * np.cosh((v - v3) / (2 * v4))]

    return slope


def hindmarsh(t: float, x: np.ndarray) -> list[float]:
    x, y, z = x
    return [y - x**3 + 3 * x**2 - z + 2, 1 - 5 * x**2 - y, 0.006 * (4 * (x + 1.6) - z)]


@pytest.mark.parametrize(
    ("model", "drive", "slope", "start"),
    [
        (FitzHughNagumo, 0.5, fitzhugh, {"v": -1.0, "w": 0.2}),
        (MorrisLecar, 100.0, morris(4.4, 2, 30, 0.04, 100), {"v": -40.0, "w": 0.1}),
        (CLASS_1, 50.0, morris(4.0, 12, 17.4, 0.067, 50), {"v": -40.0, "w": 0.1}),
        (HindmarshRose, 2.0, hindmarsh, {"x": -1.0, "y": -4.0, "z": 1.8}),
    ],
    ids=["FitzHughNagumo", "MorrisLecar2", "MorrisLecar1", "HindmarshRose"],
)
def test_trajectories_are_those_of_scipy(
    model: NeuronModel, drive: float, slope: Callable[..., list[float]], start: dict[str, float]
) -> None:
    cells = Population(1, model, integrator="rk4", **{model.input: drive}, **start)
    states = StateMonitor(cells, list(start), dt=1.0)
    Network(cells, states, dt=0.01, seed=0).run(150.5)
    exact = solve_ivp(
        slope, (0, 151), list(start.values()), method="DOP853", t_eval=states.t, rtol=1e-10, atol=1e-12
    )
    for row, name in zip(exact.y, start, strict=True):
        np.testing.assert_allclose(states[name][:, 0], row, rtol=0, atol=1e-5 * np.ptp(row))
    assert np.ptp(exact.y[0]) > 2  # at least one spike


def test_fitzhugh_nagumo_oscillates_between_its_hopf_bifurcations() -> None:
    v = np.sqrt(1 - 0.8 / 12.5) * np.array([-1, 1])
    low, high = -v + v**3 / 3 + (v + 0.7) / 0.8
    drives = [low - 0.03, low + 0.03, 0.8, high - 0.03, high + 0.15]
    late = [np.count_nonzero(train > 1500) for train in trains(FitzHughNagumo, drives, 2500, 0.1)]
    assert [n > 15 for n in late] == [False, True, True, True, False]
    assert late[0] == late[-1] == 0
    rest = FitzHughNagumo.steady_state()
    assert (rest["v"], rest["w"]) == pytest.approx((-1.19941, -0.62426), abs=1e-5)


def steady_current(v: float, g_ca: float, v3: float, v4: float) -> float:
    """Current that holds a Morris-Lecar neuron at a potential."""
    slope = morris(g_ca, v3, v4, 1.0, 0.0)
    w = 1 / (1 + np.exp(-2 * (v - v3) / v4))
    return -20 * slope(0.0, np.array([v, w]))[0]


def test_class_1_starts_with_any_rate() -> None:
    """At the fold of the steady-state current, rates rise with the root of the distance."""
    fold = minimize_scalar(lambda v: -steady_current(v, 4.0, 12, 17.4), bounds=(-40, -20), method="bounded")
    onset = -fold.fun
    assert onset == pytest.approx(39.96, abs=0.01)
    beyond = np.array([-0.05, 0.05, 0.2, 0.8])
    found = trains(CLASS_1, onset + beyond, 3000, 0.1)
    assert len(found[0]) == 0
    rates = np.array([1000 / np.diff(train)[-1] for train in found[1:]])
    assert rates[0] < 1.5
    np.testing.assert_allclose(rates[1:] / rates[:-1], 2.0, rtol=0.06)


def test_class_2_starts_at_once_and_ends_in_rest() -> None:
    """Hopf bifurcations where the trace of the Jacobian vanishes, and already a little before the first."""

    def trace(v: float) -> float:
        slope = morris(4.4, 2, 30, 0.04, 0.0)
        w, h = 1 / (1 + np.exp(-2 * (v - 2) / 30)), 1e-5
        along_v = (slope(0, np.array([v + h, w]))[0] - slope(0, np.array([v - h, w]))[0]) / (2 * h)
        return float(along_v - 0.04 * np.cosh((v - 2) / 60))

    low, high = (steady_current(float(brentq(trace, *ends)), 4.4, 2, 30) for ends in ((-40, -20), (0, 20)))
    assert (low, high) == pytest.approx((93.86, 212.0), abs=0.05)
    drives = np.array([80.0, 86.0, 90.0, low + 1, 150.0, high - 2, high + 8])
    late = [train[train > 2000] for train in trains(MorrisLecar, drives, 4000, 0.1)]
    rates = [1000 / np.diff(train).mean() if len(train) > 1 else 0.0 for train in late]
    assert rates[:2] == [0.0, 0.0]
    assert min(rates[2:-1]) > 9
    assert rates[-1] == 0.0


def test_hindmarsh_rose_bursts_regularly_irregularly_and_fires() -> None:
    found = [np.diff(train[train > 1000]) for train in trains(HindmarshRose, [1.0, 2.5, 3.25, 4.0], 4000)]
    assert len(found[0]) == 0
    regular, irregular, tonic = found[1:]
    np.testing.assert_allclose(regular[3:], regular[:-3], atol=1.01)  # bursts of three, to the grid's step
    assert np.ptp(regular) > 60
    for period in range(1, 13):
        assert np.abs(irregular[period:] - irregular[:-period]).max() > 10
    assert np.std(tonic) < 0.01 * np.mean(tonic)
