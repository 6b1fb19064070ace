"""A projection: a connectivity from one population to another, with delays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from neurosim.connectivity.connectivity import Connectivity
from neurosim.connectivity.dale import mixed_units
from neurosim.connectivity.rules.rule import Rule
from neurosim.description import Described
from neurosim.distributions import Distribution, in_unit
from neurosim.errors import ParameterError
from neurosim.network.checks import checked_flag, checked_name
from neurosim.network.delays import Delays, own_delays, settled_delays
from neurosim.network.group import as_slice, receptor_of
from neurosim.network.passed_signal import passed_signal
from neurosim.network.population import Population
from neurosim.network.stream import Stream
from neurosim.network.terminals import Terminals
from neurosim.synapses.short_term_plasticity import ShortTermPlasticity
from neurosim.units import Unit, quotient


class Projection(Described):
    """Synapses from `pre` to a receptor of `post`.

    Parameters
    ----------
    pre : Population, another source of spikes, or slice of one
    post : Population, McCullochPitts, Parrot or slice of one
    connectivity : Connectivity or Rule
        A linear operator, used as it is, never copied: a weight changed in it changes for every projection
        and layer that uses it. A weight is in the unit of the receptor: for `PSCFilter` the unit of the
        neuron's input times ms (area) or that unit (peak); for `Continuous` and `GapJunction` the unit of
        the input over that of what is passed on, see `weight_unit`. Or a rule, such as
        ``FixedProbability(0.1, weight="0.2 nS")``, whose weights may carry a unit: it wires when the network
        is made, from the network's seed.
    receptor : str, optional
        Name of the receptor; may be left out where there is only one.
    variable : str, optional
        For a receptor of continuous signals: the presynaptic variable that is passed on, a state or a
        sub-expression; by default the one that the receptor names, else the output of the presynaptic model.
    delay : float, str, quantity, array or Distribution, optional
        Time from spike to arrival, ms; rounded to the nearest step. One for all synapses, or one for each: of
        the shape (n_synapses,) in the order of the connectivity's synapses (by presynaptic, then by
        postsynaptic unit), (n_pre, n_post) for a `Dense`, or drawn from a distribution when the network is
        made. By default the delays of the connectivity or the rule, and 0 where it has none. A spike with
        delay 0 arrives in the step in which it happens, between the threshold test and the reset, and acts
        from the next. During the refractory time, a state that is held ``unless refractory`` takes no events.
        A continuous signal has one delay; with delay 0 it is what it is at the end of a step, and acts in the
        next.
    dale : bool, default False
        Hold the connectivity to Dale's law: the synapses of a presynaptic unit must not differ in sign. It is
        checked when the network is made and at the beginning of each run.
    stp : ShortTermPlasticity, optional
        Short-term plasticity: each spike arrives with the weights times what it releases.
    name : str, optional
        With a name of its own, a projection draws the same numbers whatever else is in the network.

    Attributes
    ----------
    signal : Signal or None
        What is passed on continuously; None where spikes, or the rates of units without spikes, are.
    stp : Terminals or None
        State of the presynaptic terminals: ``stp.x`` and ``stp.u`` can be read and set, ``stp.reset()`` lets
        them rest.

    Raises
    ------
    UnitError
        If the weight of a rule carries a unit that does not fit; both are named.
    ParameterError
        If sizes do not fit (both are named), the receptor does not exist, the presynaptic units have no such
        variable or one whose unit does not fit, a delay is negative, or short-term plasticity is wanted
        where no spikes are passed on.
    """

    def __init__(
        self,
        pre: Any,
        post: Any,
        connectivity: Connectivity | Rule,
        *,
        receptor: str | None = None,
        variable: str | None = None,
        delay: Any = None,
        dale: bool = False,
        stp: ShortTermPlasticity | None = None,
        name: str | None = None,
    ) -> None:
        self.pre, self.post = as_slice(pre, "Projection.pre"), as_slice(post, "Projection.post")
        self.named = bool(name)
        self.name = checked_name("Projection.name", name, f"{self.pre.name}->{self.post.name}")
        self.network: Any = None
        self.wired_by: Any = None
        if not isinstance(connectivity, Connectivity | Rule):
            limit = "must be a Connectivity, such as Dense(weights), or a Rule, such as FixedProbability(0.1)"
            raise ParameterError(f"{self.name}.connectivity", connectivity, limit)
        self.rule = connectivity if isinstance(connectivity, Rule) else None
        self._connectivity = None if isinstance(connectivity, Rule) else connectivity
        if self._connectivity is not None:
            self._check_sizes(self._connectivity)
        self.receptor = receptor_of(self.post.group, receptor, self.name)
        self.variable = variable
        self.signal = passed_signal(self.pre.group, self.post.group, self.receptor, variable, self.name)
        if self.rule is not None:
            self._check_weight(self.rule)
        self._stp = None if stp is None else self._terminals(stp)
        self.dale = checked_flag(f"{self.name}.dale", dale)
        self._stream: Stream | None = None
        self.delay = delay
        self.check_dale()
        for group in (self.pre.group, self.post.group):
            group.attached.add(self)

    @property
    def stp(self) -> Terminals | None:
        """The presynaptic terminals, if there is short-term plasticity; it comes with the projection."""
        return self._stp

    @property
    def along_difference(self) -> bool:
        """Whether what flows depends on the difference between the two sides, as through a gap junction."""
        return self.signal is not None and self.post.group.receptors[self.receptor].difference

    @property
    def weight_unit(self) -> str | None:
        """Unit that weights are in, such as ``nS``; None where a spike changes states of several units."""
        unit = self._weight_unit
        return None if unit is None else unit.name

    @property
    def _weight_unit(self) -> Unit | None:
        unit = self.post.group.composition.weight_units[self.receptor]
        return unit if self.signal is None or unit is None else quotient(unit, self.signal.unit)

    def _check_weight(self, rule: Rule) -> None:
        """Refuse a weight whose unit does not fit before anything is wired."""
        in_unit(rule.weight, self._weight_unit or "1", f"{self.name}.connectivity.weight")

    def _terminals(self, stp: ShortTermPlasticity) -> Terminals:
        where = f"{self.name}.stp"
        if not isinstance(stp, ShortTermPlasticity):
            raise ParameterError(where, stp, "must be a ShortTermPlasticity(U, tau_rec, tau_facil)")
        spiking = not isinstance(self.pre.group, Population) or self.pre.group.model.threshold is not None
        if self.signal is not None or not spiking:
            limit = f"acts on spikes, and receptor {self.receptor!r} gets none from {self.pre.group.name}"
            raise ParameterError(where, stp, limit)
        return Terminals(stp, self.pre.n, where)

    def _check_sizes(self, connectivity: Connectivity) -> None:
        sizes = {"pre": (self.pre.n, connectivity.n_pre), "post": (self.post.n, connectivity.n_post)}
        for side, (n, wanted) in sizes.items():
            if n != wanted:
                limit = f"has {n} units, but the connectivity has n_{side} = {wanted}"
                raise ParameterError(f"{self.name}.{side}", n, limit)

    @property
    def wired(self) -> bool:
        """Whether the synapses exist: from the beginning, or, with a rule, from when the network is made."""
        return self._connectivity is not None

    @property
    def connectivity(self) -> Connectivity:
        """The linear operator; what a rule describes is wired when the network is made."""
        if self._connectivity is None:
            limit = "is wired when the network is made"
            raise ParameterError(f"{self.name}.connectivity", self.rule, limit, "Make it first.")
        return self._connectivity

    @property
    def delay(self) -> Delays:
        """Time from spike to arrival, ms: one for all synapses, or one for each.

        It can be set until the network has run.
        """
        if self._delay is None:
            given = self.rule if self._given_delay is None else self._given_delay
            limit = "is drawn when the network is made"
            raise ParameterError(f"{self.name}.delay", given, limit, "Make it first.")
        return self._delay

    @delay.setter
    def delay(self, value: Any) -> None:
        where = f"{self.name}.delay"
        if self.network is not None:
            limit = "cannot be changed once the network has run"
            raise ParameterError(where, value, limit, "Make populations, projection and network anew.")
        own = self.connectivity.delays if self.rule is None else self.rule.delay
        if value is not None and own is not None:
            limit = "is given with the connectivity already"
            raise ParameterError(where, value, limit, "Leave out one of the two.")
        given = in_unit(value, "ms", where)
        self._delay = self._settled(given)
        self._given_delay = given

    def _settled(self, given: Delays | Distribution | None) -> Delays | None:
        """Delays, or None as long as they have to wait for the network."""
        if given is not None and not isinstance(given, float | np.ndarray | Distribution):
            raise ParameterError(f"{self.name}.delay", given, "must be a time, times or a distribution")
        if given is not None:
            return settled_delays(given, self._connectivity, self._stream, f"{self.name}.delay")
        if self._connectivity is not None:
            return own_delays(self._connectivity)
        return 0.0 if self.rule is None or self.rule.delay is None else None

    def draw(self, stream: Stream) -> None:
        """Wire as the rule says, and draw the delays; `Network` does so.

        Raises
        ------
        ParameterError
            If the rule does not fit the populations, or weights break Dale's law.
        """
        self._stream = stream
        if self.rule is not None:
            # Slices of one population may have neurons in common.
            shift = self.pre.start - self.post.start if self.pre.group is self.post.group else None
            seed = stream.seed_of("wiring")
            self._connectivity = self.rule.build(
                self.pre.n, self.post.n, seed=seed, shift=shift, weight_unit=self._weight_unit or "1"
            )
        self._delay = self._settled(self._given_delay)
        self.check_dale()

    def description(self) -> dict[str, Any]:
        """Arguments that make a projection like this, as it was wired and as its delays were drawn."""
        own = ("pre", "post", "connectivity", "receptor", "variable", "dale", "name", "named")
        delay = None if self._given_delay is None else self._delay
        stp = None if self.stp is None else self.stp.rule
        return {name: getattr(self, name) for name in own} | {"delay": delay, "stp": stp}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make a projection from what `description` returned."""
        named = description.pop("named")
        projection = super().from_description(**description)
        projection.named = named
        return projection

    def snapshot(self) -> dict[str, Any]:
        """Weights, delays and the state of the terminals. Arrays are those in use, not copies."""
        terminals = None if self.stp is None else self.stp.snapshot()
        return {"weights": self.connectivity.weights, "delay": self._delay, "terminals": terminals}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over what `snapshot` found."""
        weights = self.connectivity.weights
        if weights.flags.writeable:
            weights[...] = saved["weights"]
        self._delay = saved["delay"]
        if self.stp is not None:
            self.stp.restore(saved["terminals"])

    def check_dale(self) -> None:
        """Raise ParameterError if Dale's law is wanted and a presynaptic unit has weights of both signs."""
        if not self.dale or self._connectivity is None:
            return
        mixed = mixed_units(self._connectivity)
        if mixed.size:
            limit = f"presynaptic unit {mixed[0]} has weights of both signs, against Dale's law"
            raise ParameterError(f"{self.name}.connectivity", self._connectivity, limit)

    def __repr__(self) -> str:
        joined, delay = self._connectivity or self.rule, self._delay
        if isinstance(delay, np.ndarray):
            shown = f"{delay.min(initial=np.inf):g} to {delay.max(initial=0.0):g} ms"
        elif delay is None:
            shown = repr(self._given_delay or "drawn")
        else:
            shown = f"{delay:g} ms"
        return f"Projection({self.name}, {joined!r}, receptor={self.receptor!r}, delay={shown})"
