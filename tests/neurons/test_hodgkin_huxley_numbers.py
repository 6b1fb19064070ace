"""The numbers of Hodgkin and Huxley (1952) and of independent computations with its parameters."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim.engines.tuning_curve import measure_rates
from neurosim.network import Network, Population, SpikeMonitor, StateMonitor
from neurosim.neurons import HodgkinHuxley

REST = HodgkinHuxley.steady_state()


def test_parameters_of_the_paper() -> None:
    values = {name: (p.value, p.unit) for name, p in HodgkinHuxley.parameters.items()}
    assert values["C_m"] == (1.0, "uF/cm2")
    assert [values[f"g_{ion}"] for ion in ("Na", "K", "L")] == [(g, "mS/cm2") for g in (120.0, 36.0, 0.3)]
    # From rest at -65 mV: +115, -12 and +10.613 mV.
    assert [values[f"E_{ion}"][0] + 65 for ion in ("Na", "K", "L")] == pytest.approx([115, -12, 10.613])
    assert values["T"] == (6.3, "celsius")


def at(v: float) -> dict[str, float]:
    """Rates and gates at rest for a voltage."""
    system, values = HodgkinHuxley.system, HodgkinHuxley.values()
    return system.with_subexpressions(values | {"v": v, "m": 0.0, "h": 0.0, "n": 0.0, "I": 0.0})


def test_gates_at_rest() -> None:
    start = HodgkinHuxley.start(HodgkinHuxley.values())
    assert start["v"] == -65.0
    assert start["m"] == pytest.approx(0.0529324853, abs=1e-10)
    assert start["h"] == pytest.approx(0.5961207535, abs=1e-10)
    assert start["n"] == pytest.approx(0.3176769141, abs=1e-10)


@pytest.mark.parametrize(("gate", "tau"), [("m", 0.2368), ("h", 8.516), ("n", 5.459)])
def test_time_constants_at_rest(gate: str, tau: float) -> None:
    rates = at(-65.0)
    assert 1 / (rates[f"alpha_{gate}"] + rates[f"beta_{gate}"]) == pytest.approx(tau, rel=3e-4)


@pytest.mark.parametrize(("rate", "v", "limit"), [("alpha_m", -40.0, 1.0), ("alpha_n", -55.0, 0.1)])
def test_rates_are_continuous_where_their_formula_is_zero_over_zero(
    rate: str, v: float, limit: float
) -> None:
    assert at(v)[rate] == limit
    slope = (at(v + 1e-3)[rate] - at(v - 1e-3)[rate]) / 2e-3
    for near in (1e-14, 1e-12, 1e-9, 1e-6):
        assert at(v + near)[rate] == pytest.approx(limit + slope * near, abs=1e-12)
        assert at(v - near)[rate] == pytest.approx(limit - slope * near, abs=1e-12)


def test_rates_follow_the_temperature() -> None:
    warm = HodgkinHuxley.copy(T=16.3)
    values = warm.values() | {"v": -50.0, "m": 0.1, "h": 0.5, "n": 0.3, "I": 0.0}
    cold = HodgkinHuxley.values() | {"v": -50.0, "m": 0.1, "h": 0.5, "n": 0.3, "I": 0.0}
    a, b = warm.system.derivatives(values), HodgkinHuxley.system.derivatives(cold)
    assert a["v"] == b["v"]
    for gate in "mhn":
        assert a[gate] == pytest.approx(3 * b[gate], rel=1e-12)


def test_the_resting_potential() -> None:
    assert REST["v"] == pytest.approx(-64.99638, abs=1e-5)


def test_the_resting_conductance() -> None:
    gates = HodgkinHuxley.start(HodgkinHuxley.values())
    conductance = 120 * gates["m"] ** 3 * gates["h"] + 36 * gates["n"] ** 4 + 0.3
    assert conductance == pytest.approx(0.6773, abs=5e-5)


def run(
    *currents: tuple[float, object], dt: float = 0.01, **values: object
) -> tuple[StateMonitor, SpikeMonitor]:
    """Neurons at rest under a row of (duration, current)."""
    n = max(np.size(current) for _, current in currents)
    cells = Population(n, HodgkinHuxley, integrator="rk4", **(REST | values))
    trace, spikes = StateMonitor(cells, "v"), SpikeMonitor(cells)
    network = Network(cells, trace, spikes, dt=dt, seed=0)
    for duration, current in currents:
        cells["I"] = current
        network.run(duration)
    return trace, spikes


def test_a_step_from_rest_fires_one_spike_from_2_24_to_2_30() -> None:
    _, spikes = run((60.0, [2.24, 2.30, 5.0]))
    assert spikes.count.tolist() == [0, 1, 1]


def test_anode_break() -> None:
    _, spikes = run((50.0, [-3.0, -2.0]), (50.0, 0.0))
    strong, weak = spikes.spike_trains()
    assert weak.size == 0
    assert strong.size == 1
    assert strong[0] == pytest.approx(57.11, abs=0.02)


@pytest.mark.parametrize(
    ("celsius", "peak", "half_width"), [(6.3, 40.50, 1.456), (18.5, 30.27, 0.413)], ids=["6.3 C", "18.5 C"]
)
def test_the_spike_after_a_millisecond_of_20(celsius: float, peak: float, half_width: float) -> None:
    trace, _ = run((1.0, 20.0), (9.0, 0.0), dt=0.002, T=celsius)
    t, v = trace.t, trace["v"][:, 0]
    assert v.max() == pytest.approx(peak, abs=0.01)
    middle = (REST["v"] + v.max()) / 2
    first, last = np.flatnonzero(v > middle)[[0, -1]]
    rise = np.interp(middle, v[first - 1 : first + 1], t[first - 1 : first + 1])
    fall = np.interp(-middle, -v[last : last + 2], t[last : last + 2])
    # The width midway between rest and peak; the number to compare with does not say where it was taken.
    assert fall - rise == pytest.approx(half_width, rel=0.02)


def test_repetitive_firing_begins_near_6_26_at_a_high_rate() -> None:
    below, above, ten, twenty = measure_rates(HodgkinHuxley, [6.20, 6.32, 10.0, 20.0])
    assert below == 0.0
    assert above > 45.0
    assert ten == pytest.approx(68.3, rel=5e-3)
    assert twenty == pytest.approx(86.5, rel=5e-3)


def test_exponential_euler_fires_at_the_same_rates() -> None:
    cells = Population(2, HodgkinHuxley, integrator="exponential_euler", I=[10.0, 20.0])
    spikes = SpikeMonitor(cells)
    Network(cells, spikes, dt=0.005, seed=0).run(400)
    rates = [1000 / np.diff(train[train > 150]).mean() for train in spikes.spike_trains()]
    assert rates == pytest.approx([68.3, 86.5], rel=5e-3)


def test_a_spike_is_counted_once_where_the_voltage_rises_through_zero() -> None:
    trace, spikes = run((30.0, 10.0))
    v = trace["v"][:, 0]
    # The monitor shows the state before a step; a spike belongs to the step that ends above threshold.
    rising = np.flatnonzero((v[:-1] <= 0) & (v[1:] > 0))
    np.testing.assert_array_equal(np.rint(spikes.t / 0.01), rising)
    assert spikes.t.size == 2
