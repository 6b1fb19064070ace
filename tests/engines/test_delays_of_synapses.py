"""Delays that differ between synapses: every phase of the ring, against a naive twin, whatever the cuts."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from neurosim import (
    LIF,
    AllToAll,
    Dense,
    FixedProbability,
    LIFRate,
    Network,
    NeuronModel,
    Normal,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    Receptor,
    Sparse,
    SpikeMonitor,
    StateMonitor,
    Uniform,
)
from neurosim.errors import ParameterError

DT = 0.1
PERIOD = 1000  # steps; longer than any test

Relay = NeuronModel("dv/dt = drive : 1\ndrive : Hz (input)", threshold="v >= 1", reset="v = 0", name="Relay")
"""Keeps v until an event lifts it to 1; then it fires in the next step."""


def jump() -> Receptor:
    return Receptor("", output="0*Hz", jump={"v": "1"})


def clocks(steps: list[int]) -> Population:
    """Neurons of which each fires once, in the given step."""
    start = 1.0 - (np.array(steps) + 0.5) / PERIOD
    return Population(len(steps), Relay, drive=1000.0 / (PERIOD * DT), v=start)


def relays(n: int, **values) -> Population:
    return Population(n, Relay, receptors={"jump": jump()}, **values)


def steps_of(monitor: SpikeMonitor) -> dict[int, list[int]]:
    return {i: np.rint(t / DT).astype(int).tolist() for i, t in enumerate(monitor.spike_trains())}


@pytest.mark.parametrize("kind", ["sparse", "dense"])
@pytest.mark.parametrize(("shortest", "longest"), [(0, 3), (0, 1), (1, 6), (2, 5), (5, 6)])
def test_every_delay_from_every_phase_of_the_ring(shortest: int, longest: int, kind: str) -> None:
    phases, delays = np.arange(2 * longest + 3), np.arange(shortest, longest + 1)
    source, target = clocks(phases.tolist()), relays(phases.size * delays.size)
    pre, post = np.repeat(np.arange(phases.size), delays.size), np.arange(target.n)
    if kind == "sparse":
        delay = np.tile(delays * DT, phases.size)
        operator = Sparse(pre, post, 1.0, n_pre=source.n, n_post=target.n, delays=delay)
        projection = Projection(source, target, operator)
    else:
        weights = np.zeros((source.n, target.n))
        weights[pre, post] = 1.0
        steps = np.tile(np.tile(delays, phases.size), (source.n, 1))
        projection = Projection(source, target, Dense(weights), delay=steps * DT)
    spikes = SpikeMonitor(target)
    Network(source, target, projection, spikes, dt=DT).run(4)
    # The event arrives after the threshold test of its step, so the relay fires one step later.
    expected = [[int(phase + d + 1)] for phase in phases for d in delays]
    assert list(steps_of(spikes).values()) == expected


def test_a_ring_of_99_cells_each_with_a_delay_of_its_own() -> None:
    steps = np.random.default_rng(1).integers(0, 40, 99)
    cells = relays(99, v=np.eye(99)[0])
    ring = Sparse(np.arange(99), (np.arange(99) + 1) % 99, 1.0, n_pre=99, n_post=99, delays=steps * DT)
    spikes = SpikeMonitor(cells)
    total = int((steps + 1).sum())
    Network(cells, Projection(cells, cells, ring), spikes, dt=DT).run((total + 1) * DT)
    first = np.concatenate([[0], np.cumsum(steps + 1)])
    expected = {i: [int(first[i])] for i in range(99)}
    expected[0].append(total)
    assert steps_of(spikes) == expected


def test_delays_off_the_grid_go_to_the_nearest_step(engine: str) -> None:
    source, target = clocks([2]), relays(4)
    operator = Sparse([0] * 4, range(4), 1.0, n_pre=1, n_post=4, delays=[0.04, 0.14, 0.16, 0.3])
    spikes = SpikeMonitor(target)
    Network(source, target, Projection(source, target, operator), spikes, dt=DT).run(3, engine=engine)
    assert steps_of(spikes) == {0: [3], 1: [4], 2: [5], 3: [6]}


def naive_arrivals(
    fired: dict[int, np.ndarray], operator: Sparse, steps: np.ndarray, n_steps: int
) -> np.ndarray:
    """Sums by step of arrival and unit, spike by spike and synapse by synapse."""
    arrived = np.zeros((n_steps, operator.n_post))
    synapses = defaultdict(list)
    for s, (pre, post) in enumerate(zip(operator.pre, operator.post, strict=True)):
        synapses[int(pre)].append((s, int(post)))
    for step in range(n_steps):
        for unit in fired.get(step, []):
            for s, post in synapses[int(unit)]:
                if step + steps[s] < n_steps:
                    arrived[step + steps[s], post] += operator.weights[s]
    return arrived


@pytest.mark.parametrize("least", [0, 1, 4])
def test_random_delays_against_the_naive_twin(engine: str, least: int) -> None:
    rng, n_steps = np.random.default_rng(least), 300
    noise = PoissonPopulation(20, "300 Hz")
    sums = Population(15, NeuronModel("dv/dt = unused : 1\nunused : Hz (input)"), receptors={"jump": jump()})
    pre, post = np.nonzero(rng.random((20, 15)) < 0.5)
    steps = rng.integers(least, 25, pre.size)
    operator = Sparse(pre, post, rng.standard_normal(pre.size), n_pre=20, n_post=15, delays=steps * DT)
    spikes, v = SpikeMonitor(noise), StateMonitor(sums, "v")
    Network(noise, sums, Projection(noise, sums, operator), spikes, v, dt=DT, seed=3).run(
        n_steps * DT, engine=engine
    )
    fired = {int(k): spikes.i[np.rint(spikes.t / DT) == k] for k in np.unique(np.rint(spikes.t / DT))}
    expected = np.cumsum(naive_arrivals(fired, operator, steps, n_steps), axis=0)
    assert len(spikes) > 100
    # v is recorded at the beginning of a step: what arrived in step k is seen at k + 1.
    np.testing.assert_allclose(v["v"][1:], expected[:-1], atol=1e-12)


def recurrent(pieces: list[float], *, threads: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A network whose sums would show the order of every addition; three routes end on one receptor."""
    noise = PoissonPopulation(60, "400 Hz", name="noise")
    cells = Population(
        80, LIF, receptors={"psc": PSCFilter("3 ms")}, tau_m=Normal("15 ms", "2 ms", low=5), name="cells"
    )
    rule = FixedProbability(0.3, weight=Normal(0.7, 0.3), delay=Uniform("0.4 ms", "3 ms"), autapses=False)
    parts = [
        Projection(noise, cells, FixedProbability(0.5, weight=Normal(2, 1), delay=Uniform(0.6, 2)), name="a"),
        Projection(cells, cells, rule, name="b"),
        Projection(noise, cells, FixedProbability(0.5, weight=Normal(2, 1)), delay="1.1 ms", name="c"),
        Projection(noise, cells, FixedProbability(0.5, weight=Normal(2, 1)), delay="0.5 ms", name="d"),
        Projection(noise, cells, FixedProbability(0.5, weight=Normal(2, 1)), delay="0.9 ms", name="e"),
    ]
    spikes, v = SpikeMonitor(cells), StateMonitor(cells, "v")
    network = Network(noise, cells, parts, spikes, v, dt=DT, seed=5, threads=threads)
    for piece in pieces:
        network.run(piece)
    return spikes.t, spikes.i, v["v"]


def test_pieces_and_threads_change_no_bit() -> None:
    whole = recurrent([60.0])
    assert whole[0].size > 200
    for other in (
        recurrent([0.1, 0.3, 7.7, 20.2, 31.7]),
        recurrent([60.0], threads=2),
        recurrent([0.1] * 600),
    ):
        for found, expected in zip(other, whole, strict=True):
            np.testing.assert_array_equal(found, expected)


def test_routes_with_one_delay_each_change_no_bit_in_pieces() -> None:
    """Three different delays, three terms in a sum: the order of the routes would show in the last bit."""

    def run(pieces: list[float]) -> np.ndarray:
        noise = PoissonPopulation(40, "900 Hz", name="noise")
        cells = Population(5, LIF, receptors={"psc": PSCFilter("3 ms")}, name="cells")
        weights = np.random.default_rng(1).random((40, 5)) * 0.01
        parts = [
            Projection(noise, cells, Dense(weights * w), delay=d) for w, d in ((1, 0.5), (3, 0.9), (7, 0.7))
        ]
        v = StateMonitor(cells, "v")
        network = Network(noise, cells, parts, v, dt=DT, seed=2)
        for piece in pieces:
            network.run(piece)
        return v["v"]

    np.testing.assert_array_equal(run([0.1] * 200), run([20.0]))


def test_the_delay_stays_once_the_network_has_run(engine: str) -> None:
    source, target = clocks([2]), relays(1)
    projection = Projection(source, target, Dense([[1.0]]), delay="1 ms")
    projection.delay = "0.5 ms"
    spikes = SpikeMonitor(target)
    network = Network(source, target, projection, spikes, dt=DT)
    projection.delay = "0.2 ms"
    network.run(1, engine=engine)
    assert steps_of(spikes) == {0: [5]}
    with pytest.raises(ParameterError, match=r"delay = '2 ms': cannot be changed once the network has run"):
        projection.delay = "2 ms"
    assert projection.delay == 0.2


def drawn_delays() -> np.ndarray:
    source, target = clocks([0] * 30), relays(20)
    projection = Projection(
        source, target, Dense(np.ones((30, 20))), delay=Normal("2 ms", "1 ms", low=0), name="p"
    )
    with pytest.raises(ParameterError, match="drawn when the network is made"):
        _ = projection.delay
    Network(source, target, projection, seed=3)
    return projection.delay


def test_drawn_delays_follow_the_seed() -> None:
    delays = drawn_delays()
    assert delays.shape == (30, 20)
    assert delays.min() >= 0
    assert delays.mean() == pytest.approx(2.06, abs=0.15)
    np.testing.assert_array_equal(delays, drawn_delays())


@pytest.mark.parametrize(
    ("connectivity", "delay", "message"),
    [
        (Dense(np.ones((2, 3))), -1, r"delay = -1.0: must be a time, 0 or more"),
        (Dense(np.ones((2, 3))), [1, 2], r"the shape must be \(\) or \(2, 3\)"),
        (Dense(np.ones((2, 3))), np.full((2, 3), -1), "must be times, 0 or more"),
        (Dense(np.ones((2, 3))), np.full((2, 3), np.nan), "finite"),
        (Dense(np.ones((2, 3))), "1 mV", "delay"),
        (AllToAll(1.0, 2, 3), np.ones((2, 3)), r"synapses of a AllToAll cannot.*Sparse.from_matrix"),
        (Sparse([0], [0], 1.0, n_pre=2, n_post=3, delays=[1.0]), 2.0, "given with the connectivity already"),
        (FixedProbability(0.5, delay=1), 2.0, "given with the connectivity already"),
        (FixedProbability(0.5), lambda d: d, "must be a time, times or a distribution"),
    ],
)  # fmt: skip
def test_bad_delays(connectivity, delay, message) -> None:
    with pytest.raises(ValueError, match=message):
        Projection(clocks([0, 0]), relays(3), connectivity, delay=delay)


def test_rates_cannot_have_a_delay_for_each_synapse(engine: str) -> None:
    rates = Population(2, LIFRate)
    cells = Population(3, LIF, receptors={"psc": PSCFilter("3 ms")})
    projection = Projection(rates, cells, Dense(np.ones((2, 3))), delay=[[1, 2, 3], [1, 2, 3]])
    network = Network(rates, cells, projection)
    with pytest.raises(ParameterError, match="passes on rates, not spikes"):
        network.run(1, engine=engine)
