"""The arrays of one population while it runs, and its advance over a window."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.engines.chunks import Chunks
from neurosim.engines.group_state import GroupState, Place
from neurosim.engines.kernel_choice import kernel_spec
from neurosim.engines.noise_start import NOISE_STREAM, noise_start
from neurosim.engines.outlets import Outlets
from neurosim.engines.propagators import propagator_values
from neurosim.engines.recorder import Recorder
from neurosim.engines.refractory_times import COUNTERS, narrowest, refractory_times
from neurosim.engines.ring import in_flight, put_in_flight
from neurosim.engines.split import Split
from neurosim.engines.straight import added_factors
from neurosim.engines.table_rows import table_rows
from neurosim.engines.time_step import check_time_step
from neurosim.equations.expression import evaluate
from neurosim.errors import NonFiniteError, ParameterError
from neurosim.kernels.core.aligned import aligned_zeros
from neurosim.kernels.core.call import Call, Movable, Now, bind
from neurosim.kernels.mathematics.random import normal_block
from neurosim.kernels.spiking.advance import LANES, load_kernel
from neurosim.kernels.spiking.population_calls import population_call
from neurosim.kernels.spiking.spec import PAUSE
from neurosim.kernels.spiking.spikes import merge_spikes
from neurosim.network.population import Population

CHUNK = 1024
"""Neurons a kernel call handles, a multiple of `LANES`: their states stay in the cache over the window.

A window of a single step has no use for that: there each thread has one chunk.
"""

KEPT = ("left", "rest", "above")
"""What the steps to come depend on for each neuron, beside its states; `rest` may be empty."""


class PopulationState(GroupState):
    """State, events in flight and counters of a population.

    Parameters
    ----------
    population : Population
    place : Place

    Raises
    ------
    ParameterError
        If a start value does not fit the trials.
    """

    def __init__(self, population: Population, place: Place) -> None:
        super().__init__(population, place)
        self.population = population
        intervals = place.intervals
        self.watched = ([*intervals], [*intervals.values()], self.trials, place.window)
        self.recorder = Recorder(*self.watched)
        self.network = place.network
        self.padded = -(-self.size // LANES) * LANES
        self.instant, self.one_step = 0 in place.delays, place.one_step
        self.names = population.system.states
        self.state = self._rows(self._start_values(place.network.step))
        # Precise populations wait for a time, ms, others for a number of steps.
        self.counted = not (population.precise_spikes and population.model.reset)
        self.left = aligned_zeros(self.padded, COUNTERS[0] if self.counted else np.float64)
        self.rest = aligned_zeros(self.padded if population.precise_spikes else 0)
        self.above = aligned_zeros(self.padded, np.uint8)
        self.fired = aligned_zeros(self.padded, np.uint8)
        self.receptors = {name: r for r, name in enumerate(population.composition.jumps)}
        self.events = aligned_zeros((len(self.receptors), place.n_rows, self.padded))
        self.arriving = aligned_zeros((len(self.receptors) if self.instant else 0, self.padded))
        self._make_room(place.window)
        self.outlets = Outlets(population, self.size, self.padded)
        self.revision = -1
        if population.model.threshold is not None and population.model.reset is None:
            self.above[: self.size] = self._passed(population.model.threshold)

    def _start_values(self, step: int) -> dict[str, Any]:
        """Start values of the states."""
        start = self.population.start_values()
        values = {name: start[name] for name in self.population.system.states}
        return values | noise_start(self.population, self.seed, self.stream, step, self.shape)

    def _follow(self, step: int) -> None:
        """Make room for the states that stimuli brought since the last run, and leave out those they took."""
        names = self.population.system.states
        if names == self.names:
            return
        kept = dict(zip(self.names, self.state, strict=True))
        self.state = self._rows(self._start_values(step))
        for name, row in zip(names, self.state, strict=True):
            row[:] = kept.get(name, row)
        self.names, self.revision = names, -1
        self.recorder = Recorder(*self.watched)
        if self.population.variables.live:
            self.claim()

    def _count_in(self, counter: np.dtype[Any]) -> None:
        """Keep what is left of refractory times in another type, if it is one."""
        if counter != self.left.dtype:
            left, self.left = self.left, aligned_zeros(self.padded, counter)
            self.left[:] = left
            self.revision = -1

    @classmethod
    def memory(cls, group: Population, place: Place) -> int:
        """Bytes of states, events and signals in flight and the spikes of a window."""
        composition = group.composition
        numbers = len(group.system.states) + len(composition.jumps) * place.n_rows
        numbers += len(composition.summed) * place.window + sum(delay + 1 for delay in place.sent)
        numbers += 2 * place.window if group.precise_spikes else 0
        return super().memory(group, place) + 8 * numbers * group.n * place.network.trials

    @property
    def one_at_a_time(self) -> bool:
        """Whether windows are single steps: then spikes may be added to states after the next one."""
        return self.offsets.size == 2

    def _make_room(self, window: int) -> None:
        model = self.population.model
        self.spikes = Movable(np.zeros(self.size * window if model.threshold is not None else 0, np.int32))
        self.moments = np.zeros(self.spikes.array.size) if self.population.precise_spikes else None
        self.output = aligned_zeros((window if model.rate_signal else 0, self.padded))
        self.sums = aligned_zeros((len(self.population.composition.summed), window, self.padded))

    def arrange(self, split: Split) -> None:
        """Form the chunks of each share; see `GroupState.arrange`."""
        window = self.offsets.size - 1
        self.shares = [LANES * end for end in split.bounds(self.padded // LANES)]
        self.chunks = Chunks(
            self.shares,
            self.padded if window == 1 else CHUNK,
            self.size,
            self.recorder.neuron,
            window if self.spikes.array.size else 0,
            precise=self.moments is not None,
        )

    def _spread(self, value: Any, name: str) -> NDArray[np.float64]:
        """A value of shape (), (n,) or (trials, n) for every neuron of every trial, flat."""
        try:
            return np.broadcast_to(value, self.shape).ravel()
        except ValueError:
            where = f"{self.population.name}.{name}"
            limit = f"does not fit {self.trials} trials of {self.population.n} neurons"
            raise ParameterError(where, np.shape(value), limit) from None

    def _rows(self, values: Mapping[str, Any]) -> NDArray[np.float64]:
        """A row for each name, padded with copies of the last neuron."""
        rows = aligned_zeros((len(values), self.padded))
        for row, (name, value) in zip(rows, values.items(), strict=True):
            row[: self.size] = self._spread(value, name)
            row[self.size :] = row[self.size - 1]
        return rows

    def _passed(self, threshold: str) -> NDArray[np.bool_]:
        system = self.population.system
        condition = system.condition(threshold)
        known = system.with_needed(condition, self.population.constants() | self.views)
        return np.broadcast_to(evaluate(condition, known), self.shape).ravel()

    @property
    def views(self) -> dict[str, NDArray[np.float64]]:
        """The states as the user sees them: (n,), or (trials, n) with several trials."""
        shape = self.shape if self.trials > 1 else self.shape[1:]
        names = self.population.system.states
        rows = zip(names, self.state, strict=True)
        return {name: row[: self.size].reshape(shape) for name, row in rows}

    def inbox(self, receptor: str, delay: int) -> NDArray[np.float64]:
        """Ring of the events that arrive at a receptor, shape (n_rows, padded), a row for each step.

        ``<receptor>.end`` is the ring of the pulses that end there.
        """
        r = self.receptors[receptor]
        return self.events[r] if delay else self.arriving[r : r + 1]

    def straight_state(self, receptor: str) -> NDArray[np.float64]:
        """The state, of all trials, that spikes at one of the `straight` receptors are added to."""
        ((name, _),) = self.population.composition.jumps[receptor]
        row: NDArray[np.float64] = self.state[self.names.index(name)]
        return row

    def keeps_to_cuts(self, split: Split) -> bool:
        """Whether each thread advances the units between its `cuts`, in every trial."""
        # A few units are advanced by few threads, and yet their events may be many.
        enough = self.trials == 1 and self.padded // LANES >= split.n_shares
        return enough or super().keeps_to_cuts(split)

    def cuts(self, split: Split) -> list[int]:
        """Where, among the units of a trial, the share of each thread begins, and the last one ends."""
        if split.n_shares == 1 or not self.keeps_to_cuts(split):
            return super().cuts(split)
        return [*self.shares[:-1], self.size]

    def claim(self) -> None:
        """Show the states in the population."""
        self.population.bind(self.views)

    def begin(self, step: int) -> None:
        """Tell the monitors, and those that hear of the signals, what holds from now on."""
        self.recorder.begin(step, self.constants)
        self.outlets.send(step, {**self.constants, **self.views, "t": step * self.dt}, self._spread)

    def inlet(self, receptor: str) -> NDArray[np.float64]:
        """What continuous projections bring to a receptor, shape (window, trials*n), by step."""
        return self.sums[[*self.population.composition.summed].index(receptor), :, : self.size]

    def prepare(self, n_steps: int) -> None:
        """Take over parameters and inputs, if any has changed since the last run.

        Raises
        ------
        ParameterError
            If an array does not fit the trials, or the time step is too large for the model.
        """
        population = self.population
        tables = table_rows(population, self.network, n_steps)
        if population.revision == self.revision:
            return
        constants = population.constants()
        for name, value in constants.items():
            if np.ndim(value):
                constants[name] = self._spread(value, name).reshape(self.shape)
        per_neuron = frozenset(n for n, v in constants.items() if np.ndim(v))
        refractory = refractory_times(population, constants, self._rows, self.dt, counted=self.counted)
        counter = narrowest(refractory, self.left) if self.counted else self.left.dtype
        if refractory.size > 1:
            per_neuron |= {PAUSE}
        straight = added_factors(population, self.one_step, constants, self.outlets.signals)
        spec = kernel_spec(population, per_neuron, self.instant, self.outlets.signals, straight, counter.name)
        check_time_step(population, constants, spec.filters, self.dt)
        module = load_kernel(spec)
        self._follow(self.network.step)
        self._count_in(counter)
        linear = (module.LINEAR_STATES, module.MATRIX, module.PROPAGATORS)
        values = constants | propagator_values(*linear, constants, self.dt, self.shape)
        scalars = np.array([values[n] for n in module.SCALARS], dtype=np.float64)
        arrays = self._rows({n: values[n] for n in module.ARRAYS})
        self.constants, self.module, self.spec, self.straight = constants, module, spec, straight
        self.given = {
            "_size": self.size, "dt": self.dt, "_state": self.state, "_scalars": scalars, "_arrays": arrays,
            "_left": self.left, "_refractory": refractory.astype(counter), "_above": self.above,
            "_fired": self.fired, "_events": self.events, "_arriving": self.arriving,
            "_output": self.output, "_sums": self.sums, "_signals": self.outlets.rings, "_rest": self.rest,
            "_reading": tables.reading, **tables.named, **self.recorder.given,
        }  # fmt: skip
        self.version = object()
        self.revision = population.revision

    def advances(self, split: Split) -> list[list[Call]]:
        """Calls that advance chunk after chunk over a window: its inputs, its noise, its units."""
        chunks = self.chunks
        shares = []
        for begin, end in pairwise(chunks.shares):
            calls: list[Call] = []
            # Chunks of one share follow each other, and need normal numbers one after the other.
            shape = len(self.module.NOISES), self.offsets.size - 1
            room = aligned_zeros(math.prod(shape) * chunks.longest)
            for c in range(begin, end):
                lo, hi, p_lo, p_hi = chunks.ranges[c]
                calls += self.received(lo, min(hi, self.size))
                normals = room[: math.prod(shape) * (hi - lo)].reshape(*shape, hi - lo)
                for k, block in enumerate(normals, start=1):
                    stream = self.stream + k * NOISE_STREAM
                    calls.append(
                        bind(normal_block, self.seed, stream, Now("step"), Now("last"), lo, hi, block)
                    )
                own = {
                    "_lo": lo, "_hi": hi, "_p_lo": p_lo, "_p_hi": p_hi, "_normals": normals,
                    "_spikes": chunks.spikes[c], "_counts": chunks.counts[c], "_moments": chunks.moments[c],
                }  # fmt: skip
                calls.append(population_call(self.module, "advance", self.spec, self.given | own))
            shares.append(calls)
        return shares

    def sorting(self) -> list[Call]:
        """Calls that merge the spikes of the chunks, and their moments."""
        chunks = self.chunks
        lists: list[tuple[Any, Any]] = [(chunks.spikes, self.spikes)] if chunks.spikes.size else []
        if self.moments is not None:
            lists.append((chunks.moments, self.moments))
        return [bind(merge_spikes, each, chunks.counts, Now("last"), to, self.offsets) for each, to in lists]

    def arrivals(self, split: Split) -> list[list[Call]]:
        """Calls that deliver the events without delay in the step just done, and reset after them."""
        if not self.instant:
            return []
        bounds = (LANES * end for end in split.bounds(self.padded // LANES))
        return [
            [population_call(self.module, "arrive", self.spec, self.given | {"_lo": lo, "_hi": hi})]
            for lo, hi in pairwise(bounds)
        ]

    def longest(self, step: int) -> int:
        """Steps from `step` on for which there is room to record."""
        return self.recorder.longest(step) if self.recorder.monitors else super().longest(step)

    def collect(self, step: int, n_steps: int) -> None:
        """Take note of the states recorded in a stretch."""
        if self.recorder.monitors:
            self.recorder.collect(step, n_steps)

    def flush(self, step: int) -> None:
        """Hand the states recorded before a step to the monitors."""
        self.recorder.flush(step)

    def finish(self, step: int) -> None:
        """Hand the states recorded in a run to the monitors."""
        self.recorder.finish(step, self.state)

    def check_finite(self, step: int, n_steps: int) -> None:
        """Raise `NonFiniteError` if a state is infinite or NaN."""
        state = self.state[:, : self.size]
        finite = np.isfinite(state)
        if finite.all():
            # Padding hears of no events, and may have gone where no neuron goes.
            self.state[:, self.size :] = state[:, -1:]
            return
        row, flat = np.argwhere(~finite)[0]
        name = self.population.system.states[row]
        raise NonFiniteError(
            f"{self.population.name}.{name}: neuron {flat % self.population.n}"
            + (f" of trial {flat // self.population.n}" if self.trials > 1 else "")
            + f" became {self.state[row, flat]} between {step * self.dt:g} and "
            f"{(step + n_steps) * self.dt:g} ms. "
            "What was recorded so far is kept. Use a smaller dt, or look for an input or a weight that is "
            "too large or not a number."
        )

    @property
    def _rings(self) -> NDArray[np.float64]:
        """Events in flight, shape (n_receptors, n_rows, size)."""
        return self.events[..., : self.size]

    def snapshot(self, step: int) -> dict[str, Any]:
        """States, counters, events in flight and the latest signals; see `GroupState.snapshot`."""
        saved: dict[str, Any] = {name: getattr(self, name)[: self.size] for name in KEPT}
        saved["left"] = saved["left"].astype(np.int32 if self.counted else np.float64)
        saved["states"] = {name: row[: self.size] for name, row in zip(self.names, self.state, strict=True)}
        if self.one_at_a_time:
            saved["spikes"] = self.spikes.array[: self.offsets[1]]
        return saved | {"events": in_flight(self._rings, step)} | self.outlets.snapshot(step)

    def restore(self, saved: Mapping[str, Any], step: int) -> None:
        """Take over what `snapshot` found, once the population has its values."""
        self._follow(step)
        if self.counted:
            self._count_in(np.promote_types(self.left.dtype, narrowest(saved["left"])))
        for name in KEPT:
            getattr(self, name)[: self.size] = saved[name]
        # What a stimulus brings that was set after the last run has not begun yet.
        begun = saved["states"].keys() >= {*self.names}
        states = {} if begun else self._start_values(step)
        states |= {name: row.reshape(self.shape) for name, row in saved["states"].items()}
        self.state[...] = self._rows({name: states[name] for name in self.names})
        put_in_flight(self._rings, step, saved["events"])
        spikes = np.asarray(saved["spikes"] if self.one_at_a_time and "spikes" in saved else [])
        if ((spikes < 0) | (spikes >= self.size)).any():
            raise ValueError(f"spikes of units that {self.population.name} has not")
        self.spikes.array[: spikes.size] = spikes
        self.offsets[1:] = spikes.size
        self.outlets.restore(saved, step)
