"""The arrays of one population while it runs, and its advance over a window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from neurosim.engines.propagators import propagator_values
from neurosim.equations.expression import evaluate
from neurosim.errors import NonFiniteError, ParameterError
from neurosim.kernels.advance import Jump, KernelSpec, load_kernel
from neurosim.kernels.spikes import all_finite, merge_spikes
from neurosim.network.population import Population
from neurosim.network.state_monitor import StateMonitor
from neurosim.units import UNITS

CHUNK = 1024
"""Neurons a kernel call handles: its states stay in the first-level cache over the window."""


class PopulationState:
    """State, events in flight and counters of a population.

    Parameters
    ----------
    population : Population
    trials : int
    dt : float
        ms.
    n_rows : int
        Rows of the ring buffer of arriving events: the longest delay in steps.
    """

    def __init__(self, population: Population, trials: int, dt: float, n_rows: int) -> None:
        self.population, self.trials, self.dt = population, trials, dt
        self.shape = (trials, population.n)
        self.size = trials * population.n
        system = population.system
        self.state = np.zeros((len(system.states), self.size))
        self.left = np.zeros(self.size, np.int32)
        self.above = np.zeros(self.size, np.uint8)
        self.fired = np.zeros(self.size, np.uint8)
        self.receptors = {name: r for r, name in enumerate(population.receptors)}
        self.events = np.zeros((len(self.receptors), n_rows, self.size))
        self.spikes = np.zeros(0, np.int32)
        self.offsets = np.zeros(1, np.int64)
        self.output = np.zeros((0, self.size))
        start = population.start_values()
        view = self.shape if trials > 1 else self.shape[1:]
        for row, name in enumerate(system.states):
            self.state[row] = self._spread(start[name], name).ravel()
        population.bind({name: self.state[row].reshape(view) for row, name in enumerate(system.states)})
        if population.model.threshold is not None and population.model.reset is None:
            self.above[:] = self._passed()
        self.monitors: list[StateMonitor] = []

    def _spread(self, value: Any, name: str) -> np.ndarray:
        try:
            return np.broadcast_to(value, self.shape)
        except ValueError:
            where = f"{self.population.name}.{name}"
            raise ParameterError(where, np.shape(value), f"does not fit {self.trials} trials of {self.population.n} neurons") from None

    def _states(self) -> dict[str, np.ndarray]:
        return dict(zip(self.population.system.states, self.state.reshape(-1, *self.shape), strict=True))

    def _passed(self) -> np.ndarray:
        system = self.population.system
        condition = system.condition(self.population.model.threshold or "")
        known = system.with_needed(condition, self.population.constants() | self._states())
        return np.broadcast_to(evaluate(condition, known), self.shape).ravel()

    def prepare(self, monitors: list[StateMonitor], window: int) -> None:
        """Take over parameters, which may have changed since the last run, and make room for a window.

        Raises
        ------
        ParameterError
            If an array does not fit the trials, or the time step is too large for the model.
        """
        population, system = self.population, self.population.system
        self.constants = population.constants()
        per_neuron = frozenset(n for n, v in self.constants.items() if np.ndim(v))
        for name in per_neuron:
            self.constants[name] = self._spread(self.constants[name], name)
        self.spec = kernel_spec(population, per_neuron)
        self._check_time_step()
        self.module = load_kernel(self.spec)
        values = self.constants | propagator_values(self.module, self.constants, self.dt, self.shape)
        self.scalars = np.array([values[n] for n in self.module.SCALARS], dtype=np.float64)
        self.arrays = np.zeros((len(self.module.ARRAYS), self.size))
        for row, name in enumerate(self.module.ARRAYS):
            self.arrays[row] = np.broadcast_to(values[name], self.shape).ravel()
        refractory: Any = 0.0
        if population.model.refractory is not None:
            refractory = evaluate(system.quantity(population.model.refractory, UNITS["ms"]), self.constants)
        steps = np.rint(np.broadcast_to(refractory, self.shape).ravel() / self.dt)
        if steps.max(initial=0) >= 2**31:
            raise ParameterError(f"{population.name}.refractory", refractory, "is too long for the time step")
        self.refractory = steps.astype(np.int32)
        self._make_probes(monitors)
        chunks = [(lo, min(lo + CHUNK, self.size)) for lo in range(0, self.size, CHUNK)]
        bounds = np.searchsorted(self.probe_neuron, [lo for lo, _ in chunks] + [self.size])
        self.chunks = [(lo, hi, int(a), int(b)) for (lo, hi), a, b in zip(chunks, bounds, bounds[1:], strict=False)]
        self.trace = np.zeros((window // self.every + 1, self.probe_neuron.size))
        self.counts = np.zeros((len(chunks), window), np.int64)
        spiking = population.model.threshold is not None
        self.buffer = np.zeros((len(chunks), min(CHUNK, self.size) * window if spiking else 0), np.int32)
        graded = population.model.output is not None
        self.output = np.zeros((window if graded else 0, self.size))

    def _check_time_step(self) -> None:
        """Refuse a time step longer than the fastest time constant allows, at the present state."""
        limit = {"exact": np.inf, "exponential_euler": 1.0, "euler": 2.0, "rk4": 2.785}[self.population.integrator]
        system = self.population.system
        states = self._states()
        known = self.constants | states
        at_rest = system.derivatives(known)
        for name in system.states:
            if name in self.spec.filters or limit == np.inf:
                continue
            width = 1e-6 * (1.0 + np.abs(states[name]))
            moved = system.derivatives(known | {name: states[name] + width})[name]
            slope = np.max(np.abs((moved - at_rest[name]) / width), initial=0.0)
            if self.dt * slope > limit:
                raise ParameterError(
                    "Network.dt",
                    self.dt,
                    f"is too large for {self.population.name} ({self.population.model.name} by "
                    f"{self.population.integrator}): {name} has a time constant of {1 / slope:.3g} ms",
                    f"Use at most {limit / slope:.2g} ms.",
                )

    def _make_probes(self, monitors: list[StateMonitor]) -> None:
        system = self.population.system
        self.monitors = monitors
        self.every = 2**62
        pairs: list[tuple[int, int]] = []
        for monitor in monitors:
            self.every = int(np.gcd(self.every, self._interval(monitor)) if self.every < 2**62 else self._interval(monitor))
            flat = self._recorded(monitor)
            pairs += [(n, system.states.index(s)) for s in monitor.states for n in flat]
        unique = np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2)
        self.probe_neuron, self.probe_state = unique[:, 0].copy(), unique[:, 1].copy()
        place = {(int(n), int(s)): p for p, (n, s) in enumerate(unique)}
        self.columns = [
            {s: np.array([place[n, system.states.index(s)] for n in self._recorded(m)]) for s in m.states} for m in monitors
        ]

    def _interval(self, monitor: StateMonitor) -> int:
        return 1 if monitor.interval is None else max(1, round(monitor.interval / self.dt))

    def _recorded(self, monitor: StateMonitor) -> list[int]:
        n, start = self.population.n, monitor.source.start
        return [trial * n + start + int(i) for trial in range(self.trials) for i in monitor.record]

    def tasks(self, step: int, n_steps: int) -> list[Callable[[], int]]:
        """The advance over a window as independent pieces of work, one a chunk of neurons."""
        advance = self.module.advance

        def piece(c: int, lo: int, hi: int, first: int, last: int) -> Callable[[], int]:
            return lambda: advance(
                lo, hi, step, n_steps, self.dt, self.state, self.scalars, self.arrays, self.left, self.refractory,
                self.above, self.fired, self.events, self.trace, self.every, self.probe_state, self.probe_neuron,
                first, last, self.output, self.buffer[c], self.counts[c],
            )  # fmt: skip

        return [piece(c, *bounds) for c, bounds in enumerate(self.chunks)]

    def collect(self, step: int, n_steps: int) -> None:
        """Put the spikes of a window in order and hand states to the monitors."""
        if self.spec.threshold is not None:
            counts = self.counts[:, :n_steps]
            self.spikes = np.empty(int(counts.sum()), np.int32)
            self.offsets = np.empty(n_steps + 1, np.int64)
            merge_spikes(self.buffer, counts, self.spikes, self.offsets)
        first = -(-step // self.every) * self.every
        steps = np.arange(first, step + n_steps, self.every)
        for monitor, columns in zip(self.monitors, self.columns, strict=True):
            wanted = steps % self._interval(monitor) == 0
            if not wanted.any():
                continue
            rows = self.trace[: steps.size][wanted]
            flat = self._recorded(monitor)
            constants = {
                k: v.reshape(-1)[flat] if np.ndim(v) else v for k, v in self.constants.items()
            }
            monitor.append(steps[wanted], {s: rows[:, c] for s, c in columns.items()}, constants)

    def arrive_now(self, receptor: str, amounts: np.ndarray) -> None:
        """Events without delay: they arrive in the step just done, after its reset."""
        system = self.population.system
        reset = {s for s, e in self.spec.reset if s not in system.ancestors(e)}
        for state, factor in self.population.composition.jumps[receptor]:
            change = evaluate(factor, self.constants) * amounts.reshape(self.shape)
            if state in reset:
                change = np.where(self.fired.reshape(self.shape), 0.0, change)
            self.state[system.states.index(state)] += np.broadcast_to(change, self.shape).ravel()

    def check_finite(self, step: int, n_steps: int) -> None:
        """Raise `NonFiniteError` if a state is infinite or NaN."""
        if all_finite(self.state.reshape(-1)):
            return
        row, flat = np.argwhere(~np.isfinite(self.state))[0]
        name = self.population.system.states[row]
        raise NonFiniteError(
            f"{self.population.name}.{name}: neuron {flat % self.population.n}"
            + (f" of trial {flat // self.population.n}" if self.trials > 1 else "")
            + f" became {self.state[row, flat]} between {step * self.dt:g} and {(step + n_steps) * self.dt:g} ms. "
            "What was recorded so far is kept. Use a smaller dt, or look for an input that is too large."
        )


def kernel_spec(population: Population, per_neuron: frozenset[str] = frozenset()) -> KernelSpec:
    """What the kernel of a population is generated from."""
    model, composition = population.model, population.composition
    system = composition.system
    return KernelSpec(
        name=model.name,
        system=system,
        integrator=population.integrator,
        filters=composition.filters,
        threshold=None if model.threshold is None else system.condition(model.threshold),
        reset=tuple(system.statements(model.reset)) if model.reset else (),
        refractory=model.refractory is not None,
        jumps=tuple(tuple(Jump(s, f) for s, f in jumps) for jumps in composition.jumps.values()),
        output=None if model.output is None else system.quantity(model.output, UNITS["Hz"]),
        per_neuron=per_neuron,
    )


