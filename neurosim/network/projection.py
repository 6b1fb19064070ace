"""A projection: a connectivity from one population to another, with a delay."""

from __future__ import annotations

from typing import Any

from neurosim.connectivity.connectivity import Connectivity
from neurosim.errors import ParameterError
from neurosim.network.group import as_slice
from neurosim.units import convert


class Projection:
    """Synapses from `pre` to a receptor of `post`.

    Parameters
    ----------
    pre : Population, another source of spikes, or slice of one
    post : Population, McCullochPitts, Parrot or slice of one
    connectivity : Connectivity
        The linear operator, used as it is, never copied: a weight changed in it changes for every projection
        and layer that uses it. A weight is in the unit of the receptor: for `PSCFilter` the unit of the
        neuron's input times ms (area) or that unit (peak).
    receptor : str, optional
        Name of the receptor; may be left out where there is only one.
    delay : float, str or quantity, default 0
        Time from spike to arrival, ms; rounded to the nearest step. A spike with delay 0 arrives in the step
        in which it happens, between the threshold test and the reset, and acts from the next. During the
        refractory time, a state that is held ``unless refractory`` takes no events.
    name : str, optional

    Raises
    ------
    ParameterError
        If sizes do not fit (both are named), the receptor does not exist, or the delay is negative.
    """

    def __init__(
        self,
        pre: Any,
        post: Any,
        connectivity: Connectivity,
        *,
        receptor: str | None = None,
        delay: Any = 0.0,
        name: str | None = None,
    ) -> None:
        self.pre, self.post = as_slice(pre, "Projection.pre"), as_slice(post, "Projection.post")
        self.name = name or f"{self.pre.name}->{self.post.name}"
        if not isinstance(connectivity, Connectivity):
            limit = "must be a Connectivity, such as Dense(weights)"
            raise ParameterError(f"{self.name}.connectivity", connectivity, limit)
        sizes = {"pre": (self.pre.n, connectivity.n_pre), "post": (self.post.n, connectivity.n_post)}
        for side, (n, wanted) in sizes.items():
            if n != wanted:
                limit = f"has {n} units, but the connectivity has n_{side} = {wanted}"
                raise ParameterError(f"{self.name}.{side}", n, limit)
        self.connectivity = connectivity
        target = self.post.group
        if not hasattr(target, "receptors"):
            raise ParameterError(f"{self.name}.post", target, "must be a Population with receptors")
        names: list[str] = list(target.receptors)
        if receptor is None and len(names) == 1:
            receptor = names[0]
        if receptor not in names:
            has = f"has {', '.join(names)}" if names else "has none"
            raise ParameterError(
                f"{self.name}.receptor", receptor, f"must be a receptor of {target.name}, which {has}"
            )
        self.receptor: str = receptor
        number = convert(delay, "ms", f"{self.name}.delay")
        if not isinstance(number, float) or number < 0:
            raise ParameterError(f"{self.name}.delay", delay, "must be one time, 0 or more")
        self.delay = number
        for group in (self.pre.group, target):
            group.attached.add(self)

    def __repr__(self) -> str:
        return (
            f"Projection({self.name}, {self.connectivity!r}, receptor={self.receptor!r}, "
            f"delay={self.delay:g} ms)"
        )
