"""A projection: a connectivity from one population to another, with a delay."""

from __future__ import annotations

from typing import Any

from neurosim.connectivity.connectivity import Connectivity
from neurosim.errors import ParameterError
from neurosim.network.group import Group, as_slice, receptor_of
from neurosim.network.population import Population
from neurosim.neurons.signal import Signal
from neurosim.units import convert, quotient


class Projection:
    """Synapses from `pre` to a receptor of `post`.

    Parameters
    ----------
    pre : Population, another source of spikes, or slice of one
    post : Population, McCullochPitts, Parrot or slice of one
    connectivity : Connectivity
        The linear operator, used as it is, never copied: a weight changed in it changes for every projection
        and layer that uses it. A weight is in the unit of the receptor: for `PSCFilter` the unit of the
        neuron's input times ms (area) or that unit (peak); for `Continuous` and `GapJunction` the unit of
        the input over that of what is passed on, see `weight_unit`.
    receptor : str, optional
        Name of the receptor; may be left out where there is only one.
    variable : str, optional
        For a receptor of continuous signals: the presynaptic variable that is passed on, a state or a
        sub-expression; by default the one that the receptor names, else the output of the presynaptic model.
    delay : float, str or quantity, default 0
        Time from spike to arrival, ms; rounded to the nearest step. A spike with delay 0 arrives in the step
        in which it happens, between the threshold test and the reset, and acts from the next. During the
        refractory time, a state that is held ``unless refractory`` takes no events. A continuous signal with
        delay 0 is what it is at the end of a step, and acts in the next.
    name : str, optional

    Attributes
    ----------
    signal : Signal or None
        What is passed on continuously; None where spikes, or the rates of units without spikes, are.

    Raises
    ------
    ParameterError
        If sizes do not fit (both are named), the receptor does not exist, the presynaptic units have no such
        variable or one whose unit does not fit, or the delay is negative.
    """

    def __init__(
        self,
        pre: Any,
        post: Any,
        connectivity: Connectivity,
        *,
        receptor: str | None = None,
        variable: str | None = None,
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
        self.receptor = receptor_of(self.post.group, receptor, self.name)
        self.signal = self._signal(self.post.group, variable)
        number = convert(delay, "ms", f"{self.name}.delay")
        if not isinstance(number, float) or number < 0:
            raise ParameterError(f"{self.name}.delay", delay, "must be one time, 0 or more")
        self.delay = number
        for group in (self.pre.group, self.post.group):
            group.attached.add(self)

    def _signal(self, target: Group, variable: str | None) -> Signal | None:
        """What is passed on to a receptor of continuous signals; None for a receptor of spikes."""
        where, source = f"{self.name}.variable", self.pre.group
        if not isinstance(target, Population) or self.receptor not in target.composition.summed:
            if variable is not None:
                limit = f"receptor {self.receptor!r} takes spikes, not a variable"
                raise ParameterError(where, variable, limit, "Give the population a Continuous() receptor.")
            if isinstance(source, Population) and source.model.signal and not source.model.signal.is_rate:
                limit = f"receptor {self.receptor!r} takes rates, and this is in {source.model.signal.unit}"
                raise ParameterError(
                    where, source.model.output, limit, "Give the population a Continuous() receptor."
                )
            return None
        receptor = target.receptors[self.receptor]
        variable = variable or receptor.variable
        if not isinstance(source, Population):
            raise ParameterError(where, variable, f"{source.name} has spikes only, and no variables")
        signal = source.model.signal if variable is None else source.signal(variable, where)
        if signal is None:
            limit = (
                f"receptor {self.receptor!r} takes a continuous signal, and {source.model.name} has no output"
            )
            raise ParameterError(where, None, limit, "Name a variable, such as variable='v'.")
        if receptor.difference and receptor.variable is not None:
            wanted = target.system.units[receptor.variable]
            if (wanted.dimension, wanted.decades) != (signal.unit.dimension, signal.unit.decades):
                limit = f"is in {signal.unit}, but {target.name}.{receptor.variable} is in {wanted}"
                raise ParameterError(where, signal.formula, limit)
        return signal

    @property
    def along_difference(self) -> bool:
        """Whether what flows depends on the difference between the two sides, as through a gap junction."""
        return self.signal is not None and self.post.group.receptors[self.receptor].difference

    @property
    def weight_unit(self) -> str | None:
        """Unit of the weights of a continuous projection, such as ``nS``; None where spikes are passed on."""
        if self.signal is None:
            return None
        target = self.post.group
        return quotient(target.system.units[target.composition.summed[self.receptor]], self.signal.unit).name

    def __repr__(self) -> str:
        return (
            f"Projection({self.name}, {self.connectivity!r}, receptor={self.receptor!r}, "
            f"delay={self.delay:g} ms)"
        )
