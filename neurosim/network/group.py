"""What populations of every kind have in common: a size, a name, and slices."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from neurosim.description import Described
from neurosim.errors import ParameterError
from neurosim.network.checks import checked_name, whole_number
from neurosim.network.stream import Stream

_numbers = itertools.count(1)


class Group(Described):
    """A number of units that can be the source of a projection or a monitor.

    Attributes
    ----------
    attached : WeakSet
        Monitors and projections made for it; `Network.run` refuses to leave one of them out.
    network : Network or None
        The network it has run in.
    precise_spikes : bool
        Whether its spikes have times of their own inside their steps.
    named : bool
        Whether the user gave it its name.
    wired_by : Network or None
        The network made last with it, which drew what there is to draw.

    Parameters
    ----------
    n : int
        How many, from 1 to 2**31 - 1.
    name : str, optional
        By default the class and a running number.
    """

    precise_spikes: bool = False

    def __init__(self, n: int, name: str | None) -> None:
        kind = type(self).__name__
        self.n = whole_number(f"{kind}.n", n, 1, 2**31 - 1)
        self.named = bool(name)
        self.name = checked_name(f"{kind}.name", name, f"{kind.lower()}_{next(_numbers)}")
        self.attached: weakref.WeakSet[Any] = weakref.WeakSet()
        self.network: Any = None
        self.wired_by: Any = None

    def draw(self, stream: Stream) -> None:
        """Draw what is given by distributions: nothing, unless the kind of group has some."""

    def description(self) -> dict[str, Any]:
        """Arguments that make a group like this, but for what `snapshot` tells."""
        return super().description() | {"named": self.named}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make a group from what `description` returned."""
        named = description.pop("named")
        group = super().from_description(**description)
        group.named = named
        return group

    def snapshot(self) -> dict[str, Any]:
        """Everything about it that a user can change. Arrays may be those in use, not copies."""
        return {}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over what `snapshot` found."""

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, index: slice) -> Slice:
        if not isinstance(index, slice):
            raise ParameterError(f"{self.name}[...]", index, "must be a slice, such as [:10]")
        return self.part(index)

    def part(self, index: slice) -> Slice:
        """The units of a slice, such as ``population[:800]``.

        Raises
        ------
        ParameterError
            If the slice has a step or is empty.
        """
        try:
            start, stop, step = index.indices(self.n)
        except TypeError:
            raise ParameterError(f"{self.name}[...]", index, "the bounds must be whole numbers") from None
        if step != 1 or stop <= start:
            limit = f"must be at least one of the {self.n} units, without gaps"
            raise ParameterError(f"{self.name}[...]", index, limit)
        return Slice(self, start, stop)


class Slice(Described):
    """A run of units of a group.

    Attributes
    ----------
    group : Group
    start, stop : int
        First unit, and the one after the last.
    """

    def __init__(self, group: Any, start: int, stop: int) -> None:
        self.group, self.start, self.stop = group, start, stop

    @property
    def n(self) -> int:
        """Number of units."""
        return self.stop - self.start

    @property
    def name(self) -> str:
        """Name of the group, with the bounds unless it is the whole group."""
        if self.n == self.group.n:
            return str(self.group.name)
        return f"{self.group.name}[{self.start}:{self.stop}]"

    def chosen(self, spikes: np.ndarray) -> tuple[np.ndarray, np.ndarray | slice]:
        """Of spikes of the group, those of these units, as flat indices ``trial*n + unit``, and their places.

        Parameters
        ----------
        spikes : ndarray of int32, shape (n_spikes,)
            Flat indices ``trial*group.n + unit``.
        """
        if self.n == self.group.n:
            return spikes, slice(None)
        trial, unit = np.divmod(spikes, np.int32(self.group.n))
        mine = (unit >= self.start) & (unit < self.stop)
        return (trial * np.int32(self.n) + unit - np.int32(self.start))[mine], mine

    def __getitem__(self, key: str) -> Any:
        """Values of a variable for these units, as the population's own ``population[name]``."""
        self._check_key(key)
        values = self.group[key]
        return values[..., self.start : self.stop] if np.ndim(values) else values

    def __setitem__(self, key: str, value: Any) -> None:
        """Set a variable for these units alone; a value the population shared becomes one for each neuron."""
        self._check_key(key)
        self.group.assign(key, self.start, self.stop, value)

    def _check_key(self, key: str) -> None:
        if not isinstance(key, str) or not hasattr(self.group, "assign"):
            raise ParameterError(
                f"{self.name}[{key!r}]", key, "must be the name of a variable of the population"
            )

    def __len__(self) -> int:
        return self.n

    def __repr__(self) -> str:
        return self.name


def as_slice(source: Any, where: str) -> Slice:
    """A group, or a slice of one, as a slice.

    Raises
    ------
    ParameterError
        If it is neither.
    """
    if isinstance(source, Slice):
        return source
    if isinstance(source, Group):
        return Slice(source, 0, source.n)
    raise ParameterError(where, source, "must be a population or a slice of one")


def receptor_of(group: Any, receptor: str | None, where: str) -> str:
    """The name of a receptor of a group, which may be left out where there is only one.

    Raises
    ------
    ParameterError
        If there is no such receptor, or none at all.
    """
    if not hasattr(group, "receptors"):
        raise ParameterError(f"{where}.post", group, "must be a Population with receptors")
    names: list[str] = list(group.receptors)
    if receptor is None and len(names) == 1:
        return names[0]
    if receptor not in names:
        has = f"has {', '.join(names)}" if names else "has none"
        limit = f"must be a receptor of {group.name}, which {has}"
        raise ParameterError(f"{where}.receptor", receptor, limit)
    return receptor
