"""Channel noise: the Langevin equation of Fox and Lu, counted channels, and theory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from neurosim.errors import NeurosimError, ParameterError
from neurosim.network import Network, Population, SpikeMonitor, StateMonitor
from neurosim.neurons import Channel, Gate, NeuronModel, markov_gate, point_neuron
from neurosim.neurons.gate import q10
from neurosim.neurons.hodgkin_huxley import LEAK, POTASSIUM, SODIUM, HodgkinHuxley

ALPHA, BETA, COUNT, N, DT = 0.1, 0.3, 60, 4000, 0.1
OPEN, RATE = ALPHA / (ALPHA + BETA), ALPHA + BETA
VARIANCE = OPEN * (1 - OPEN) / COUNT

BY_RATES = Gate("x", alpha="0.05/ms", beta="0.15/ms", phi="2")
BY_TIME = Gate("x", steady_state="0.25", time_constant="2.5*ms")


def clamped(gate: Gate) -> NeuronModel:
    """A gate under a voltage clamp."""
    return NeuronModel(
        gate.noisy_equations("N"), parameters={"N": COUNT}, initial={"x": gate.start}, name="Clamp"
    )


def check_statistics(x: np.ndarray) -> None:
    """Mean, variance and autocorrelation of open fractions, shape (n_times, N), from the steady state on."""
    for now in (x[-1], x[len(x) // 2]):
        assert now.mean() == pytest.approx(OPEN, abs=4 * np.sqrt(VARIANCE / N))
        assert now.var() == pytest.approx(VARIANCE, rel=4 * np.sqrt(2 / N))
    for lag in (10, 40):
        correlation = np.corrcoef(x[-1], x[-1 - lag])[0, 1]
        assert correlation == pytest.approx(np.exp(-RATE * lag * DT), abs=4 / np.sqrt(N))


@pytest.mark.parametrize("gate", [BY_RATES, BY_TIME], ids=["rates", "steady state"])
@pytest.mark.parametrize("integrator", ["exponential_euler", "milstein"])
def test_langevin_gates_under_a_voltage_clamp(gate: Gate, integrator: str) -> None:
    cells = Population(N, clamped(gate), integrator=integrator)
    trace = StateMonitor(cells, "x")
    Network(cells, trace, dt=DT, seed=4).run(30)
    check_statistics(trace["x"])


def test_counted_channels_under_a_voltage_clamp() -> None:
    for dt in (DT, 5.0):
        x = markov_gate(ALPHA, BETA, COUNT, duration=30, dt=dt, n=N, start=OPEN, seed=2)
        np.testing.assert_allclose(x * COUNT, np.rint(x * COUNT), rtol=1e-14)
        if dt == DT:
            check_statistics(x)
        else:  # a long step changes nothing
            assert x[-1].var() == pytest.approx(VARIANCE, rel=4 * np.sqrt(2 / N))
            assert np.corrcoef(x[-1], x[-2])[0, 1] == pytest.approx(np.exp(-2), abs=4 / np.sqrt(N))


def test_counted_channels_follow_rates_that_change() -> None:
    alpha = np.repeat([0.0, 0.5], 100)
    beta = np.repeat([0.2, 0.0], 100)
    x = markov_gate(alpha, beta, 100, duration=20, dt=0.1, n=2000, start=1.0, seed=3)
    t = np.arange(101) * 0.1
    bound = 4 * np.sqrt(0.25 / 100 / 2000)
    np.testing.assert_allclose(x[:101].mean(axis=1), np.exp(-0.2 * t), atol=bound)
    closed = 1 - np.exp(-0.2 * 10)
    np.testing.assert_allclose(x[100:].mean(axis=1), 1 - closed * np.exp(-0.5 * t), atol=bound)
    assert x[0].min() == 1
    resting = markov_gate(0.0, 0.0, 5, duration=1, dt=0.1, n=3, start=0.4)
    assert (resting == 0.4).all()


@pytest.mark.parametrize("integrator", ["exponential_euler", "heun"])
def test_gates_stay_fractions(integrator: str) -> None:
    gate = Gate("x", alpha="0.05/ms", beta="0.8/ms")
    cells = Population(500, clamped(gate), N=4, integrator=integrator)
    trace = StateMonitor(cells, "x")
    Network(cells, trace, dt=0.1, seed=4).run(50)
    assert trace["x"].min() == 0.0
    assert trace["x"].max() <= 1.0
    assert np.isfinite(trace["x"]).all()


def test_few_channels_fire_spontaneously_and_many_do_not() -> None:
    """A patch of squid membrane has 60 sodium and 18 potassium channels a square micrometre."""
    noisy = point_neuron(
        [replace(SODIUM, count=60), replace(POTASSIUM, count=18), LEAK],
        C_m="1 uF/cm2",
        equations=f"phi = {q10(3, '6.3 celsius')} : 1",
        parameters={"T": "6.3 celsius"},
        name="Patch",
    )
    area = np.repeat([10.0, 1e5], 20)  # um2
    cells = Population(40, noisy, N_Na=60 * area, N_K=18 * area)
    spikes, gates = SpikeMonitor(cells), StateMonitor(cells, ["m", "h", "n"], dt=1.0)
    Network(cells, spikes, gates, dt=0.02, seed=8).run(300)
    assert cells.integrator == "exponential_euler"
    small, large = spikes.count[:20], spikes.count[20:]
    assert small.mean() > 3
    assert small.min() > 0
    assert large.max() == 0
    for gate in ("m", "h", "n"):
        assert gates[gate].min() >= 0
        assert gates[gate].max() <= 1
    rest = HodgkinHuxley.steady_state()
    assert cells["n"][20:].mean() == pytest.approx(rest["n"], abs=0.01)
    assert r"\xi_{\mathrm{m}}" in noisy.latex()
    assert "number of Na channels" in noisy.table()


def test_the_number_of_channels_may_be_an_expression() -> None:
    channel = Channel(
        "K", "36 mS/cm2", "-77 mV", [BY_RATES], count="density*area", parameters={"density": "18 um**-2"}
    )
    model = point_neuron([channel, LEAK], C_m="1 uF/cm2", parameters={"area": "100 um2"})
    noise = "sqrt((2)*(alpha_x*(1 - x) + beta_x*x)/(density*area))*xi_x"
    assert f" + {noise} : 1 (fraction)" in model.equations
    assert "N_K" not in model.parameters
    plain = point_neuron([replace(channel, count=None), LEAK], C_m="1 uF/cm2", parameters={"area": "1 um2"})
    assert not plain.system.noises


@pytest.mark.parametrize("count", [0, -3, float("nan"), (5, "mV"), True, [3]])
def test_numbers_of_channels_that_cannot_be(count: object) -> None:
    with pytest.raises(NeurosimError, match=r"Channel K\.(count|N_K)"):
        Channel("K", "36 mS/cm2", "-77 mV", [BY_RATES], count=count)


def test_a_channel_without_slow_gates_has_no_noise() -> None:
    fast = Gate("p", steady_state="0.5", instantaneous=True)
    for gates in ([], [fast]):
        with pytest.raises(ParameterError, match="needs a gate that takes time"):
            Channel("K", "36 mS/cm2", "-77 mV", gates, count=10)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"alpha": -0.1}, "alpha.*negative"),
        ({"alpha": "3 mV"}, "alpha"),
        ({"beta": np.ones(7)}, r"shape must be \(\), \(10,\) or \(10, 3\)"),
        ({"beta": np.ones((10, 2))}, "shape"),
        ({"count": 0}, "count"),
        ({"count": 2.5}, "count"),
        ({"n": 0}, "n = 0"),
        ({"dt": 0}, "dt"),
        ({"duration": [1, 2]}, "duration"),
        ({"start": 1.2}, "fraction"),
    ],
)
def test_bad_input_of_counted_channels(given: dict[str, object], fault: str) -> None:
    good = {"alpha": 0.1, "beta": 0.2, "count": 5, "duration": 1.0, "dt": 0.1, "n": 3}
    assert markov_gate(**good).shape == (11, 3)  # type: ignore[arg-type]
    with pytest.raises(NeurosimError, match=fault):
        markov_gate(**{**good, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("dx/dt = -x/ms : mV (fraction)", "a fraction is dimensionless, but x is in mV"),
        ("x = 0.5 : 1 (fraction)", "only a differential equation can be a 'fraction'"),
    ],
)
def test_fractions_are_dimensionless_states(text: str, fault: str) -> None:
    with pytest.raises(NeurosimError, match=fault):
        NeuronModel(text)
