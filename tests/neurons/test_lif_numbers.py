"""The leaky integrate-and-fire neuron against its closed forms, and what refractory means, step by step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.network import Network, Population, SpikeMonitor, StateMonitor
from neurosim.neurons import LIF, LIFRate, NeuronModel, PerfectIntegrator

PHYSICAL = NeuronModel(
    """
    dv/dt = (E_L - v + R*I)/tau_m : mV (unless refractory)
    R = tau_m/C : Gohm
    I : pA (input)
    """,
    parameters={
        "tau_m": (10.0, "ms"),
        "C": (250.0, "pF"),
        "E_L": (-70.0, "mV"),
        "V_th": (-55.0, "mV"),
        "t_ref": (2.0, "ms"),
    },
    threshold="v >= V_th",
    reset="v = E_L",
    refractory="t_ref",
    initial={"v": "E_L"},
    name="PhysicalLIF",
)


def spike_steps(population: Population, dt: float, duration: float) -> list[np.ndarray]:
    spikes = SpikeMonitor(population)
    Network(population, spikes, dt=dt, seed=0).run(duration)
    return [np.rint(train / dt).astype(int) for train in spikes.spike_trains()]


def test_voltage_under_a_constant_current() -> None:
    """RI = 40 mV from rest without spikes: V(t) = 40 (1 - e^(-t/10))."""
    silent = PHYSICAL.copy(V_th="1 V")
    cells = Population(1, silent, I="1 nA")
    trace = StateMonitor(cells, "v")
    Network(cells, trace, dt=0.1, seed=0).run(600)
    v = trace["v"][:, 0] + 70.0
    assert v[50] == pytest.approx(40 * -np.expm1(-0.5), abs=1e-13 * 70)
    assert v[5000] == pytest.approx(40.0, abs=1e-9)
    np.testing.assert_allclose(v, 40 * -np.expm1(-trace.t / 10), rtol=0, atol=3e-12)


def test_normalised_voltage_under_a_constant_current() -> None:
    cells = Population(1, LIF, v_in=0.8, tau_m=10.0)
    trace = StateMonitor(cells, "v")
    Network(cells, trace, dt=0.1, seed=0).run(600)
    v = trace["v"][:, 0]
    assert v[50] == pytest.approx(0.8 * -np.expm1(-0.5), abs=1e-13)
    assert v[5000] == pytest.approx(0.8 * -np.expm1(-50.0), abs=1e-13)


def test_one_nanoampere_into_250_picofarad() -> None:
    """6.700 ms = 149.25 Hz in continuous time, 6.8 ms on a grid of 0.1 ms."""
    continuous = 2 + 10 * np.log(40 / (40 - 15))
    assert continuous == pytest.approx(6.700, abs=5e-4)
    (steps,) = spike_steps(Population(1, PHYSICAL, I=1000.0), 0.1, 200)
    assert set(np.diff(steps)) == {68}
    (fine,) = spike_steps(Population(1, PHYSICAL, I="1 nA"), 0.001, 30)
    assert set(np.diff(fine)) == {6701}


def test_interval_for_20_millivolts() -> None:
    """tau 10 ms, RI 20 mV, threshold 15 mV, t_ref 2 ms: 15.8629436 ms."""
    continuous = 2 + 10 * np.log(20 / 5)
    assert continuous == pytest.approx(15.8629436, abs=1e-7)
    assert 1000 / LIF.copy(tau_m=10.0).rate(20 / 15) == pytest.approx(15.8629436, abs=1e-7)
    (steps,) = spike_steps(Population(1, PHYSICAL, I=500.0), 0.1, 200)
    assert set(np.diff(steps)) == {159}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(1.01, 50.0), min_size=8, max_size=8),
    st.floats(3.0, 40.0),
    st.integers(0, 60),
    st.sampled_from([0.05, 0.1, 0.5]),
)
def test_every_interval_is_the_closed_form_rounded_up_to_the_grid(
    v_in: list[float], tau_m: float, n_ref: int, dt: float
) -> None:
    cells = Population(8, LIF, v_in=v_in, tau_m=tau_m, tau_ref=n_ref * dt)
    for drive, steps in zip(v_in, spike_steps(cells, dt, 150.0), strict=True):
        climb = tau_m * np.log(drive / (drive - 1)) / dt
        if abs(climb - round(climb)) > 1e-6:
            # A spike that takes no time to reach still takes the step in which it is noticed.
            assert set(np.diff(steps)) <= {n_ref + int(np.ceil(climb))}
            assert steps[:1].tolist() == [int(np.ceil(climb)) - 1][: steps.size]


def test_the_closed_form_rate() -> None:
    v_in = np.array([-3.0, 0.0, 1.0, 1.0 + 1e-12, 1.2, 2.0, 10.0, 1e9])
    rate = LIF.rate(v_in)
    assert rate[:3].tolist() == [0, 0, 0]
    expected = 1000 / (2 - 20 * np.log1p(-1 / v_in[3:7]))
    np.testing.assert_allclose(rate[4:7], expected[1:], rtol=1e-13)
    assert rate[3] == pytest.approx(1000 / (2 + 20 * np.log(1e12)), rel=1e-4)
    assert rate[7] == pytest.approx(1000 / (2 + 20e-9), rel=1e-12)
    assert LIF.rate([[1.5, 0.5]]).shape == (1, 2)
    assert LIF.rate(1.5).shape == ()


def test_the_soft_rate_approaches_the_hard_one() -> None:
    v_in = np.array([1.05, 1.2, 2.0, 10.0, 1e6])
    np.testing.assert_allclose(LIFRate.rate(v_in), LIF.rate(v_in), rtol=0.02)
    np.testing.assert_allclose(LIFRate.copy(gamma=1e-4).rate(v_in), LIF.rate(v_in), rtol=1e-12)
    slope = LIFRate.rate_derivative(np.linspace(-3, 5, 4001))
    assert np.isfinite(slope).all()
    assert (slope >= 0).all()


# Refractory time

ALWAYS = NeuronModel(
    "dv/dt = -v/(5*ms) : 1 (unless refractory)",
    parameters={"t_ref": (1.0, "ms")},
    threshold="v > -1",
    reset="v = 0",
    refractory="t_ref",
    name="AlwaysFiring",
)


@pytest.mark.parametrize("first_step", [0, 2**31 - 5, 2**40])
def test_a_neuron_that_always_fires_does_so_every_ten_steps(first_step: int) -> None:
    cells = Population(3, ALWAYS)
    spikes = SpikeMonitor(cells)
    network = Network(cells, spikes, dt=0.1, seed=0)
    network.step = first_step
    network.run(1000)
    for train in spikes.spike_trains():
        steps = np.rint(train / 0.1).astype(np.int64)
        assert steps[0] == first_step
        assert steps.size == 1000
        assert set(np.diff(steps)) == {10}


@pytest.mark.parametrize("n_ref", [0, 1, 2, 7])
def test_held_states_stand_still_and_the_threshold_waits(n_ref: int) -> None:
    model = NeuronModel(
        """
        dv/dt = 0.3/ms : 1 (unless refractory)
        dw/dt = 1/ms   : 1
        """,
        parameters={"t_ref": "1 ms"},
        threshold="v > 1",
        reset="v = 0.05",
        refractory="t_ref",
    )
    cells = Population(1, model, t_ref=float(n_ref))
    trace, spikes = StateMonitor(cells, ["v", "w"]), SpikeMonitor(cells)
    Network(cells, trace, spikes, dt=1.0, seed=0).run(60)
    steps = np.rint(spikes.t).astype(int)
    v = trace["v"][:, 0]
    assert steps.size > 3
    for k in steps[:-1]:
        # A record shows the state before a step: v stands still in the steps k+1 ... k+n_ref.
        assert (v[k + 1 : k + n_ref + 2] == 0.05).all()
        assert v[k + n_ref + 2] == pytest.approx(0.35)
    assert set(np.diff(steps)) == {n_ref + 4}
    np.testing.assert_allclose(trace["w"][:, 0], trace.t)


def test_refractory_times_differ_between_neurons_and_are_rounded_to_steps() -> None:
    t_ref = np.array([0.0, 0.1, 0.14, 0.16, 2.0])
    steps = spike_steps(Population(5, LIF, v_in=1e6, tau_ref=t_ref), 0.1, 30)
    assert [set(np.diff(s).tolist()) for s in steps] == [{1}, {2}, {2}, {3}, {21}]


@pytest.mark.parametrize("hertz", [10.0, 250.0, 999.0])
def test_the_perfect_integrator_fires_at_the_rate_it_is_given(hertz: float) -> None:
    (steps,) = spike_steps(Population(1, PerfectIntegrator, drive=hertz), 0.1, 2000.0)
    assert abs(steps.size - 2 * hertz) <= 1
    assert np.ptp(np.diff(steps)) <= 1
    assert PerfectIntegrator.rate(hertz) == hertz
    assert PerfectIntegrator.rate(-5.0) == 0.0
