"""A step records, integrates, tests the threshold, delivers, resets; a spike arrives `delay` steps later."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim import (
    LIF,
    Dense,
    Network,
    NeuronModel,
    Population,
    Projection,
    Receptor,
    SpikeMonitor,
    StateMonitor,
)
from neurosim.errors import ParameterError

DT = 0.1
PERIOD = 1000  # steps; longer than any test

Relay = NeuronModel("dv/dt = drive : 1\ndrive : Hz (input)", threshold="v >= 1", reset="v = 0", name="Relay")
"""Keeps v until an event lifts it to 1; then it fires in the next step."""


def jump() -> Receptor:
    """Adds the weight to v."""
    return Receptor("", output="0*Hz", jump={"v": "1"})


def clocks(steps: list[int]) -> Population:
    """Neurons of which each fires once, in the given step."""
    start = 1.0 - (np.array(steps) + 0.5) / PERIOD
    return Population(len(steps), Relay, drive=1000.0 / (PERIOD * DT), v=start, name="clocks")


def relays(n: int, name: str = "relays", receptors: tuple[str, ...] = ("jump",)) -> Population:
    return Population(n, Relay, receptors={r: jump() for r in receptors}, name=name)


def steps_of(monitor: SpikeMonitor) -> dict[int, list[int]]:
    trains = monitor.spike_trains()
    return {i: np.rint(t / DT).astype(int).tolist() for i, t in enumerate(trains)}


def test_clocks_fire_in_the_step_wanted(engine: str) -> None:
    source = clocks([0, 1, 5, 99])
    spikes = SpikeMonitor(source)
    Network(source, spikes, dt=DT).run(20, engine=engine)
    assert steps_of(spikes) == {0: [0], 1: [1], 2: [5], 3: [99]}


@pytest.mark.parametrize(("shortest", "longest"), [(a, b) for b in range(1, 7) for a in range(1, b + 1)])
def test_every_delay_from_every_phase_of_the_ring(shortest: int, longest: int) -> None:
    phases = list(range(2 * longest + 1))
    delays = range(shortest, longest + 1)
    source, target = clocks(phases), relays(len(phases) * len(delays))
    projections = [
        Projection(
            source, target[k * len(phases) : (k + 1) * len(phases)], Dense(np.eye(len(phases))), delay=d * DT
        )
        for k, d in enumerate(delays)
    ]
    spikes = SpikeMonitor(target)
    Network(source, target, projections, spikes, dt=DT).run(5)
    # The event arrives after the threshold test of its step, so the relay fires one step later.
    expected = [[phase + d + 1] for d in delays for phase in phases]
    assert list(steps_of(spikes).values()) == expected


def test_a_delay_longer_than_the_longest_window(engine: str) -> None:
    source, target = clocks([0, 3, 130]), relays(3)
    spikes = SpikeMonitor(target)
    network = Network(source, target, Projection(source, target, Dense(np.eye(3)), delay=30), spikes, dt=DT)
    network.run(50, engine=engine)
    assert steps_of(spikes) == {0: [301], 1: [304], 2: [431]}


def test_a_spike_at_half_a_millisecond_through_two_delays_of_one(engine: str) -> None:
    source, first, second = clocks([5]), relays(1, "first"), relays(1, "second")
    one = Dense(np.ones((1, 1)))
    path = [Projection(source, first, one, delay="1 ms"), Projection(first, second, one, delay="1 ms")]
    direct = Population(1, Relay, receptors={"jump": jump()}, name="direct")
    path.append(Projection(source, direct, one, delay="2 ms"))
    monitors = [StateMonitor(p, "v") for p in (first, second, direct)]
    Network(source, first, second, direct, path, monitors, dt=DT).run(4, engine=engine)
    # v is recorded at the beginning of a step: an event that arrived in step k is seen at k + 1 first.
    seen = [int(np.flatnonzero(m["v"][:, 0])[0]) for m in monitors]
    assert seen[0] == 15 + 1
    assert seen[1] == 26 + 1  # the relay in between fires in step 16
    assert seen[2] == 25 + 1


@pytest.mark.parametrize(("delay", "steps"), [(0.14, 1), (0.16, 2), (0.04, 0), (0.3, 3), (0.7, 7), (1.1, 11)])
def test_a_delay_is_rounded_to_the_nearest_step(engine: str, delay: float, steps: int) -> None:
    source, target = clocks([2]), relays(1)
    spikes = SpikeMonitor(target)
    Network(
        source, target, Projection(source, target, Dense(np.ones((1, 1))), delay=delay), spikes, dt=DT
    ).run(3, engine=engine)
    assert steps_of(spikes) == {0: [2 + steps + 1]}


def test_parallel_connections_deliver_two(engine: str) -> None:
    source, target = clocks([3]), relays(1)
    projections = [Projection(source, target, Dense(np.full((1, 1), 0.25)), delay=0.2) for _ in range(2)]
    v = StateMonitor(target, "v")
    Network(source, target, projections, v, dt=DT).run(1, engine=engine)
    assert v["v"][:, 0].tolist() == [0.0] * 6 + [0.5] * 4


def test_the_order_of_events_of_one_step_does_not_matter() -> None:
    def run(order: list[int]) -> dict[int, list[int]]:
        source, target = clocks([4, 4, 4, 4]), relays(3)
        weights = [np.full((4, 3), w) for w in (0.5, -0.25, 0.125)]
        projections = [Projection(source, target, Dense(weights[k]), delay=0.1 * (k + 1)) for k in order]
        projections += [Projection(source, target, Dense(weights[k]), delay=0.3) for k in order]
        spikes = SpikeMonitor(target)
        Network(source, target, projections, spikes, dt=DT).run(2)
        return steps_of(spikes)

    first = run([0, 1, 2])
    assert first == {i: [6, 8] for i in range(3)}
    assert run([2, 0, 1]) == first
    assert run([1, 2, 0]) == first


def test_a_ring_of_99_cells(engine: str) -> None:
    ring = relays(99, "ring")
    ring["v"] = np.eye(99)[0]  # the first fires in step 0
    weights = np.roll(np.eye(99), 1, axis=1)
    weights[98, 0] = 0.0
    spikes = SpikeMonitor(ring)
    Network(ring, Projection(ring, ring, Dense(weights), delay=0.9), spikes, dt=DT).run(100, engine=engine)
    assert np.array_equal(spikes.i, np.arange(99))
    assert np.allclose(spikes.t, np.arange(99.0), rtol=0, atol=1e-12)


def test_without_delay_an_event_arrives_in_its_own_step_and_acts_from_the_next(engine: str) -> None:
    source, target = clocks([3]), relays(1)
    v, spikes = StateMonitor(target, "v"), SpikeMonitor(target)
    Network(source, target, Projection(source, target, Dense(np.ones((1, 1)))), v, spikes, dt=DT).run(
        1, engine=engine
    )
    assert v["v"][:, 0].tolist() == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0]
    assert steps_of(spikes) == {0: [4]}


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.3])
@pytest.mark.parametrize(("reset", "left"), [("v = 0.25", 0.25), ("v -= 1", 0.5), ("v = v/2", 0.75)])
def test_an_event_comes_before_the_reset_of_its_step(
    engine: str, delay: float, reset: str, left: float
) -> None:
    model = NeuronModel(
        "dv/dt = drive : 1\ndrive : Hz (input)", threshold="v >= 1", reset=reset, name="Resetting"
    )
    d = round(delay / DT)
    source = clocks([5 - d])  # the event arrives in step 5
    cell = Population(
        1, model, receptors={"jump": jump()}, v=1 - 5.5 / 1024, drive=10_000 / 1024
    )  # fires in it
    v, spikes = StateMonitor(cell, "v", record=[0]), SpikeMonitor(cell)
    Network(
        source, cell, Projection(source, cell, Dense(np.full((1, 1), 0.5)), delay=delay), v, spikes, dt=DT
    ).run(0.7, engine=engine)
    assert steps_of(spikes)[0][0] == 5
    assert v["v"][6, 0] == pytest.approx(left, abs=1e-3)


def test_delayed_and_instant_events_to_one_cell(engine: str) -> None:
    source, target = clocks([4]), relays(1)
    one = Dense(np.full((1, 1), 0.25))
    projections = [Projection(source, target, one, delay=d) for d in (0.0, 0.2, 0.0)]
    v = StateMonitor(target, "v")
    Network(source, target, projections, v, dt=DT).run(1, engine=engine)
    assert v["v"][:, 0].tolist() == [0, 0, 0, 0, 0, 0.5, 0.5, 0.75, 0.75, 0.75]


def test_a_jump_and_a_reset_see_the_present_values_of_states_and_subexpressions() -> None:
    model = NeuronModel(
        "dv/dt = drive : 1\ndu/dt = 0*Hz : 1\ndrive : Hz (input)\nw = u + v : 1",
        threshold="v >= 1",
        reset="u = w; v = w - 2*u",
    )
    receptor = Receptor("", output="0*Hz", jump={"v": "0.25 + w"})
    source = clocks([2])
    cell = Population(1, model, receptors={"e": receptor}, v=0.5, u=0.5)
    monitor = StateMonitor(cell, ["v", "u", "w"])
    Network(source, cell, Projection(source, cell, Dense(np.ones((1, 1))), delay=0.1), monitor, dt=DT).run(
        0.7
    )
    # Step 3: v = 0.5 + (0.25 + w) with w = 1. Step 4: u = w = 2.25; then w = 4 and v = 4 - 2*2.25.
    assert monitor["v"][:, 0].tolist() == [0.5, 0.5, 0.5, 0.5, 1.75, -0.5, -0.5]
    assert monitor["u"][:, 0].tolist() == [0.5, 0.5, 0.5, 0.5, 0.5, 2.25, 2.25]
    assert np.array_equal(monitor["w"], monitor["u"] + monitor["v"])


def test_projections_between_slices(engine: str) -> None:
    source, target = clocks([1, 2, 3, 4, 5]), relays(6)
    weights = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    spikes = SpikeMonitor(target[1:5])
    network = Network(
        source, target, spikes, Projection(source[1:4], target[3:5], Dense(weights), delay=0.1), dt=DT
    )
    network.run(2, engine=engine)
    assert steps_of(spikes) == {0: [], 1: [], 2: [4, 6], 3: [5]}


@pytest.mark.parametrize("delay", [0.0, 0.1])
def test_receptors_are_kept_apart(engine: str, delay: float) -> None:
    exc = Receptor("dg/dt = -g/tau : 1", output="g*Hz", jump={"g": "2"}, parameters={"tau": "1e9 ms"})
    inh = Receptor("dg/dt = -g/tau : 1", output="-g*Hz", jump={"g": "3"}, parameters={"tau": "1e9 ms"})
    source, cell = clocks([1, 2]), Population(1, Relay, receptors={"exc": exc, "inh": inh})
    one = Dense(np.ones((1, 1)))
    projections = [
        Projection(source[:1], cell, one, receptor="exc", delay=delay),
        Projection(source[1:], cell, one, receptor="inh", delay=delay),
    ]
    g = StateMonitor(cell, ["g_exc", "g_inh", "drive"])
    Network(source, cell, projections, g, dt=DT).run(0.6, engine=engine)
    d = round(delay / DT)
    assert np.allclose(g["g_exc"][:, 0], 2.0 * (np.arange(6) > 1 + d))
    assert np.allclose(g["g_inh"][:, 0], 3.0 * (np.arange(6) > 2 + d))
    assert np.allclose(g["drive"], g["g_exc"] - g["g_inh"])


def test_refractory_states_stand_still_while_filters_go_on(engine: str) -> None:
    cell = Population(1, LIF, v_in=1e4, tau_ref=1.0)
    v, spikes = StateMonitor(cell, "v"), SpikeMonitor(cell)
    Network(cell, v, spikes, dt=DT).run(5, engine=engine)
    assert np.array_equal(
        steps_of(spikes)[0], np.arange(0, 50, 11)
    )  # ten steps of rest, then one to threshold
    assert not v["v"].any()


@pytest.mark.parametrize("delay", [0.0, 0.1])
def test_a_held_state_takes_no_events_during_the_refractory_time(engine: str, delay: float) -> None:
    source = clocks(list(range(1, 12)))
    cell = Population(1, LIF, receptors={"jump": Receptor("", output="0*v", jump={"v": "1"})}, tau_ref=0.5)
    cell["v"] = 2.0  # fires in step 0, so v is held in the steps 1 to 5
    weights = Dense(np.full((11, 1), 2.0**-20))
    v = StateMonitor(cell, "v")
    d = round(delay / DT)
    Network(source, cell, Projection(source, cell, weights, delay=delay), v, dt=DT).run(0.9, engine=engine)
    first = 1 + max(6, 1 + d)  # seen one step after step 6, the first that is free
    assert not v["v"][1:first].any()
    assert v["v"][first, 0] == 2.0**-20


Crossing = NeuronModel(
    "dv/dt = drive : 1\ndrive : Hz (input)",
    parameters={"pause": "1 ms"},
    threshold="v > 0",
    refractory="pause",
    name="Crossing",
)


def test_crossings_during_the_refractory_time_are_not_counted(engine: str) -> None:
    cell = Population(1, Crossing, v=-0.25, drive=1000.0)
    spikes = SpikeMonitor(cell)
    network = Network(cell, spikes, dt=DT)
    network.run(0.4, engine=engine)  # v rises through 0 in step 2
    for v in (-0.25, 0.75, -0.25):  # down, up in step 6, down again
        cell["v"] = v
        network.run(0.2, engine=engine)
    assert steps_of(spikes) == {0: [2]}
    network.run(2, engine=engine)  # up in step 10 and above since: no crossing once the pause is over
    assert steps_of(spikes) == {0: [2]}
    cell["v"] = -0.25
    network.run(1, engine=engine)
    assert steps_of(spikes) == {0: [2, 32]}


def test_a_neuron_that_always_fires_does_so_once_a_refractory_time(engine: str) -> None:
    model = NeuronModel(
        "dv/dt = drive : 1\ndrive : Hz (input)",
        parameters={"pause": "1 ms"},
        threshold="v > 0",
        reset="v += 1",
        refractory="pause",
    )
    spikes = SpikeMonitor(cell := Population(1, model, v=1.0))
    Network(cell, spikes, dt=DT).run(10, engine=engine)
    assert steps_of(spikes) == {0: list(range(0, 100, 10))}


def test_the_clock_can_be_far_from_zero() -> None:
    source, target = clocks([0, 3]), relays(2)
    spikes = SpikeMonitor(target)
    network = Network(source, target, Projection(source, target, Dense(np.eye(2)), delay=0.7), spikes, dt=DT)
    network.step = 2**31 - 5
    network.run(2)
    assert (np.rint(spikes.t / DT).astype(int) - (2**31 - 5)).tolist() == [8, 11]


def test_a_trial_count_must_fit(engine: str) -> None:
    cells = Population(2, LIF, v_in=np.ones((3, 2)))
    with pytest.raises(ParameterError, match=r"v_in = \(3, 2\): does not fit 2 trials of 2 (neurons|units)"):
        Network(cells, trials=2).run(1, engine=engine)
