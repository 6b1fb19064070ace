"""What Brian2 cannot express, what it does otherwise, its three ways of running, and its objects."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neurosim import (
    LIF,
    Brian2,
    Channel,
    Dense,
    Formula,
    GammaPopulation,
    HodgkinHuxley,
    Lapicque,
    Network,
    NeuronModel,
    OneToOne,
    Parrot,
    PoissonInput,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    PulseTrain,
    RateMonitor,
    Receptor,
    Sine,
    Sparse,
    SpikeGenerator,
    SpikeMonitor,
    StateMonitor,
    TimedArray,
)
from neurosim.errors import NonFiniteError, ParameterError

brian2 = pytest.importorskip("brian2")


def refused(*parts: Any, match: str, **values: Any) -> None:
    network = Network(*parts, **values)
    monitors = [m for m in network.monitors if isinstance(m, SpikeMonitor)]
    with pytest.raises(ParameterError, match=match):
        network.run(1, engine="brian2")
    assert (network.step, network.session) == (0, None)
    assert all(len(m) == 0 for m in monitors)
    network.run(1, engine="native")


def test_what_brian2_cannot_express_is_refused_and_named() -> None:
    precise = Population(2, LIF, precise_spikes=True, name="precise")
    refused(
        precise, SpikeMonitor(precise), match=r"precise.precise_spikes = True: Brian2 finds spikes on the"
    )
    gamma = GammaPopulation(2, "10 Hz", name="gamma")
    refused(gamma, match=r"'gamma': is a GammaPopulation, for which .* SpikeGenerator.from_monitor")
    twice = SpikeGenerator(2, [1, 1], [0.5, 0.5], name="twice")
    refused(twice, match=r"twice.times = 0.5: unit 1 has several spikes in this step")
    source, parrot = SpikeGenerator(2, [0], [0.5]), Parrot(2, name="parrot")
    echo = Projection(source, parrot, Dense(np.ones((2, 2))), delay=1)
    refused(source, parrot, echo, match=r"parrot.spikes = 2.0: .* on Brian2 fires once. Use the native")
    saturating = Receptor("ds/dt = -s/(5*ms) : 1", output="s", jump={"s": "1 - s"})
    source, cells = SpikeGenerator(2), Population(2, LIF, receptors={"e": saturating}, name="cells")
    ends = Projection(source, cells, OneToOne(np.ones(2)), name="ends")
    refused(source, cells, ends, match=r"ends.receptor = 'e': adds what depends on s_e")
    moving = NeuronModel(
        "dv/dt = (2 - v)/(9*ms) : 1 (unless refractory)\ndtheta/dt = (1 - theta)/(5*ms) : 1",
        threshold="v > theta",
        reset="v = 0; theta += 1",
        refractory="2*ms",
    )
    refused(Population(1, moving, name="m"), match=r"m.threshold = 'v > theta': depends on theta, which")
    odd = NeuronModel("dN/dt = -N/(9*ms) : 1", name="Odd")
    refused(
        Population(1, odd, name="o"), match=r"o.model = 'Odd': cannot be given to Brian2: .*N.* Rename it"
    )


def test_what_cannot_be_changed_after_the_first_run() -> None:
    source = SpikeGenerator(2, [0], [0.5])
    cells = Population(2, LIF, receptors={"e": PSCFilter(5)}, v_in=3.0, name="cells")
    weights = Dense([[1.0, 0.0], [0.0, 1.0]])
    varying = PoissonPopulation(1, "10*Hz*t/ms", name="varying")
    network = Network(source, varying, cells, Projection(source, cells, weights, name="ends"))
    network.run(8.5, engine="brian2")  # in the refractory time of the first spike
    with pytest.raises(
        ParameterError, match=r"Network.run.engine = 'native': cannot go on .* Brian2\('numpy'\)"
    ):
        network.run(1, engine="native")
    cells["tau_ref"] = 5.0
    with pytest.raises(ParameterError, match=r"cells.refractory = .* changed for neuron 0 in its refractory"):
        network.run(1)
    cells["tau_ref"] = 2.0
    cells["tau_m"] = [10.0, 20.0]
    with pytest.raises(
        ParameterError, match=r"cells.tau_m .* was one number for all neurons in the first run"
    ):
        network.run(1)
    cells["tau_m"] = 15.0
    weights.weights[0, 1] = 1.0
    with pytest.raises(ParameterError, match=r"ends.connectivity .* has synapses that were not there"):
        network.run(1)
    weights.weights[0, 1] = 0.0
    varying.rate = 3.0
    with pytest.raises(ParameterError, match=r"varying.rate = 3.0: has changed after the first run"):
        network.run(1)
    assert network.step == 85


def test_a_state_that_is_not_finite_stops_the_run() -> None:
    growing = NeuronModel("dv/dt = v**2/ms : 1", integrator="euler", name="Growing")
    cells = Population(3, growing, v=[0.0, 0.5, 0.0], name="cells")
    v = StateMonitor(cells, "v")
    with pytest.raises(NonFiniteError, match=r"cells.v: neuron 1 became .* between 0 and 20 ms"):
        Network(cells, v).run(20, engine="brian2")
    assert v["v"].shape == (200, 3)


def test_targets(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"Brian2.target = 'java': must be one of numpy, cython, cpp"):
        Brian2("java")
    with pytest.raises(ParameterError, match=r"Brian2.directory"):
        Brian2("numpy", directory=tmp_path)
    assert Brian2() == Brian2("numpy") != Brian2("cython")
    kept = brian2.prefs.codegen.target
    assert len(small(Brian2())[1]) > 3
    assert brian2.prefs.codegen.target == kept


def small(engine: Any) -> tuple[Network, SpikeMonitor, StateMonitor]:
    """A network with a function that Brian2 has to be given."""
    model = NeuronModel(
        """
        dv/dt = (I - bent)/tau : mV (unless refractory)
        bent = where(v > 2*mV, 0.5*v, v) - maximum(v, 3*mV) - minimum(v, 1*mV) : mV
        I : mV (input)
        """,
        parameters={"tau": "10 ms", "tau_ref": "2 ms"},
        threshold="v > 8*mV",
        reset="v = -v",
        refractory="tau_ref",
        integrator="heun",
    )
    source = SpikeGenerator(2, [0, 1, 0], [1, 5, 9])
    cells = Population(4, model, receptors={"e": PSCFilter("3 ms")}, I=[1, 5, 9, 15], name="cells")
    rows = np.random.default_rng(2).random((4, 2))
    cells[1:3]["I"] = TimedArray(rows, 3, interpolation="linear", after="repeat") + PulseTrain(1, 100, 2) + 7
    called = PoissonPopulation(200, lambda t: 1e4 * (t < 7), name="called")
    spikes, v = SpikeMonitor(cells), StateMonitor(cells, "v")
    ends = Projection(source, cells, Dense(np.full((2, 4), 8.0)), delay=0.7)
    network = Network(source, cells, called, ends, spikes, v, SpikeMonitor(called), seed=2)
    network.run(40, engine=engine)
    return network, spikes, v


@pytest.mark.slow
@pytest.mark.parametrize("target", ["cython", "cpp_standalone"])
def test_compiled_targets_agree(target: str) -> None:
    pytest.importorskip("Cython")
    _, spikes, v = small("native")
    network, theirs, their_v = small(Brian2(target))
    assert len(spikes) > 5
    assert spikes.t.tolist() == theirs.t.tolist()
    assert np.abs(v["v"] - their_v["v"]).max() < 1e-11
    fired: Any = network.monitors[2]
    assert len(fired) == pytest.approx(200 * 70 * -np.expm1(-1), abs=4 * np.sqrt(200 * 70) / 2)
    assert fired.t.max() == pytest.approx(6.9)
    if target == "cpp_standalone":
        with pytest.raises(ParameterError, match=r"is a program that runs once"):
            network.run(1)
        assert brian2.get_device().__class__.__name__ == "RuntimeDevice"


def test_going_on_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(brian2.prefs, "codegen.target", "numpy")
    source = SpikeGenerator(2, [0, 1], [1.0, 2.0], name="source")
    cells = Population(2, Lapicque, receptors={"e": PSCFilter("5 ms")}, I=[400.0, 600.0], name="cells")
    axons = Population(2, HodgkinHuxley, I=10.0, name="axons")
    v, spikes = StateMonitor(cells, "v", name="v"), SpikeMonitor(cells, name="spikes")
    ends = Projection(source, cells, OneToOne([2000.0, 1000.0]), name="ends", delay="1.5 ms")
    network = Network(source, cells, axons, ends, v, spikes)
    made, parts = network.to_brian2()
    assert isinstance(made, brian2.Network)
    assert set(parts) == {"source", "cells", "axons", "ends", "v", "spikes"}
    group = parts["cells"]
    assert (
        group.tau_m == Lapicque.parameters["tau_m"].value * brian2.ms
        if "tau_m" in Lapicque.parameters
        else True
    )
    assert np.allclose(group.I_external / brian2.pA, [400.0, 600.0])
    assert np.allclose(parts["ends"].pre.delay / brian2.ms, 1.5)
    assert "unless refractory" in str(group.user_equations)
    assert parts["axons"]._refractory == HodgkinHuxley.threshold
    made.run(20 * brian2.ms, namespace={})
    assert network.session is None
    network.run(20)
    assert np.allclose(np.asarray(parts["v"].v).T * 1000, v["v"], rtol=1e-12, atol=1e-12)
    assert parts["spikes"].num_spikes == len(spikes) > 0


def test_random_sources_have_their_rates(engine: str) -> None:
    n, dt = 400, 0.5
    constant = PoissonPopulation(n, "40 Hz")
    sine = PoissonPopulation(n, "r*(1 + sin(2*pi*t/(100*ms)))", parameters={"r": "40 Hz"})
    bins = PoissonPopulation(n, np.repeat([[0.0], [80.0]], n, axis=1), rate_dt="100 ms")
    silent = NeuronModel("dx/dt = 0*x/ms : 1\nI : 1 (input)", name="Counter")
    counters = Population(
        n, silent, receptors={"e": Receptor("", output="0", jump={"x": "1"})}, name="counters"
    )
    background = PoissonInput(counters[: n // 2], n=5, rate="20 Hz", weight=2.0)
    monitors = [RateMonitor(group, 50) for group in (constant, sine, bins)]
    network = Network(constant, sine, bins, counters, background, monitors, dt=dt, seed=4)
    kept = np.random.get_state()[1].copy()  # noqa: NPY002
    network.run(50, engine=engine)
    network.run(150)
    assert np.array_equal(np.random.get_state()[1], kept)  # noqa: NPY002
    steps = np.arange(400) * dt
    rates = [np.full(400, 40.0), 40 * (1 + np.sin(2 * np.pi * steps / 100)), np.repeat([0.0, 80.0], 200)]
    for monitor, rate in zip(monitors, rates, strict=True):
        p = -np.expm1(-rate * dt / 1000).reshape(4, 100)
        expected, spread = n * p.sum(axis=1), np.sqrt(n * (p * (1 - p)).sum(axis=1))
        assert np.all(np.abs(monitor.count - expected) <= 4 * spread)
    arrived = counters["x"]
    assert np.all(arrived[n // 2 :] == 0)
    mean = 5 * 20 * 0.2
    assert abs(arrived[: n // 2].mean() / 2 - mean) < 4 * np.sqrt(mean / (n / 2))
    assert abs(arrived[: n // 2].var() / 4 - mean) < 4 * mean * np.sqrt(2 / (n / 2))


def test_quantities_of_brian2_are_taken_everywhere() -> None:
    ms, mV, pA, Hz, nS = brian2.ms, brian2.mV, brian2.pA, brian2.Hz, brian2.nS
    plain = (0.2, 30.0, [1.0, 2.0], 25.0, 400.0, -65.0, 12.0, 1.5, 2.0)
    with_unit: list[Any] = [0.2 * ms, 30 * Hz, [1, 2] * ms, 25 * ms, 0.4 * brian2.nA, -0.065 * brian2.volt]
    with_unit += [12 * ms, 1.5 * ms, 2 * ms]

    def build(values: Any) -> Network:
        dt, rate, times, duration, current, start, tau, delay, interval = values
        noise, source = PoissonPopulation(3, rate), SpikeGenerator(2, [0, 1], times)
        cells = Population(2, Lapicque, receptors={"e": PSCFilter(tau)}, I=current, v=start)
        ends = Projection(source, cells, OneToOne([1.0, 2.0]), delay=delay)
        network = Network(noise, source, cells, ends, StateMonitor(cells, "v", dt=interval), dt=dt, seed=3)
        network.run(duration)
        return network

    one, other = build(plain), build(with_unit)
    assert other.dt == pytest.approx(0.2)
    assert other.step == one.step == 125
    assert np.allclose(one.monitors[0]["v"], other.monitors[0]["v"], rtol=1e-12)  # type: ignore[index]
    conductance = NeuronModel(
        "dv/dt = g*(E - v)/C : mV", parameters={"g": (1, "nS"), "E": -70 * mV, "C": 100 * brian2.pF}
    )
    assert conductance.parameters["E"].value == pytest.approx(-70.0)
    assert Population(1, conductance, g=3 * nS)["g"] == pytest.approx(3.0)
    assert Population(1, Lapicque, I=3 * pA)["I"] == pytest.approx(3.0)
    delayed = Sparse([0, 1], [0, 1], 1.0, n_pre=2, n_post=2, delays=[1 * ms, 2 * ms])
    assert delayed.delays == pytest.approx([1, 2])
    assert Channel("L", 3 * brian2.msiemens / brian2.cm**2, -70 * mV).equation == "I_L = g_L*(v - E_L)"
    drive = TimedArray([1, 2] * brian2.nA, 1 * ms) + Formula("a", {"a": 5 * pA})
    assert drive.sample(2 * ms, dt=1, unit="pA")[1][:, 0] == pytest.approx([1005, 2005])
    assert Sine(1 * pA, 10 * Hz).sample(1 * ms)[2] == "pA"
    modulated = PoissonPopulation(1, "a*(1 + sin(t/ms))", parameters={"a": 0.02 * brian2.kHz})
    assert modulated.firing_rate.at(np.array([0]), 0.1) == pytest.approx(20)
    with pytest.raises(ParameterError, match=r"Dense.weights = .*: must be numbers without a unit"):
        Dense([[1 * nS, 2 * nS]])


def test_without_brian2_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brian2", None)
    network = Network(Population(1, LIF))
    with pytest.raises(ImportError, match=r"pip install 'neurosim\[brian2\]'"):
        network.run(1, engine="brian2")
    assert network.session is None
