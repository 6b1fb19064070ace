"""An engine is one file: Euler in NumPy, with jumps that arrive after a delay, beside the native one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neurosim import (
    Dense,
    Network,
    NeuronModel,
    Population,
    Projection,
    RateMonitor,
    Receptor,
    SpikeMonitor,
    StateMonitor,
)
from neurosim.engines.engine import Engine, Session
from neurosim.engines.run_record import RunRecord
from neurosim.equations.expression import evaluate
from neurosim.errors import ParameterError


class PlainEngine:
    """Euler's method in NumPy: populations that reset, receptors without states, one trial."""

    def session(self, network: Network) -> PlainSession:
        for group in network.groups:
            if not isinstance(group, Population) or group.integrator != "euler" or group.model.refractory:
                limit, remedy = "is not integrated by 'euler', or refractory", "Use the native engine."
                raise ParameterError("Network.run.engine", group.name, limit, remedy)
        return PlainSession(network, self)


class PlainSession:
    def __init__(self, network: Network, engine: Engine) -> None:
        self.network, self.engine, self.record = network, engine, RunRecord(network)
        self.watch = self.record.watch
        self.states = {p: self._started(p) for p in self.populations}
        self.arriving: dict[int, list[tuple[Projection, np.ndarray]]] = {}

    @property
    def populations(self) -> list[Any]:
        return list(self.network.groups)

    def _started(self, population: Population) -> dict[str, np.ndarray]:
        start = population.start_values()
        return {x: np.broadcast_to(start[x], population.n).copy() for x in population.system.states}

    def prepare(self, n_steps: int) -> None:
        self.constants = {p: p.constants() for p in self.populations}

    def show(self) -> None:
        for population, states in self.states.items():
            population.bind(states)

    def run(self, n_steps: int, *, progress: bool) -> None:
        begun, end = self.network.step, self.network.step + n_steps
        self.record.begin(n_steps)
        traces: dict[Any, list[Any]] = {p: [] for p in self.populations}
        spikes: dict[Any, list[Any]] = {p: [] for p in self.populations}
        for step in range(begun, end):
            fired = {p: self._advance(p, traces[p]) for p in self.populations}
            for projection in self.network.projections:
                later = step + round(float(projection.delay) / self.network.dt)
                mine = fired[projection.pre.group][projection.pre.start : projection.pre.stop]
                self.arriving.setdefault(later, []).append((projection, mine))
            for projection, mine in self.arriving.pop(step, []):
                self._arrive(projection, mine)
            for p, mine in fired.items():
                self._reset(p, mine)
                spikes[p] += [(step, unit) for unit in np.flatnonzero(mine)]
        self.network.step = end
        for p in self.populations:
            self.record.note_spikes(p, *np.reshape(spikes[p], (-1, 2)).T, end=end)
        for monitor in self.network.monitors:
            if isinstance(monitor, StateMonitor):
                wanted, units = monitor.states, self.record.numbers(monitor)
                steps = self.record.steps(monitor, end) - begun
                values = np.array([[traces[monitor.group][k][s][units] for s in wanted] for k in steps])
                last = np.array([self.states[monitor.group][s][units] for s in wanted])
                self.record.note_states(monitor, self.constants[monitor.group], values, last, end)
        self.record.end(end)

    def _advance(self, population: Population, trace: list[Any]) -> np.ndarray:
        """Record, integrate, threshold."""
        states, system = self.states[population], population.system
        trace.append({x: value.copy() for x, value in states.items()})
        change = system.derivatives(self.constants[population] | states | {"t": self.network.t})
        for x in states:
            states[x] += self.network.dt * change[x]
        return np.asarray(self._value(population, system.condition(population.model.threshold or "")))

    def _value(self, population: Population, node: Any) -> Any:
        known = self.constants[population] | self.states[population]
        return evaluate(node, population.system.with_needed(node, known))

    def _arrive(self, projection: Projection, fired: np.ndarray) -> None:
        target, post = projection.post.group, projection.post
        amount = projection.connectivity.forward(fired[None].astype(float))[0]
        for state, factor in target.composition.jumps[projection.receptor]:
            self.states[target][state][post.start : post.stop] += amount * self._value(target, factor)

    def _reset(self, population: Population, fired: np.ndarray) -> None:
        for state, node in population.system.statements(population.model.reset or ""):
            value = self._value(population, node)
            self.states[population][state][...] = np.where(fired, value, self.states[population][state])

    def snapshot(self) -> Any:
        raise ParameterError("Network.run.engine", self.engine, "keeps no snapshots")

    def restore(self, saved: Any) -> None:
        self.snapshot()


def built() -> Network:
    rng = np.random.default_rng(2)
    model = NeuronModel(
        "dv/dt = (I - v)/tau : mV\nw = 2*v : mV\nI : mV (input)",
        parameters={"tau": "10 ms"},
        threshold="v > 10*mV",
        reset="v = -2*mV",
        integrator="euler",
    )
    kick = {"kick": Receptor("", output="0*mV", jump={"v": "1*mV"})}
    first = Population(6, model, receptors=kick, I=np.linspace(8, 30, 6), name="first")
    second = Population(4, model, receptors=kick, I=9.0, v=rng.random(4), name="second")
    joins = [
        Projection(first, second, Dense(rng.random((6, 4))), delay=0.7),
        Projection(second[1:], first[:3], Dense(rng.random((3, 3))), delay=0.0),
    ]
    monitors = [
        *(SpikeMonitor(g) for g in (first, second[:2])),
        StateMonitor(first, ["v", "w"], dt=0.3),
        StateMonitor(second, "v", record=[3, 1], when="end"),
        RateMonitor(first, 5),
    ]
    return Network(first, second, joins, monitors)


def test_a_third_engine_is_one_file() -> None:
    ours, theirs = built(), built()
    engine: Engine = PlainEngine()
    for network, chosen in ((ours, "native"), (theirs, engine)):
        network.run(20, engine=chosen)
        network.groups[0]["I"] = 15.0  # type: ignore[index]
        network.run(10.4)
    session: Session = theirs.session
    assert session.engine is engine
    spikes, part, v, other, rate = theirs.monitors
    assert len(spikes) > 10  # type: ignore[arg-type]
    for a, b in zip(ours.monitors[:2], (spikes, part), strict=True):
        assert a.t.tolist() == b.t.tolist()  # type: ignore[union-attr]
        assert a.i.tolist() == b.i.tolist()  # type: ignore[union-attr]
    for a, b in zip(ours.monitors[2:4], (v, other), strict=True):
        for name in a.units:  # type: ignore[union-attr]
            np.testing.assert_allclose(a[name], b[name], rtol=1e-12, atol=1e-13)  # type: ignore[index]
            assert a.t.tolist() == b.t.tolist()  # type: ignore[union-attr]
    assert ours.monitors[4].count.tolist() == rate.count.tolist()  # type: ignore[union-attr]
    with pytest.raises(ParameterError, match=r"cannot go on from what the network has run on"):
        theirs.run(1, engine="native")


def test_it_names_what_it_cannot_do() -> None:
    cells = Population(1, NeuronModel("dv/dt = -v/ms : 1"), name="cells")
    with pytest.raises(ParameterError, match=r"'cells': is not integrated by 'euler'"):
        Network(cells).run(1, engine=PlainEngine())
