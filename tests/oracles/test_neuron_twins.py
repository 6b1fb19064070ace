"""Kernels against their twins in plain Python: the same formulas, one neuron and one step at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from neurosim.network import Network, Population, SpikeMonitor, StateMonitor
from neurosim.neurons import LIF, HodgkinHuxley
from neurosim.synapses import PSCFilter


def lif_twin(
    v_in: float, tau_m: float, tau_ref: float, dt: float, n_steps: int, x0: float = 0.0, tau: float = 1.0
) -> tuple[list[float], list[int]]:
    """Voltage at the beginning of each step and steps of the spikes; `x0` is the current left in a filter."""
    decay, filter_decay = math.exp(-dt / tau_m), math.exp(-dt / tau)
    coupling = (filter_decay - decay) * tau / (tau - tau_m)
    n_ref = round(tau_ref / dt)
    v, x, wait = 0.0, x0, 0
    trace, spikes = [], []
    for step in range(n_steps):
        trace.append(v)
        if wait == 0:
            v = v_in + (v - v_in) * decay + coupling * x
        x *= filter_decay
        if wait <= 1 and v > 1.0:
            spikes.append(step)
            v, wait = 0.0, n_ref
        elif wait > 0:
            wait -= 1
    return trace, spikes


@pytest.mark.parametrize("dt", [0.1, 0.25])
def test_lif_equals_its_twin(dt: float) -> None:
    v_in = np.array([0.5, 1.0, 1.001, 1.3, 2.0, 7.0, 500.0])
    tau_m = np.array([20.0, 10.0, 5.0, 20.0, 15.0, 20.0, 20.0])
    cells = Population(v_in.size, LIF, v_in=v_in, tau_m=tau_m)
    trace, spikes = StateMonitor(cells, "v"), SpikeMonitor(cells)
    Network(cells, trace, spikes, dt=dt, seed=0).run(300)
    for k, train in enumerate(spikes.spike_trains()):
        expected, steps = lif_twin(v_in[k], tau_m[k], 2.0, dt, round(300 / dt))
        np.testing.assert_array_equal(np.rint(train / dt), steps)
        np.testing.assert_allclose(trace["v"][:, k], expected, rtol=1e-13, atol=1e-14)
    assert len(spikes) > 100


def test_lif_with_a_filter_equals_its_twin() -> None:
    cells = Population(2, LIF, receptors={"exc": PSCFilter(5.0)}, v_in=0.9, x0_exc=[3.0, 12.0])
    trace, spikes = StateMonitor(cells, "v"), SpikeMonitor(cells)
    Network(cells, trace, spikes, dt=0.1, seed=0).run(50)
    for k, x0 in enumerate([3.0, 12.0]):
        expected, steps = lif_twin(0.9, 20.0, 2.0, 0.1, 500, x0, 5.0)
        np.testing.assert_array_equal(np.rint(spikes.spike_trains()[k] / 0.1), steps)
        np.testing.assert_allclose(trace["v"][:, k], expected, rtol=1e-12, atol=1e-13)
        assert bool(steps) == (k == 1)


def phi1(x: float) -> float:
    return math.expm1(x) / x if x else 1.0


def hodgkin_huxley_twin(current: float, dt: float, n_steps: int) -> np.ndarray:
    """Exponential Euler by hand, from the equations of the paper; rows are v, m, h, n."""
    v = -65.0
    rates = rates_1952(v)
    m, h, n = (a / (a + b) for a, b in rates)
    trace = []
    for _ in range(n_steps):
        trace.append((v, m, h, n))
        g_na, g_k = 120.0 * m * m * m * h, 36.0 * n * n * n * n
        total = g_na + g_k + 0.3
        slope_v = current - g_na * (v - 50.0) - g_k * (v + 77.0) - 0.3 * (v + 54.387)
        new_v = v + dt * phi1(-dt * total) * slope_v
        gates = []
        for x, (a, b) in zip((m, h, n), rates_1952(v), strict=True):
            gates.append(x + dt * phi1(-dt * (a + b)) * (a * (1 - x) - b * x))
        v, (m, h, n) = new_v, gates
    return np.array(trace)


def rates_1952(v: float) -> list[tuple[float, float]]:
    """Opening and closing rates of m, h and n, per ms, written as in the paper."""

    def vtrap(x: float, scale: float) -> float:
        return scale if x == 0.0 else x / math.expm1(x / scale)

    return [
        (0.1 * vtrap(-(v + 40.0), 10.0), 4.0 * math.exp(-(v + 65.0) / 18.0)),
        (0.07 * math.exp(-(v + 65.0) / 20.0), 1.0 / (math.exp(-(v + 35.0) / 10.0) + 1.0)),
        (0.01 * vtrap(-(v + 55.0), 10.0), 0.125 * math.exp(-(v + 65.0) / 80.0)),
    ]


@pytest.mark.parametrize("current", [0.0, 1.0, 10.0])
def test_hodgkin_huxley_equals_its_twin(current: float) -> None:
    """To round-off: 1e-9 mV over 15 ms with a spike, which magnifies the last digit some thousandfold."""
    cells = Population(1, HodgkinHuxley, integrator="exponential_euler", I=current)
    trace = StateMonitor(cells, ["v", "m", "h", "n"])
    Network(cells, trace, dt=0.01, seed=0).run(15)
    found = np.column_stack([trace[s][:, 0] for s in ("v", "m", "h", "n")])
    expected = hodgkin_huxley_twin(current, 0.01, 1500)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
    assert (expected[:, 0].max() > 0) == (current == 10.0)
