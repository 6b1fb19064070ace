"""Spikes inside steps: closed forms at any time step, order against SciPy, and what must not change a bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import neurosim.engines.population_state as population_state
from neurosim import (
    LIF,
    AdaptiveLIF,
    AdEx,
    Dense,
    HodgkinHuxley,
    Izhikevich,
    Network,
    NeuronModel,
    PerfectIntegrator,
    Population,
    Projection,
    PSCFilter,
    QuadraticIF,
    SpikeMonitor,
    StateMonitor,
    read_recording,
    solve_reference,
)
from neurosim.errors import ParameterError

V_IN = np.array([0.9, 1.001, 1.01, 1.2, 1.5, 3.0, 12.0])


def run(
    n: int, model: NeuronModel, dt: float, duration: float, **values: Any
) -> tuple[Population, SpikeMonitor]:
    cells = Population(n, model, precise_spikes=True, **values)
    spikes = SpikeMonitor(cells)
    Network(cells, spikes, dt=dt, seed=0).run(duration)
    return cells, spikes


def lif_times(v_in: float, tau_m: float, tau_ref: float, start: float, duration: float) -> np.ndarray:
    """Spike times of the closed form up to a duration."""
    if v_in <= 1:
        return np.zeros(0)
    first = tau_m * np.log((v_in - start) / (v_in - 1))
    interval = tau_ref + tau_m * np.log1p(1 / (v_in - 1))
    times: np.ndarray = np.arange(first, duration, interval)
    return times


@pytest.mark.parametrize("tau_ref", [2.0, 0.03, 0.0])
@pytest.mark.parametrize("dt", [0.1, 0.5])
def test_lif_spikes_are_those_of_the_closed_form(dt: float, tau_ref: float) -> None:
    cells, spikes = run(V_IN.size, LIF, dt, 300.0, v_in=V_IN, tau_ref=tau_ref, v=0.3)
    assert cells.integrator == "exponential_euler"
    for v_in, train in zip(V_IN, spikes.spike_trains(), strict=True):
        expected = lif_times(v_in, 20.0, tau_ref, 0.3, 300.0)
        np.testing.assert_allclose(train, expected, rtol=0, atol=1e-9)
    assert (np.diff(spikes.t) >= 0).all()
    assert spikes.count[-1] > 75


@settings(max_examples=30, deadline=None)
@given(
    v_in=st.floats(1.01, 8.0),
    tau_m=st.floats(2.0, 40.0),
    tau_ref=st.floats(0.0, 5.0),
    start=st.floats(-2.0, 0.999),
    dt=st.sampled_from([0.02, 0.1, 0.25]),
)
def test_any_lif_spikes_when_the_closed_form_says(
    v_in: float, tau_m: float, tau_ref: float, start: float, dt: float
) -> None:
    _, spikes = run(1, LIF, dt, 50.0, v_in=v_in, tau_m=tau_m, tau_ref=tau_ref, v=start)
    expected = lif_times(v_in, tau_m, tau_ref, start, 50.0)
    near_the_end = expected.size and expected[-1] > 50.0 - 1e-8
    n = expected.size - bool(near_the_end)
    assert spikes.t.size in (n, expected.size)
    np.testing.assert_allclose(spikes.t[:n], expected[:n], rtol=0, atol=1e-8)


def test_the_perfect_integrator_keeps_its_rate_when_it_subtracts() -> None:
    model = NeuronModel(
        "dv/dt = drive/ms : 1\ndrive : 1 (input)", threshold="v >= 1", reset="v -= 1", name="Counter"
    )
    _, spikes = run(1, model, 0.1, 100.0, drive=0.37)
    np.testing.assert_allclose(spikes.t, np.arange(1, 38) / 0.37, rtol=1e-12)
    leaky = NeuronModel(LIF.equations, parameters=LIF.parameters, threshold="v > 1", reset="v -= 1",
                        refractory="tau_ref")  # fmt: skip
    _, spikes = run(1, leaky, 0.5, 100.0, v_in=1.5)
    np.testing.assert_allclose(spikes.t, lif_times(1.5, 20, 2, 0, 100), rtol=0, atol=1e-10)


def test_a_neuron_spikes_at_most_once_a_step_and_inside_it() -> None:
    _, spikes = run(1, LIF, 0.5, 20.0, v_in=100.0, tau_ref=0.0)
    assert spikes.t.size == 40
    np.testing.assert_array_equal(np.floor(spikes.t / 0.5 + 1e-9), np.arange(40))


def test_the_quadratic_neuron_follows_its_closed_form() -> None:
    """dv/dt = k ((v - middle)**2 + gap**2)/C is a tangent."""
    middle, gap = -57.5, np.sqrt(200.0 - 7.5**2)
    high, low = (np.arctan((v - middle) / gap) for v in (30.0, -75.0))
    interval = (high - low) * 100.0 / gap
    errors = []
    for dt in (0.1, 0.05, 0.025):
        _, spikes = run(1, QuadraticIF, dt, 150.0, I=200.0)
        errors.append(np.abs(np.diff(spikes.t) - interval).max())
        assert spikes.t.size == 7
    assert errors[0] < 2e-4
    assert np.log2(errors[0] / errors[-1]) / 2 > 2.5


FILTERED: dict[str, Any] = {"v_in": 1.1, "receptors": {"exc": PSCFilter(5.0)}, "x0_exc": 4.0}


@pytest.mark.parametrize(
    ("model", "values", "first", "last"),
    [
        (AdaptiveLIF, {"I": 900.0}, 1e-5, 2e-7),
        (Izhikevich, {"I": 10.0}, 1e-2, 2e-4),
        (AdEx, {"I": 900.0, "V_peak": -40.0}, 4e-3, 8e-4),
        (LIF, FILTERED, 2e-4, 2e-5),
    ],
    ids=["AdaptiveLIF", "Izhikevich", "AdEx to -40 mV", "LIF and filter"],
)
def test_spikes_come_close_to_those_of_scipy(
    model: NeuronModel, values: dict[str, Any], first: float, last: float
) -> None:
    """On the grid they are off by up to dt."""
    (expected,) = solve_reference(Population(1, model, **values), 100.0).spike_trains()
    errors = []
    for dt in (0.1, 0.0125):
        cells, spikes = run(1, model, dt, 100.0, **values)
        assert cells.integrator == "rk4"
        assert spikes.t.size == expected.size
        errors.append(np.abs(spikes.t - expected)[:5].max())
    assert errors[0] < first
    assert errors[1] < last


def test_a_peak_far_beyond_what_a_step_resolves_is_placed_within_the_step() -> None:
    (expected,) = solve_reference(Population(1, AdEx, I=900.0), 60.0).spike_trains()
    for dt in (0.1, 0.025):
        _, spikes = run(1, AdEx, dt, 60.0, I=900.0)
        assert np.abs(spikes.t - expected).max() < 1.2 * dt


@pytest.mark.parametrize(
    ("integrator", "order"), [("euler", 1), ("rk2", 2), ("heun", 2), ("exponential_euler", 1)]
)
def test_spikes_have_the_order_of_the_method(integrator: str, order: int) -> None:
    (expected,) = solve_reference(Population(1, AdaptiveLIF, I=900.0), 50.0).spike_trains()
    errors = []
    for dt in (0.1, 0.05, 0.025):
        _, spikes = run(1, AdaptiveLIF, dt, 50.0, I=900.0, integrator=integrator)
        errors.append(np.abs(spikes.t - expected)[-1])
    assert np.log2(errors[0] / errors[-1]) / 2 == pytest.approx(order, abs=0.2)


def test_filters_stay_exact_and_refractory_neurons_stand_still() -> None:
    cells = Population(1, LIF, precise_spikes=True, **FILTERED)
    spikes, trace = SpikeMonitor(cells), StateMonitor(cells, ["v", "x0_exc"])
    Network(cells, spikes, trace, dt=0.1, seed=0).run(40)
    np.testing.assert_allclose(trace["x0_exc"][:, 0], 4 * np.exp(-trace.t / 5), rtol=1e-12)
    # The state after the step in which it returns is above the reset.
    waiting = (trace.t > spikes.t[0]) & (trace.t < spikes.t[0] + 2)
    assert waiting.sum() == 20
    assert (trace["v"][waiting] == 0).all()
    assert trace["v"][np.flatnonzero(waiting)[-1] + 1, 0] > 0


def test_without_reset_only_the_times_change() -> None:
    currents = np.linspace(5.0, 20.0, 7)
    traces = []
    for precise in (False, True):
        cells = Population(7, HodgkinHuxley, I=currents, integrator="rk4", precise_spikes=precise)
        spikes, trace = SpikeMonitor(cells), StateMonitor(cells, "v")
        Network(cells, spikes, trace, dt=0.025, seed=0).run(20)
        traces.append((trace["v"], spikes.spike_trains()))
    (grid, coarse), (same, fine) = traces
    np.testing.assert_allclose(same, grid, rtol=0, atol=1e-8)
    expected = solve_reference(Population(7, HodgkinHuxley, I=currents), 20.0).spike_trains()
    for rough, train, exact in zip(coarse, fine, expected, strict=True):
        np.testing.assert_array_equal(np.floor(train / 0.025 + 1e-9), np.rint(rough / 0.025))
        np.testing.assert_allclose(train, exact, rtol=0, atol=5e-5)


def test_a_linear_model_without_reset_is_located_on_a_line() -> None:
    clock = NeuronModel(
        "dx/dt = y/ms : 1\ndy/dt = -x/ms : 1", threshold="x < 0.5", initial={"x": "1"}, name="Clock"
    )
    cells, spikes = run(1, clock, 0.01, 14.0)
    assert cells.integrator == "exact"
    np.testing.assert_allclose(spikes.t, np.pi / 3 + 2 * np.pi * np.arange(3), rtol=0, atol=1e-5)


def network(
    threads: int = 1, watched: bool = False, delay: float = 0.7, precise: bool = True, trials: int = 1
) -> tuple[Network, SpikeMonitor, Population]:
    """Recurrent neurons of two states with filters, by rk4."""
    rng = np.random.default_rng(3)
    cells = Population(
        139,
        AdaptiveLIF,
        receptors={"inh": PSCFilter(6.0)},
        I=np.linspace(300, 1500, 139),
        precise_spikes=precise,
    )
    weights = Dense(-300 * rng.random((139, 139)))
    parts: list[Any] = [Projection(cells, cells, weights, receptor="inh", delay=delay), SpikeMonitor(cells)]
    if watched:
        parts += [StateMonitor(cells[3:50], "v"), SpikeMonitor(cells[5:])]
    return Network(cells, parts, dt=0.1, seed=0, threads=threads, trials=trials), parts[1], cells


def test_pieces_threads_chunks_and_monitors_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    def result(*pieces: float, **options: Any) -> list[np.ndarray]:
        net, spikes, cells = network(**options)
        for piece in pieces or (60.0,):
            net.run(piece)
        return [spikes.t, spikes.i, *(np.asarray(cells[s]) for s in cells.system.states)]

    whole = result()
    assert whole[0].size > 200
    assert not np.allclose(whole[0] / 0.1, np.rint(whole[0] / 0.1))
    results = [result(0.1, 23.3, 36.6), result(watched=True)]
    monkeypatch.setattr(population_state, "CHUNK", 32)
    results.append(result())
    monkeypatch.setattr("neurosim.engines.native.WORTH_A_THREAD", 0)
    results.append(result(threads=3))
    for other in results:
        for a, b in zip(whole, other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_slices_and_trials_have_the_times_of_their_neurons() -> None:
    cells = Population(5, LIF, v_in=[0.5, 1.2, 1.3, 1.5, 2.0], precise_spikes=True)
    whole, part = SpikeMonitor(cells), SpikeMonitor(cells[2:])
    Network(cells, whole, part, dt=0.5, seed=0, trials=2).run(100)
    assert part.count.shape == (2, 3)
    for trial in (0, 1):
        for a, b in zip(whole.spike_trains(trial)[2:], part.spike_trains(trial), strict=True):
            np.testing.assert_array_equal(a, b)
            assert a.size > 1


def test_times_are_streamed_to_a_file_and_read_back(tmp_path: Path) -> None:
    cells = Population(5, LIF, v_in=[0.5, 1.2, 1.3, 1.5, 2.0], precise_spikes=True)
    kept, streamed = SpikeMonitor(cells), SpikeMonitor(cells, file=tmp_path / "spikes")
    Network(cells, kept, streamed, dt=0.5, seed=0).run(100)
    found = read_recording(streamed.path)
    np.testing.assert_array_equal(found.t, kept.t)
    np.testing.assert_array_equal(found.i, kept.i)
    np.testing.assert_allclose(found.spike_trains()[3], lif_times(1.5, 20, 2, 0, 100), rtol=0, atol=1e-9)


@pytest.mark.parametrize("delay", [0.0, 0.1])
def test_a_spike_is_delivered_as_one_on_the_grid(delay: float) -> None:
    """The first spike of a neuron reaches its targets in the step in which it would without the option."""
    arrivals = []
    for precise in (False, True):
        source = Population(1, LIF, v_in=1.5, precise_spikes=precise)
        target = Population(1, LIF, receptors={"exc": PSCFilter(5.0)})
        trace = StateMonitor(target, "x0_exc")
        projection = Projection(source, target, Dense([[1.0]]), receptor="exc", delay=delay)
        Network(source, target, projection, trace, dt=0.1, seed=0).run(30)
        arrivals.append(np.flatnonzero(trace["x0_exc"][:, 0])[0])
    assert arrivals[0] == arrivals[1] > 200


def test_zero_delay_resets_after_the_delivery() -> None:
    """Two neurons that excite each other at once: the one that spikes keeps its reset, its time is exact."""
    cells = Population(2, LIF, v_in=[1.5, 0.5], receptors={"exc": PSCFilter(5.0)}, precise_spikes=True)
    spikes = SpikeMonitor(cells)
    projection = Projection(cells[:1], cells[1:], Dense([[0.1]]), receptor="exc", delay=0.0)
    Network(cells, spikes, projection, dt=0.1, seed=0).run(100)
    expected = lif_times(1.5, 20, 2, 0, 100)
    np.testing.assert_allclose(spikes.spike_trains()[0], expected, rtol=0, atol=1e-6)


NOISY = NeuronModel(
    "dv/dt = -v/tau + xi/sqrt(tau) : 1", parameters={"tau": "5 ms"}, threshold="v > 1", reset="v = 0"
)
TWO_SIDED = NeuronModel("dv/dt = -v/(5*ms) : 1", threshold="v > 1 or v < -1", reset="v = 0")
SILENT = NeuronModel("dv/dt = -v/(5*ms) : 1", name="Silent")


@pytest.mark.parametrize(
    ("model", "values", "message"),
    [
        (SILENT, {"precise_spikes": True}, "Silent has no threshold"),
        (NOISY, {"precise_spikes": True}, r"noise \(xi\)"),
        (TWO_SIDED, {"precise_spikes": True}, "must be one comparison"),
        (LIF, {"precise_spikes": 1}, "must be True or False"),
        (
            LIF,
            {"precise_spikes": True, "integrator": "exact"},
            "Leave it out for 'exponential_euler'",
        ),
        (AdaptiveLIF, {"precise_spikes": True, "integrator": "exact"}, "Leave it out for 'rk4'"),
        (PerfectIntegrator, {"precise_spikes": None}, "must be True or False"),
    ],
)
def test_bad_input_is_refused(model: NeuronModel, values: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Population(1, model, **values)
