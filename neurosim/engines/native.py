"""The native engine: the one time loop.

Populations do not influence each other within the smallest delay, so each advances a whole window of that
length in one kernel call per chunk of neurons; then the spikes are delivered. Compiled code goes through many
windows by itself. Between such stretches Python sees Ctrl-C, shows progress and hands on what was recorded.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from neurosim.engines.coupling import Coupling
from neurosim.engines.delay_steps import DelaySteps
from neurosim.engines.gamma_state import GammaState
from neurosim.engines.group_state import GroupState, Place
from neurosim.engines.interruption import interruptible
from neurosim.engines.kernel_choice import kernel_spec
from neurosim.engines.mcculloch_pitts_state import McCullochPittsState
from neurosim.engines.memory import check_memory, check_recording
from neurosim.engines.pace import Pace
from neurosim.engines.parrot_state import ParrotState
from neurosim.engines.poisson_feed import PoissonFeed
from neurosim.engines.poisson_state import PoissonState
from neurosim.engines.population_state import PopulationState
from neurosim.engines.program import Program, Shares, Work, side_by_side
from neurosim.engines.progress import ProgressBar
from neurosim.engines.release import Release
from neurosim.engines.route import Route, deliveries, in_order
from neurosim.engines.spike_generator_state import SpikeGeneratorState
from neurosim.engines.split import Split
from neurosim.engines.straight import Straight, one_step_receptors
from neurosim.engines.watch import Watch
from neurosim.kernels.core.threads import processors
from neurosim.kernels.spiking.advance import kernel_source
from neurosim.network.gamma import GammaPopulation
from neurosim.network.group import Group
from neurosim.network.mcculloch_pitts import McCullochPitts
from neurosim.network.network import Network
from neurosim.network.parrot import Parrot
from neurosim.network.poisson import PoissonPopulation
from neurosim.network.population import Population
from neurosim.network.projection import Projection
from neurosim.network.spike_generator import SpikeGenerator
from neurosim.network.state_monitor import StateMonitor
from neurosim.neurons.model import NeuronModel
from neurosim.neurons.signal import Signal

LONGEST_WINDOW = 128
"""Steps; bounds the memory of a window where no projection does."""

LONGEST_FED_WINDOW = 16
"""The same where inputs write all events of a window before it begins: these are kept in memory."""

WINDOW_VOLUME = 8_000_000
"""Largest number of neuron-steps in a window, for the same reason."""

WORTH_A_THREAD = 4_000
"""Nanoseconds of work in a window below which a second thread costs more than it brings."""

FEED_STREAM = 2**31
"""Stream of the first input's random numbers; groups have the lower ones."""

KINDS: dict[type[Group], Any] = {
    GammaPopulation: GammaState,
    McCullochPitts: McCullochPittsState,
    Parrot: ParrotState,
    PoissonPopulation: PoissonState,
    Population: PopulationState,
    SpikeGenerator: SpikeGeneratorState,
}
"""The `GroupState` of each kind of group, and of the kinds derived from it."""


@dataclass(frozen=True)
class Native:
    """The engine of neurosim itself; see `neurosim.engines.engine.Engine`."""

    def session(self, network: Network) -> Session:
        """Begin work on a network."""
        return Session(network)


class Session:
    """A network at work: its arrays, and the loop over time.

    Making one changes nothing in the network; `watch.claim` and `show` do, once `prepare` has found no fault.

    Parameters
    ----------
    network : Network

    Raises
    ------
    ParameterError
        If an array does not fit the trials, a recording interval is off the grid, or the memory does not
        suffice.
    """

    def __init__(self, network: Network) -> None:
        self.engine = Native()
        self.network = network
        self.delays = [DelaySteps.of(p, network.dt) for p in network.projections]
        self.arrivals = [self._arrivals(p, d) for p, d in zip(network.projections, self.delays, strict=True)]
        self.pace: Pace | None = None
        self.threads = network.threads or processors()
        self.watch = Watch(network)
        places = [self._place(group, stream) for stream, group in enumerate(network.groups)]
        kinds = [_kind(group) for group in network.groups]
        placed = [*zip(kinds, network.groups, places, strict=True)]
        check_memory(network, {group: kind.memory(group, place) for kind, group, place in placed})
        self.states: list[GroupState] = [kind(group, place) for kind, group, place in placed]
        self.feeds = []
        for number, background in enumerate(network.inputs):
            state = self._of(background.post.group)
            ring = state.inbox(background.receptor, 1)
            self.feeds.append(PoissonFeed(background, network, FEED_STREAM + number, ring))
            state.feeds = [*state.feeds, self.feeds[-1]]
        routes: list[Route] = []
        self.releases: list[Release] = []
        meeting: dict[tuple[Any, str], list[tuple[Projection, Signal, Any, int]]] = {}
        for projection, arrivals in zip(network.projections, self.arrivals, strict=True):
            source, target = self._of(projection.pre.group), self._of(projection.post.group)
            if projection.signal is None:
                release = None
                if projection.stp is not None:
                    release = Release(projection.stp, source, projection.pre)
                    self.releases.append(release)
                routes += [Route(projection, source, target, *arrival, release) for arrival in arrivals]
            else:
                ((receptor, delay),) = arrivals
                part = (projection, projection.signal, source, delay.longest)
                meeting.setdefault((target, receptor), []).append(part)
        self.couplings = [Coupling(*end, sources) for end, sources in meeting.items()]
        self.routes = in_order(routes)
        self._programs: dict[int, tuple[list[object], Program]] = {}

    @property
    def window(self) -> int:
        """Steps that populations can go without hearing of each other."""
        largest = max((g.n for g in self.network.groups), default=1) * self.network.trials
        # What acts along a difference needs the potentials of this moment on both sides.
        gaps = [0 for p in self.network.projections if p.along_difference]
        shortest = [delay.shortest for delay in self.delays]
        longest = LONGEST_FED_WINDOW if self.network.inputs else LONGEST_WINDOW
        return max(1, min([longest, WINDOW_VOLUME // largest, *shortest, *gaps]))

    def _place(self, group: Group, stream: int) -> Place:
        arrivals = zip(self.network.projections, self.arrivals, strict=True)
        ends = [(p, receptor, delay) for p, each in arrivals for receptor, delay in each]
        mine = [d for p, _, d in ends if p.post.group is group and p.signal is None]
        delays = tuple(steps for delay in mine for steps in (delay.shortest, delay.longest))
        sent = tuple(d.longest for p, _, d in ends if p.pre.group is group and p.signal is not None)
        watched = self.watch.intervals.items()
        intervals = {m: every for m, every in watched if isinstance(m, StateMonitor) and m.group is group}
        fed = any(source.post.group is group for source in self.network.inputs)
        heard = one_step_receptors(self.network, group, ends) if self.window == 1 else frozenset[str]()
        return Place(self.network, stream, self.window, delays, sent, intervals, fed, heard)

    def _arrivals(self, projection: Projection, delay: DelaySteps) -> list[tuple[str, DelaySteps]]:
        """Where the spikes of a projection arrive, and after how many steps; a pulse arrives and ends."""
        target, name = projection.post.group, projection.receptor
        if projection.signal is not None:
            return [(name, delay)]
        arrivals = [(name, part) for part in delay.parts()]
        if isinstance(target, Population) and name in target.composition.pulses:
            where = f"{target.name}.receptors[{name!r}].pulse"
            pulse = self.network.whole_steps(target.composition.pulses[name], where)
            arrivals += [(f"{name}.end", part) for part in delay.later(pulse).parts()]
        return arrivals

    def _of(self, group: Group) -> GroupState:
        return next(s for s, g in zip(self.states, self.network.groups, strict=True) if g is group)

    def prepare(self, n_steps: int) -> None:
        """Take over parameters and inputs, which may have changed since the last run; see `Network.run`."""
        check_recording(self.network, self.watch.intervals, n_steps)
        for state in self.states:
            state.prepare(n_steps)
        for coupling in self.couplings:
            coupling.prepare()
        for feed in self.feeds:
            feed.prepare()

    def show(self) -> None:
        """Show the states in their populations and projections."""
        for state in self.states:
            state.claim()
        for release in self.releases:
            release.terminals.claim(self.network)

    def snapshot(self) -> list[dict[str, Any]]:
        """The state of each group; see `GroupState.snapshot`."""
        return [state.snapshot(self.network.step) for state in self.states]

    def restore(self, saved: list[dict[str, Any]]) -> None:
        """Take over what `snapshot` found, once the network has its values and its step."""
        for state, its in zip(self.states, saved, strict=True):
            state.restore(its, self.network.step)

    def run(self, n_steps: int, *, progress: bool) -> None:
        """Advance by a number of steps; see `Network.run`."""
        network, window, watch = self.network, self.window, self.watch
        for state in self.states:
            state.begin(network.step)
        watch.begin(n_steps, self.states, self._of)
        self.straight = Straight(route for group in self.routes for route in group)
        pace = self.pace = self.pace or Pace(window, self.threads, WORTH_A_THREAD)
        with (
            interruptible() as interrupted,
            ProgressBar(n_steps, network.dt, shown=progress) as bar,
            ExitStack() as executors,
            self._ending(),
        ):
            self.straight.begin(network.step)
            executor: Executor | None = None
            end = network.step + n_steps
            while network.step < end:
                step, program = network.step, self.program(pace.split)
                if program.n_shares > 1 and executor is None:
                    pool = ThreadPoolExecutor(self.threads)
                    executor = executors.enter_context(pool)
                longest = pace.n_steps if program.is_compiled and not self.straight.waits else window
                room = min((state.longest(step) for state in self.states), default=longest)
                watch.before(step)
                began = time.perf_counter()
                n = program.run(step, min(longest, end - step, watch.longest(step), room), window, executor)
                if self.straight.waits:
                    self.straight.arrive(step)
                pace.note(n, time.perf_counter() - began, program.worked, program.price)
                last = (n - 1) // window * window  # where, in the stretch, its last window began
                for state in self.states:
                    state.collect(step, n)
                watch.collect(step + last, n - last)
                network.step += n
                for state in self.states:
                    state.check_finite(step + last, n - last)
                bar.update(n)
                if not watch.after(network.step):
                    break
                if interrupted():
                    raise KeyboardInterrupt(f"stopped at {network.t:g} ms; run() goes on from there")

    def program(self, split: Split) -> Program:
        """What happens in a window, made again where something has moved since it was made."""
        versions = [split, *(state.version for state in self.states), *self.watch.logs]
        found, program = self._programs.get(split.n_shares, ([], None))
        if program is None or found != versions:
            program = Program(self.phases(split), split.n_shares)
            self._programs[split.n_shares] = versions, program
        return program

    def phases(self, split: Split) -> Iterator[Shares | Work]:
        """The order of a window."""
        for coupling in self.couplings:
            yield coupling.gather
        for state in self.states:
            state.arrange(split)
            if state.enters:
                yield state.enter
        advances = side_by_side([state.advances(split) for state in self.states], split.n_shares)
        yield from self.straight.calls(advances, split)
        for state in self.states:
            if state.answers:
                yield state.answer
        for release in self.releases:
            release.make_room()
            if any(state.answers for state in self.states):  # their spikes may need more of it
                yield release.make_room
        yield [[call for state in self.states for call in state.sorting()]]
        logs = (log.call() for log in self.watch.logs.values())
        yield [[*logs, *(release.call() for release in self.releases)]]
        others = ([route for route in group if not route.is_straight] for group in self.routes)
        yield from deliveries((group for group in others if group), split)
        yield side_by_side([state.arrivals(split) for state in self.states], split.n_shares)

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """Bring everything recorded to the monitors and their files, however the run ends."""
        try:
            yield
        finally:
            self.straight.end(self.network.step)
            for state in self.states:
                state.finish(self.network.step)
            self.watch.finish(self.network.step)


def _kind(group: Group) -> Any:
    for kind in type(group).__mro__:
        if kind in KINDS:
            return KINDS[kind]
    raise TypeError(f"the native engine cannot run a {type(group).__name__}")


def kernel_text(model: NeuronModel, integrator: str | None = None) -> str:
    """Source of the kernel that a population of this model, without receptors, runs on."""
    return kernel_source(kernel_spec(Population(1, model, integrator=integrator)))
