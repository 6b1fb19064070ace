"""The parts of a network, and what they must be to go together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from neurosim.errors import ParameterError
from neurosim.network.group import Group
from neurosim.network.monitor import Monitor
from neurosim.network.poisson_input import PoissonInput
from neurosim.network.projection import Projection
from neurosim.network.weight_monitor import WeightMonitor


class Assembly:
    """Populations, projections, inputs and monitors that belong together.

    Parameters
    ----------
    *parts : Population or another group of units, Projection, PoissonInput, a monitor, or lists of them

    Attributes
    ----------
    groups : list of Group
    projections : list of Projection
    inputs : list of PoissonInput
    monitors : list of Monitor

    Raises
    ------
    ParameterError
        If a part is of an unknown kind, is given twice, has the name of another or joins something that is
        not there.
    """

    def __init__(self, *parts: Any) -> None:
        self.groups: list[Group] = []
        self.projections: list[Projection] = []
        self.inputs: list[PoissonInput] = []
        self.monitors: list[Monitor] = []
        for part in _flat(parts):
            self._add(part)
        for projection in self.projections:
            for side in (projection.pre, projection.post):
                self._check_member(
                    side.group, f"{projection.name} joins a population that is not in the network"
                )
        for source in self.inputs:
            limit = f"{source.name} ends on a population that is not in the network"
            self._check_member(source.post.group, limit)
        for monitor in self.monitors:
            limit = f"{monitor.name!r} watches a population that is not in the network"
            self._check_member(monitor.group, limit)
            if isinstance(monitor, WeightMonitor) and monitor.projection not in self.projections:
                limit = f"{monitor.name!r} watches a projection that is not in the network"
                raise ParameterError("Network(...)", monitor.projection, limit, "Add the projection.")

    def _add(self, part: Any) -> None:
        where = "Network(...)"
        if any(part is other for other in (*self.groups, *self.projections, *self.inputs, *self.monitors)):
            raise ParameterError(where, part, "is in the network twice")
        if isinstance(part, Group):
            if any(part.name == group.name for group in self.groups):
                raise ParameterError(where, part, f"another population has the name {part.name!r} too")
            self.groups.append(part)
        elif isinstance(part, Projection):
            if part.named and any(part.name == other.name for other in self.projections):
                raise ParameterError(where, part, f"another projection has the name {part.name!r} too")
            self.projections.append(part)
        elif isinstance(part, PoissonInput):
            self.inputs.append(part)
        elif isinstance(part, Monitor):
            self.monitors.append(part)
        else:
            raise ParameterError(where, part, "must be a population, a projection or a monitor")

    def _check_member(self, group: Group, limit: str) -> None:
        if group not in self.groups:
            raise ParameterError("Network(...)", group, limit, "Add the population.")

    def __getitem__(self, name: str) -> Any:
        """The group, projection, input or monitor of a name.

        Raises
        ------
        ParameterError
            If there is none, or more than one.
        """
        parts: list[Any] = [*self.groups, *self.projections, *self.inputs, *self.monitors]
        found = [part for part in parts if part.name == name]
        if len(found) != 1:
            names = ", ".join(sorted({part.name for part in parts}))
            limit = f"is the name of {len(found) or 'none'} of the parts; there are {names}"
            raise ParameterError(f"Network[{name!r}]", name, limit)
        return found[0]

    def check_attached(self) -> None:
        """Refuse to leave out what was made for a population, or to share it with another network."""
        parts: list[Group | Projection | Monitor] = [*self.groups, *self.projections, *self.monitors]
        for part in parts:
            if part.network not in (None, self):
                raise ParameterError(
                    "Network(...)", part.name, "has run in another network", "Make a new one."
                )
            if getattr(part, "wired_by", self) is not self:
                limit = "was taken over by a network made later"
                raise ParameterError("Network(...)", part.name, limit, "Run that one, or make this one anew.")
        for group in self.groups:
            for part in group.attached:
                if part not in (*self.monitors, *self.projections, *self.inputs):
                    remedy = "Pass it to Network(...)."
                    if group.network is not None:
                        remedy = (
                            "The network has already run: delete it, or build population and network anew."
                        )
                    raise ParameterError(
                        "Network(...)", part.name, f"was made for {group.name} but not added", remedy
                    )


def _flat(parts: Iterable[Any]) -> Iterable[Any]:
    for part in parts:
        if isinstance(part, (list, tuple)):
            yield from _flat(part)
        else:
            yield part
