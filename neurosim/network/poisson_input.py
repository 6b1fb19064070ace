"""Poisson background onto every neuron of a population, without a population that sends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from neurosim.description import Described
from neurosim.errors import ParameterError
from neurosim.network.checks import checked_name, whole_number
from neurosim.network.group import as_slice, receptor_of
from neurosim.network.population import Population
from neurosim.units import convert

MOST = 1e6
"""Events that may be expected for a neuron in one step."""


class PoissonInput(Described):
    """Spikes of many Poisson sources that no one else hears.

    In each step each neuron receives a Poisson number of events, ``n*rate*dt`` in the mean, independent of
    those of other neurons, trials and steps. Each is worth `weight`. They arrive as spikes do through a
    projection: in the step, to act from the next.

    Parameters
    ----------
    post : Population, McCullochPitts, Parrot or slice of one
    receptor : str, optional
        Name of the receptor; may be left out where there is only one.
    n : int, default 1
        Sources of each neuron.
    rate : float, array_like, str or quantity
        Hz, of one source: one for all, one for each neuron (post.n,), or for each of each trial (trials,
        post.n).
    weight : float, array_like, str or quantity, default 1
        In the unit of the weights of a `Projection` to this receptor: one for all, or one for each neuron
        (post.n,).
    name : str, optional

    Raises
    ------
    ParameterError
        If the receptor does not exist or works in pulses, a rate is negative or not finite, or a shape does
        not fit.
    UnitError
        If a rate is not one, or a weight has another unit than the receptor's.

    Examples
    --------
    >>> from neurosim import LIF, Network, PoissonInput, Population, PSCFilter
    >>> cells = Population(100, LIF, receptors={"exc": PSCFilter("5 ms")})
    >>> background = PoissonInput(cells, "exc", n=1000, rate="8 Hz", weight=0.1)
    >>> Network(cells, background, seed=1).run("100 ms")
    """

    def __init__(
        self,
        post: Any,
        receptor: str | None = None,
        *,
        n: int = 1,
        rate: Any,
        weight: Any = 1.0,
        name: str | None = None,
    ) -> None:
        self.post = as_slice(post, "PoissonInput.post")
        self.name = checked_name("PoissonInput.name", name, f"PoissonInput->{self.post.name}")
        self.receptor = receptor_of(self.post.group, receptor, self.name)
        group = self.post.group
        if isinstance(group, Population) and self.receptor in group.composition.pulses:
            limit = "releases a pulse at each spike, whose end an input without spikes does not know"
            remedy = "Use a PoissonPopulation and a Projection."
            raise ParameterError(f"{self.name}.receptor", self.receptor, limit, remedy)
        self.n = whole_number(f"{self.name}.n", n, 1, 2**31 - 1)
        self.rate, self.weight = rate, weight
        self.post.group.attached.add(self)

    @property
    def rate(self) -> float | np.ndarray:
        """Rate of one source, Hz; a copy, so assign to change it, between runs too."""
        return self._rate.copy() if isinstance(self._rate, np.ndarray) else self._rate

    @rate.setter
    def rate(self, value: Any) -> None:
        where = f"{self.name}.rate"
        rate = convert(value, "Hz", where)
        if np.any(np.asarray(rate) < 0):
            raise ParameterError(where, value, "must not be negative")
        size = np.shape(rate)
        if size and (len(size) > 2 or size[-1] != self.post.n):
            limit = f"the shape must be (), ({self.post.n},) or (trials, {self.post.n})"
            raise ParameterError(where, size, limit)
        self._rate: float | np.ndarray = rate

    @property
    def weight(self) -> float | np.ndarray:
        """What one event is worth; a copy, so assign to change it, between runs too."""
        return self._weight.copy() if isinstance(self._weight, np.ndarray) else self._weight

    @weight.setter
    def weight(self, value: Any) -> None:
        where = f"{self.name}.weight"
        group = self.post.group
        unit = group.composition.weight_units[self.receptor] if isinstance(group, Population) else None
        weight = convert(value, unit or "1", where)
        if np.shape(weight) not in ((), (self.post.n,)):
            raise ParameterError(where, np.shape(weight), f"the shape must be () or ({self.post.n},)")
        self._weight: float | np.ndarray = weight

    def snapshot(self) -> dict[str, Any]:
        """Rate and weight."""
        return {"rate": self._rate, "weight": self._weight}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over what `snapshot` found."""
        self._rate, self._weight = saved["rate"], saved["weight"]

    def __repr__(self) -> str:
        return f"PoissonInput({self.post.name}, {self.receptor!r}, n={self.n}, name={self.name!r})"
