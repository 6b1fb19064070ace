"""A network as objects of Brian2."""

from __future__ import annotations

from typing import Any

from neurosim.engines.brian2.group_part import GroupPart
from neurosim.engines.brian2.language import package
from neurosim.engines.brian2.neurons import NeuronPart
from neurosim.engines.brian2.poisson_input import InputPart
from neurosim.engines.brian2.poisson_source import PoissonPart
from neurosim.engines.brian2.sources import GeneratorPart, ThresholdPart
from neurosim.engines.brian2.synapses import SynapsePart
from neurosim.errors import ParameterError
from neurosim.network.group import Group
from neurosim.network.mcculloch_pitts import McCullochPitts
from neurosim.network.network import Network
from neurosim.network.parrot import Parrot
from neurosim.network.poisson import PoissonPopulation
from neurosim.network.population import Population
from neurosim.network.projection import Projection
from neurosim.network.spike_generator import SpikeGenerator

KINDS: dict[type[Group], Any] = {
    McCullochPitts: ThresholdPart,
    Parrot: ThresholdPart,
    PoissonPopulation: PoissonPart,
    SpikeGenerator: GeneratorPart,
}
"""What becomes of each kind of group; of a `Population`, a `NeuronPart`."""


class Translation:
    """Groups, projections and inputs of a network on Brian2; monitors are the caller's business.

    Parameters
    ----------
    network : Network

    Attributes
    ----------
    clock : brian2.Clock
    groups : dict of Group to GroupPart
    synapses : list of SynapsePart
    inputs : list of InputPart

    Raises
    ------
    ParameterError
        If Brian2 cannot express a part of the network; it is named.
    """

    def __init__(self, network: Network) -> None:
        brian2 = package()
        self.network = network
        self.clock = brian2.Clock(network.dt * brian2.ms)
        signals = [p for p in network.projections if p.signal is not None]
        self.groups: dict[Group, GroupPart] = {}
        for group in network.groups:
            self.groups[group] = self._part(group, [p for p in signals if p.post.group is group])
        for projection in network.projections:
            _check_parrot(projection.post.group, network)
        self.inputs = [
            InputPart(source, self.groups[source.post.group], network, self.clock, number)
            for number, source in enumerate(network.inputs)
        ]
        self.synapses = []
        seen: list[tuple[Group, str]] = []
        for projection in network.projections:
            end = (projection.post.group, projection.receptor)
            ends = (self.groups[projection.pre.group], self.groups[projection.post.group])
            number = seen.count(end)
            self.synapses.append(SynapsePart(projection, *ends, network, self.clock, number))
            seen.append(end)

    def _part(self, group: Group, signals: list[Projection]) -> GroupPart:
        if isinstance(group, Population):
            receptors = [p.receptor for p in signals]
            return NeuronPart(group, self.network, self.clock, {r: receptors.count(r) for r in receptors})
        for kind in type(group).__mro__:
            if kind in KINDS:
                part: GroupPart = KINDS[kind](group, self.network, self.clock)
                return part
        limit = f"is a {type(group).__name__}, for which Brian2 has no counterpart"
        remedy = "Run it with the native engine, and play its spikes back: SpikeGenerator.from_monitor(...)."
        raise ParameterError("Network.run.engine", group.name, limit, remedy)

    @property
    def objects(self) -> list[Any]:
        """Everything that belongs into a brian2.Network."""
        groups = [part for group in self.groups.values() for part in group.objects]
        return groups + [part for synapses in self.synapses for part in synapses.objects]

    @property
    def parts(self) -> list[GroupPart]:
        """The groups, in the order of the network."""
        return [*self.groups.values()]

    def named(self) -> dict[str, Any]:
        """Groups of Brian2, and Synapses, by the name of what they stand for."""
        synapses = {s.projection.name: made for s in self.synapses for made in s.objects}
        return {group.name: part.group for group, part in self.groups.items()} | synapses

    def prepare(self, n_steps: int | None) -> None:
        """Take over what may have changed since the last run; see `GroupPart.prepare`."""
        for part in self.groups.values():
            part.prepare(n_steps)
        for synapses in self.synapses:
            synapses.prepare()
        for source in self.inputs:
            source.prepare()

    def push(self) -> None:
        """Write what has changed to Brian2."""
        for part in self.groups.values():
            part.push()
        for synapses in self.synapses:
            synapses.push()
        for source in self.inputs:
            source.push()


def _check_parrot(group: Group, network: Network) -> None:
    """Refuse a parrot that might have to fire twice in a step."""
    if not isinstance(group, Parrot):
        return
    total = 0.0
    for projection in network.projections:
        if projection.post.group is group:
            total += float(projection.connectivity.to_sparse().maximum(0).sum(axis=0).max())
    if total >= 1.5:
        limit = "is what may arrive in one step; a unit would have to fire as often, but on Brian2 fires once"
        remedy = "Use the native engine, or smaller weights."
        raise ParameterError(f"{group.name}.spikes", total, limit, remedy)
