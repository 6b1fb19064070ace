"""Receptors, operators, delays, sources, coupling and monitors: the same on Brian2."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neurosim import (
    AMPA,
    GABA_A,
    GABA_B,
    LIF,
    NMDA,
    AllToAll,
    Alpha,
    AveragePool2d,
    BiExponential,
    Conductance,
    Continuous,
    Conv1d,
    Conv2d,
    Dense,
    GapJunction,
    HodgkinHuxley,
    Lapicque,
    LeakyRate,
    LIFRate,
    LowRank,
    McCullochPitts,
    Network,
    OneToOne,
    Parrot,
    Population,
    Projection,
    PSCFilter,
    RateMonitor,
    RateSource,
    Receptor,
    ShortTermPlasticity,
    Sparse,
    SpikeGenerator,
    SpikeMonitor,
    StateMonitor,
    WeightMonitor,
    connectivity,
)
from neurosim.connectivity import Connectivity

ROUND_OFF = 1e-11


def volley(n: int, n_spikes: int, duration: float, *, trials: int = 1) -> SpikeGenerator:
    """Spikes of n units at random times, at most one in a step."""
    rng = np.random.default_rng(3)
    steps = rng.permutation(int(duration * 10))[:n_spikes]
    trial = rng.integers(0, trials, n_spikes) if trials > 1 else None
    return SpikeGenerator(n, rng.integers(0, n, n_spikes), np.sort(steps) * 0.1, trials=trial, name="volley")


CURRENTS = {
    "exponential": PSCFilter("5 ms", normalize="peak"),
    "gamma": PSCFilter("4 ms", order=2, normalize="peak"),
    "alpha": Alpha("3 ms", normalize="peak"),
    "difference": BiExponential("1 ms", "4 ms", normalize="peak"),
}
CONDUCTANCES = {
    "g": Conductance(BiExponential("0.5 ms", "2.4 ms", normalize="peak"), reversal="0 mV"),
    **{"ampa": AMPA(), "nmda": NMDA(), "gaba_a": GABA_A(), "gaba_b": GABA_B()},
}


@pytest.mark.parametrize("delay", [0.0, 1.3])
@pytest.mark.parametrize("receptors", [CURRENTS, CONDUCTANCES], ids=["currents", "conductances"])
def test_every_receptor(pair: Any, receptors: dict[str, Receptor], delay: float) -> None:
    weights = np.random.default_rng(1).random((3, 4))
    size = 200.0 if receptors is CURRENTS else 2.0

    def build() -> Network:
        source = volley(3, 60, 40)
        cells = Population(4, Lapicque, receptors=receptors, I=300.0, name="cells")
        ends = [
            Projection(source, cells, Dense(size * weights), receptor=r, delay=delay, name=r)
            for r in receptors
        ]
        inputs = [f"I_{r}" for r in receptors]
        return Network(source, cells, ends, StateMonitor(cells, ["v", *inputs]), SpikeMonitor(cells))

    pair.run(build, 50)
    assert pair.n_spikes > 5
    pair.assert_same_spikes()
    assert pair.difference() < ROUND_OFF


def test_a_receptor_on_a_conductance_based_neuron_and_one_that_moves_the_membrane(pair: Any) -> None:
    def build() -> Network:
        source = volley(3, 40, 40)
        axons = Population(3, HodgkinHuxley, receptors={"e": AMPA()}, name="axons")
        cells = Population(
            3, LIF, receptors={"kick": Receptor("", output="0", jump={"v": "1"})}, v_in=0.5, name="cells"
        )
        ends = [
            Projection(source, axons, OneToOne([0.5, 1.0, 2.0]), delay=0.5),
            Projection(axons, cells, AllToAll(0.3, 3, 3), delay=0.0),
        ]
        states = [StateMonitor(axons, ["v", "m"]), StateMonitor(cells, "v")]
        return Network(source, axons, cells, ends, states, SpikeMonitor(axons), SpikeMonitor(cells), dt=0.05)

    pair.run(build, 50)
    assert pair.n_spikes > 10
    pair.assert_same_spikes()
    assert pair.difference() < ROUND_OFF


def operators() -> dict[str, Any]:
    rng = np.random.default_rng(5)
    w = rng.standard_normal
    ends, picked = (rng.integers(0, 16, 30), rng.integers(0, 16, 30)), rng.random((16, 16)) < 0.3
    return {
        "dense": Dense(w((16, 16))),
        "sparse": Sparse.from_matrix(w((16, 16)) * picked),
        "parallel": Sparse(*ends, w(30), n_pre=16, n_post=16),
        "one": OneToOne(w(16)),
        "all": AllToAll(0.3, 16, 16),
        "others": AllToAll(0.3, 16, 16, autapses=False),
        "low": LowRank(w((16, 2)), w((2, 16))),
        "conv": Conv2d(w((1, 1, 3, 3)), (1, 4, 4), padding=1),
        "strided": Conv2d(w((2, 1, 2, 2)), (1, 4, 4), stride=2),
        "grouped": Conv1d(w((4, 2, 3)), (4, 4), padding=2, dilation=2, groups=2),
        "uncovered": Conv1d(w((3, 4, 2)), (4, 4), stride=2).T,
        "pool": AveragePool2d((1, 4, 4), 2),
        "transposed": Dense(w((16, 16))).T,
        "unpool": AveragePool2d((1, 4, 4), 2).T,
    }


def test_every_operator(pair: Any) -> None:
    public = [getattr(connectivity, name) for name in connectivity.__all__]
    members = {kind for kind in public if isinstance(kind, type) and issubclass(kind, Connectivity)}
    assert members - {Connectivity} <= {type(o) for o in operators().values()}

    def build() -> Network:
        source = volley(16, 120, 30)
        parts: list[Any] = [source]
        for name, operator in operators().items():
            pre = source if operator.n_pre == 16 else source[: operator.n_pre]
            cells = Population(operator.n_post, LIF, receptors={"e": PSCFilter("3 ms")}, v_in=0.9, name=name)
            parts += [cells, Projection(pre, cells, operator, delay=0.4), StateMonitor(cells, ["v", "v_in"])]
            parts.append(SpikeMonitor(cells))
        return Network(parts)

    pair.run(build, 40)
    assert pair.n_spikes > 50
    pair.assert_same_spikes()
    assert pair.difference() < ROUND_OFF


@pytest.mark.parametrize("trials", [1, 2])
def test_every_delay_from_every_phase(pair: Any, trials: int) -> None:
    longest = 7

    def build() -> Network:
        source = volley(4, 100, 20, trials=trials)
        parts: list[Any] = [source]
        for steps in range(longest + 1):
            cells = Population(4, LIF, receptors={"e": PSCFilter("2 ms")}, name=f"after {steps}")
            parts += [cells, Projection(source, cells, OneToOne(np.ones(4)), delay=steps * 0.1)]
            parts.append(StateMonitor(cells, "x0_e"))
        each = Population(4, LIF, receptors={"e": PSCFilter("2 ms")}, name="each")
        pairs = (np.repeat(np.arange(4), 4), np.tile(np.arange(4), 4))
        wires = Sparse(*pairs, np.arange(16.0), n_pre=4, n_post=4, delays=np.arange(16) % 8 * 0.1)
        dense = Population(4, LIF, receptors={"e": PSCFilter("2 ms")}, name="dense")
        parts += [each, dense, Projection(source, each, wires), StateMonitor(each, "x0_e")]
        parts += [Projection(source, dense, Dense(np.ones((4, 4))), delay=np.arange(16).reshape(4, 4) * 0.1)]
        return Network(parts, StateMonitor(dense, "x0_e"), trials=trials)

    pair.run(build, 25)
    assert pair.difference() < ROUND_OFF
    arrived = [m["x0_e"].max(axis=0) for m, _ in pair]
    assert all(a.min() > 0 for a in arrived[:-2])


def test_a_recurrent_network_in_pieces_with_slices_trials_and_changes(pair: Any) -> None:
    rng = np.random.default_rng(8)
    weights, start = rng.random((6, 5)), rng.random((2, 8))

    def build() -> Network:
        cells = Population(
            8,
            LIF,
            receptors={"e": PSCFilter("3 ms")},
            v_in=1.3,
            v=start,
            tau_m=np.linspace(5, 20, 8),
            name="c",
        )
        recurrent = Projection(cells[2:], cells[:5], Dense(0.5 * weights), delay=0.3, name="r")
        monitors = [
            SpikeMonitor(cells[1:6]),
            StateMonitor(cells[2:], ["v", "v_in"], record=[0, 3], dt=0.3),
            StateMonitor(cells, "v", when="end", dt=0.7),
            StateMonitor(cells, "x0_e", when="end"),
            RateMonitor(cells, 0.4),
            WeightMonitor(recurrent, [0, 7], dt=1.1),
        ]
        return Network(cells, recurrent, monitors, trials=2)

    def change(network: Network) -> None:
        (cells,) = network.groups
        cells["v_in"] = np.linspace(1.0, 2.0, 8)  # type: ignore[index]
        cells[:3]["v"] = 0.25
        network.projections[0].connectivity.weights[...] *= 1.5

    networks = [build(), build()]
    for network, engine in zip(networks, ("native", "brian2"), strict=True):
        network.run(10.3, engine=engine)
        change(network)
        network.run(20.1)
        network.run(0)
        network.run(9.6)
    pair.networks = networks
    assert pair.n_spikes > 20
    pair.assert_same_spikes()
    assert pair.difference() < ROUND_OFF
    for a, b in pair:
        if isinstance(a, RateMonitor):
            assert np.array_equal(a.count, b.count)
            assert np.array_equal(a.t, b.t)
        if isinstance(a, WeightMonitor):
            assert np.array_equal(a.weights, b.weights)
            assert np.array_equal(a.t, b.t)
    assert np.abs(networks[0].groups[0]["v"] - networks[1].groups[0]["v"]).max() < ROUND_OFF  # type: ignore[index]


def test_units_that_answer_at_once(engine: str) -> None:
    source = SpikeGenerator(3, [0, 1, 2, 0, 1, 0], [1, 2, 3, 4, 4, 9])
    first, second = Parrot(3), Parrot(3)
    gate, rest = McCullochPitts(3, threshold=[1, 2, 1]), McCullochPitts(3, veto=False)
    wires = [
        Projection(source, first, OneToOne(np.ones(3)), delay=0.1),
        Projection(first, second, OneToOne(np.ones(3)), delay=1.0),
        Projection(second, gate, AllToAll(1.0, 3, 3), receptor="exc", delay=0.1),
        Projection(source, gate, OneToOne([1.0, 0.0, 1.0]), receptor="inh", delay=1.2),
        Projection(second, rest, AllToAll(1.0, 3, 3), receptor="exc", delay=0.4),
        Projection(rest, rest, OneToOne(np.ones(3)), receptor="inh", delay=0.1),
    ]
    monitors = [SpikeMonitor(g) for g in (second, gate, rest)]
    Network(source, first, second, gate, rest, wires, monitors).run(12, engine=engine)
    repeated, logic, subtracted = (list(zip(m.t.round(9), m.i, strict=True)) for m in monitors)
    assert repeated == [(2.1, 0), (3.1, 1), (4.1, 2), (5.1, 0), (5.1, 1), (10.1, 0)]
    assert logic == [(2.2, 2), (3.2, 0), (3.2, 2), (4.2, 0), (5.2, 1), (5.2, 2), (10.2, 2)]
    expected = [(t, i) for t in (2.5, 3.5, 4.5) for i in range(3)]
    assert subtracted == [*expected, *((5.5, i) for i in range(3)), *((10.5, i) for i in range(3))]


def test_continuous_signals_and_gap_junctions(pair: Any) -> None:
    weights = np.random.default_rng(2).random((4, 4))

    def build() -> Network:
        gaps = {"near": GapJunction(), "far": GapJunction()}
        current = np.array([0.0, 200.0, 400.0, 500.0])
        one = Population(4, Lapicque, receptors=gaps, I=current, name="one")
        two = Population(4, Lapicque, receptors={"gap": GapJunction()}, I=current, name="two")
        units = Population(2, LeakyRate("tanh"), receptors={"rec": Continuous()}, x=[0.1, 0.3], name="units")
        joins = [
            Projection(one, one, Dense(weights), receptor="near", name="a"),
            Projection(two, one, Dense(weights), receptor="far", delay=0.3, name="b"),
            Projection(two, one[:2], Dense(weights[:, :2]), receptor="far", name="c"),
            Projection(one, two[:2], Dense(weights[:, :2]), name="d"),
            Projection(units, units, Dense([[0.0, 2.0], [-2.0, 0.0]]), delay=0.5, name="e"),
        ]
        monitors = [StateMonitor(one, ["v", "I"]), StateMonitor(two, ["v", "summed_gap"]), SpikeMonitor(one)]
        return Network(one, two, units, joins, monitors, StateMonitor(units, "x"))

    pair.run(build, 40)
    assert pair.n_spikes > 1
    pair.assert_same_spikes()
    assert pair.difference() < ROUND_OFF


def test_rates_that_act_on_receptors_of_spikes(pair: Any) -> None:
    weights = 0.1 * np.random.default_rng(2).random((4, 4))

    def build() -> Network:
        psc = {"psc": PSCFilter("10 ms", gain=5.0)}
        pixels = Population(4, RateSource, drive=[0.0, 100.0, 200.0, 50.0], name="pixels")
        spiking = Population(4, LIF, receptors=psc, v_in=1.5, name="spiking")
        units = Population(4, LIFRate, receptors=psc, v_in=1.5, name="units")
        last = Population(4, LIF, receptors=psc, v_in=1.5, name="last")
        joins = [
            Projection(pixels, spiking, Dense(weights), delay=1.0),
            Projection(pixels, units, Dense(weights), delay=0.2),
            Projection(units, last, Dense(weights)),
        ]
        monitors = [m for g in (spiking, last) for m in (StateMonitor(g, "v"), SpikeMonitor(g))]
        return Network(pixels, spiking, units, last, joins, monitors)

    pair.run(build, 60)
    assert pair.n_spikes > 8
    pair.assert_same_spikes()
    assert pair.difference() < ROUND_OFF


def test_short_term_plasticity(pair: Any) -> None:
    weights = np.random.default_rng(2).random((6, 6))

    def build() -> Network:
        source = volley(6, 80, 50)
        cells = Population(6, LIF, receptors={"e": PSCFilter("3 ms")}, v_in=1.1, name="cells")
        others = Population(6, Lapicque, receptors={"a": AMPA()}, I=300.0, name="others")
        wires = Sparse(
            [0, 0, 1, 2, 3], [1, 1, 2, 3, 4], np.ones(5), n_pre=6, n_post=6, delays=np.arange(5) * 0.4
        )
        depressing = ShortTermPlasticity(np.linspace(0.2, 0.7, 6), "20 ms")
        ends = [
            Projection(source, cells, wires, stp=ShortTermPlasticity(0.5, "80 ms", "30 ms")),
            Projection(source, others, Dense(weights), delay=np.round(3 * weights, 1), stp=depressing),
        ]
        ends[1].stp.x = 0.6  # type: ignore[union-attr]
        monitors = [
            StateMonitor(cells, ["v", "v_in"]),
            StateMonitor(others, ["v", "I"]),
            SpikeMonitor(others),
        ]
        return Network(source, cells, others, ends, monitors)

    pair.run(build, 60)
    pair.assert_same_spikes()
    assert pair.difference() < ROUND_OFF
    for ours, theirs in zip(*(n.projections for n in pair.networks), strict=True):
        assert ours.stp.x == pytest.approx(theirs.stp.x, abs=1e-14)
        assert ours.stp.u == pytest.approx(theirs.stp.u, abs=1e-14)
        assert ours.stp.x.min() < 0.9


def test_a_state_that_was_stored_comes_back(engine: str) -> None:
    source = volley(4, 60, 40)
    cells = Population(4, LIF, receptors={"e": PSCFilter("3 ms")}, v_in=1.1)
    v, spikes = StateMonitor(cells, "v"), SpikeMonitor(cells)
    network = Network(source, cells, Projection(source, cells, Dense(np.ones((4, 4))), delay=2.0), v, spikes)
    runs = []
    network.store("start")
    network.run(15, engine=engine)
    cells["v"] = 0.5
    network.store()
    for name in ("default", "default", "start"):
        network.run(20)
        if name == "start":
            break
        runs.append((v["v"].copy(), spikes.t.copy(), spikes.i.copy()))
        network.restore(name)
    for a, b in zip(*runs[:2], strict=True):
        assert np.array_equal(a, b)
    before = v["v"][:150].copy()
    network.restore("start")
    network.run(15)
    assert network.step == 150
    assert np.array_equal(v["v"], before)
