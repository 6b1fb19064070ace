"""Spikes that are added straight to the states they act on.

Where every projection to a receptor has a delay of one step, and a spike there does nothing but add to one
state, no ring is needed: the spikes of a step are added to the state itself once the next step has advanced
it. That spares reading and clearing a row of events in every step.

Between runs what is on its way lies in the ring all the same, to be looked at, saved and followed by others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from neurosim.engines.delay_steps import DelaySteps
from neurosim.engines.program import Shares
from neurosim.engines.route import Route
from neurosim.engines.split import Split
from neurosim.equations.expression import evaluate, names_in
from neurosim.network.group import Group
from neurosim.network.network import Network
from neurosim.network.population import Population
from neurosim.network.projection import Projection
from neurosim.neurons.signal import Signal


def one_step_receptors(
    network: Network, group: Group, ends: Iterable[tuple[Projection, str, DelaySteps]]
) -> frozenset[str]:
    """Receptors of a group that hear of nothing but the spikes that populations fired a step ago.

    Parameters
    ----------
    network : Network
    group : Group
    ends : iterable of (Projection, str, DelaySteps)
        Of the whole network: projection, receptor and delay.
    """
    mine = [(p, receptor, delay) for p, receptor, delay in ends if p.post.group is group and p.signal is None]
    if any(delay.shortest == 0 for _, _, delay in mine):
        return frozenset()
    others = {i.receptor for i in network.inputs if i.post.group is group}
    others |= {receptor for p, receptor, delay in mine if delay.longest > 1 or not _fires(p.pre.group)}
    others |= {receptor for p, receptor, _ in mine if p.stp is not None}
    return frozenset(receptor for _, receptor, _ in mine) - others


def _fires(group: Group) -> bool:
    return isinstance(group, Population) and group.model.rate_signal is None


def added_factors(
    population: Population,
    receptors: Collection[str],
    constants: Mapping[str, Any],
    signals: Sequence[Signal],
) -> dict[str, float]:
    """Those of some receptors at which a spike does nothing but add to a state, and what it is multiplied by.

    The state must neither wait for a refractory time nor have a part in what follows an arrival within a
    step: the reset, and the `signals` that are passed on.
    """
    composition, model = population.composition, population.model
    system = composition.system
    reset = system.statements(model.reset) if model.reset else []
    later = {name for name, _ in reset}
    for node in (*(value for _, value in reset), *(signal.node(system) for signal in signals)):
        later |= system.ancestors(node)
    if model.refractory is not None:
        later |= system.held
    fixed = {name for name, value in constants.items() if not np.ndim(value)} - {*composition.tables}
    factors = {}
    for name in receptors:
        jumps = composition.jumps[name]
        if len(jumps) == 1 and jumps[0][0] not in later and names_in(jumps[0][1]) <= fixed:
            factors[name] = float(evaluate(jumps[0][1], constants))
    return factors


class Straight:
    """The spikes of one run that are added to the states themselves.

    Parameters
    ----------
    routes : iterable of Route
        Of the whole network.

    Attributes
    ----------
    waits : bool
        Whether something is on its way in the rings, which `arrive` brings to the states.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = [route for route in routes if route.is_straight]
        self.rings = {route.inbox: route for route in self.routes}.values()
        self.waits = False

    def begin(self, step: int) -> None:
        """Take back from the rings what the spikes of the last step brought there.

        If something else is on its way, because weights have changed since, say, it waits there.
        """
        found = [route.ring.copy() for route in self.rings]
        self._clear()
        self._fill(step)
        self.waits = any((route.ring != was).any() for route, was in zip(self.rings, found, strict=True))
        if not self.waits:
            self._clear()
            return
        for route, was in zip(self.rings, found, strict=True):
            route.ring[...] = was
        for route in self.routes:
            route.source.offsets[:] = 0

    def calls(self, advances: Shares, split: Split) -> Iterator[Shares]:
        """Phases: the advances of a step, and the calls that add the spikes of the step before.

        Parameters
        ----------
        advances : list of list of Call
        split : Split
            Where each thread adds to units that it has advanced itself, it does so at once.
        """
        calls = [route.straight_calls(split) for route in self.routes]
        kept = all(route.target.keeps_to_cuts(split) for route in self.routes)
        if kept and all(len(parts) == split.n_shares for parts in calls):
            yield [[*own, *added] for own, *added in zip(advances, *calls, strict=True)]
            return
        yield advances
        yield from ([route.straight_calls()] for route in self.routes)

    def arrive(self, step: int) -> None:
        """Add what waited for a step that has advanced the states."""
        for route in self.rings:
            row = route.ring[step % len(route.ring)]
            state = route.target.straight_state(route.receptor)
            state += route.target.straight[route.receptor] * row
            row[:] = 0.0
        self.waits = any(route.ring.any() for route in self.rings)

    def end(self, step: int) -> None:
        """Put what is on its way into the rings."""
        self._fill(step)

    def _fill(self, step: int) -> None:
        for route in self.routes:
            for call in route.calls():
                call(step - 1, 0, 1)

    def _clear(self) -> None:
        for route in self.rings:
            route.ring[...] = 0.0
