"""A network that has something of everything, for tests of its whole state."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim import (
    LIF,
    AdaptiveLIF,
    Continuous,
    Dense,
    FixedProbability,
    GammaPopulation,
    LeakyRate,
    McCullochPitts,
    Network,
    NeuronModel,
    Normal,
    OrnsteinUhlenbeck,
    Parrot,
    PoissonInput,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    PulseTrain,
    RateMonitor,
    ShortTermPlasticity,
    SpikeGenerator,
    SpikeMonitor,
    StateMonitor,
    TimedArray,
    Uniform,
    WeightMonitor,
)

Edge = NeuronModel(
    "dv/dt = (I - v)/tau + sigma*xi*sqrt(2/tau) : 1\nI : 1 (input)",
    parameters={"tau": "5 ms", "sigma": 0.3},
    threshold="v > 0.5",
    refractory="1 ms",
    name="Edge",
)
"""Noise, an edge flag and a refractory time."""


def all_sorts(shortest: float) -> list[Any]:
    """Groups of all kinds, projections, inputs and monitors that keep all sorts of state."""
    rng = np.random.default_rng(7)
    noise = PoissonPopulation(6, "300*Hz*(1 + sin(2*pi*t/(7*ms)))", name="noise")
    regular = GammaPopulation(5, 200.0, shape=3.0, name="regular")
    given = SpikeGenerator(3, rng.integers(3, size=40), rng.uniform(0, 40, 40), name="given")
    parrot = Parrot(3, name="parrot")
    gate = McCullochPitts(4, threshold=0.5, name="gate")
    lif = Population(
        37, LIF, receptors={"exc": PSCFilter(2, order=1), "inh": PSCFilter(4)}, name="lif",
        v_in=Normal(1.0, 0.1), v=Uniform(0.0, 1.0),
    )  # fmt: skip
    precise = Population(
        9, AdaptiveLIF, receptors={"exc": PSCFilter(3)}, precise_spikes=True, name="precise",
        I=np.linspace(800, 9000, 9), tau_ref="0.3 ms",
    )  # fmt: skip
    edge = Population(
        8,
        Edge,
        receptors={"exc": PSCFilter(3)},
        name="edge",
        I=OrnsteinUhlenbeck(0.1, 0.2, "3 ms")
        + TimedArray(rng.normal(0.1, 0.3, (17, 8)), 1.3, after="repeat"),
    )
    lif[3:20]["v_in"] = PulseTrain(0.9, "90 Hz", "2 ms") + 0.9
    rates = Population(
        5, LeakyRate("tanh"), receptors={"rec": Continuous()}, name="rates", r=np.linspace(-0.3, 0.4, 5)
    )
    dense = Dense(rng.uniform(0.5, 2.0, (6, 37)))
    projections = [
        Projection(noise, lif, dense, receptor="exc", delay=Uniform("0.3 ms", "2.4 ms")),
        Projection(lif, lif[:20], FixedProbability(0.3, weight=0.4), receptor="inh", delay=0.7),
        Projection(regular, lif[:9], Dense(rng.random((5, 9))), receptor="exc", delay=1.1,
                   stp=ShortTermPlasticity(0.4, 20.0, 30.0)),
        Projection(given, parrot, Dense(np.eye(3)), delay=0.9),
        Projection(parrot, gate, Dense(np.ones((3, 4))), receptor="exc", delay=1.3),
        Projection(gate, edge, Dense(rng.random((4, 8))), delay=shortest),
        Projection(lif[:9], precise, Dense(300 * rng.random((9, 9))), delay=0.4),
        Projection(rates, rates, Dense(rng.normal(0, 1, (5, 5))), delay=0.6),
    ]  # fmt: skip
    groups = [noise, regular, given, parrot, gate, lif, precise, edge, rates]
    background = PoissonInput(lif, "exc", n=20, rate=10.0, weight=0.3)
    monitors = [
        *(SpikeMonitor(group) for group in groups if group is not rates),
        StateMonitor(lif, ["v", "x1_exc"], record=[0, 36], dt=0.3),
        StateMonitor(edge, "v", when="end"),
        StateMonitor(rates, "r"),
        RateMonitor(lif, 1.7),
        WeightMonitor(projections[0], [0, 3], dt=2.0),
    ]
    return [groups, projections, background, monitors]


def everything(*, threads: int = 1, trials: int = 2, shortest: float = 0.3) -> Network:
    """With windows of as many steps as the shortest delay has."""
    return Network(all_sorts(shortest), dt=0.1, trials=trials, seed=5, threads=threads)


def outcome(network: Network) -> list[np.ndarray]:
    """All that is recorded, and all states."""
    found = [m.columns.read(name) for m in network.monitors for name in m.layout(network.trials)]
    for group in network.groups:
        if isinstance(group, Population):
            found += [np.asarray(group[state]) for state in group.system.states]
    for projection in network.projections:
        found += [] if projection.stp is None else [projection.stp.x, projection.stp.u]
    return [*found, np.array(network.step)]


def same(a: list[np.ndarray], b: list[np.ndarray]) -> bool:
    return len(a) == len(b) and all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))
