"""Projections on Brian2."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.engines.brian2.arrival import arrival_code
from neurosim.engines.brian2.group_part import GroupPart
from neurosim.engines.brian2.language import (
    brian_dimension,
    known_names,
    package,
    si_scale,
    suffixed,
)
from neurosim.engines.brian2.neurons import NeuronPart
from neurosim.engines.brian2.plasticity import TerminalPart
from neurosim.engines.brian2.wires import Wires
from neurosim.errors import ParameterError
from neurosim.network.network import Network
from neurosim.network.projection import Projection
from neurosim.neurons.signal import Signal
from neurosim.units import quotient

LONGEST_MEMORY = 1000
"""Steps by which a continuous signal may be delayed: each takes a variable of Brian2."""


class SynapsePart:
    """A projection on Brian2, as Synapses.

    Parameters
    ----------
    projection : Projection
    source, target : GroupPart
    network : Network
    clock : brian2.Clock
    number : int
        Of the projection among those that bring signals to this receptor.

    Attributes
    ----------
    objects : list
        Empty if the connectivity has no synapse.

    Raises
    ------
    ParameterError
        If Brian2 cannot express the projection.
    """

    def __init__(
        self,
        projection: Projection,
        source: GroupPart,
        target: GroupPart,
        network: Network,
        clock: Any,
        number: int,
    ) -> None:
        self.projection, self.network, self.clock = projection, network, clock
        self.source, self.target, self.number = source, target, number
        self.wires = Wires(projection, network.dt)
        self.weights = self.wires.weights()
        self.pushed = np.zeros(0)
        self.objects: list[Any] = []
        self.delays: dict[str, Any] = {}
        self.terminals = TerminalPart(projection.stp, self.wires, network) if projection.stp else None
        if self.wires.pre.size == 0:
            return
        rate = source.population.model.rate_signal if isinstance(source, NeuronPart) else None
        if projection.signal is not None:
            self.synapses = self._continuous(projection.signal)
        elif rate is not None:
            self.synapses = self._of_rates(rate)
        else:
            self.synapses = self._of_spikes()
        self.objects = [self.synapses]
        trials = np.arange(network.trials)
        first, second = projection.pre, projection.post
        self.synapses.connect(
            i=np.add.outer(trials * first.group.n + first.start, self.wires.pre).ravel(),
            j=np.add.outer(trials * second.group.n + second.start, self.wires.post).ravel(),
        )
        for name, steps in self.delays.items():
            if np.ndim(steps):
                delays = np.tile(steps, network.trials) * network.dt
                getattr(self.synapses, name).delay = delays * package().ms
        if self.terminals is not None:
            self.terminals.push(self.synapses, [*self.delays.values()])
        self.push()

    def _made(self, model: Any, on_pre: Any = None, delay: Any = None, known: tuple[str, ...] = ()) -> Any:
        namespaces: dict[str, Any] = {}
        for part in (self.source, self.target):
            if isinstance(part, NeuronPart):
                namespaces |= part.namespace
        return package().Synapses(
            self.source.group,
            self.target.group,
            model,
            on_pre=on_pre,
            delay=delay,
            clock=self.clock,
            namespace=namespaces | known_names(known, ()),
        )

    def _of_spikes(self) -> Any:
        projection, dt = self.projection, self.network.dt * package().ms
        # Before the threshold, Brian2 takes up the spikes of the step before: one step is over by then.
        early = 1 if self.target.early else 0
        if self.wires.shortest < early:
            kind = type(self.target.source).__name__
            limit = f"is less than a time step; a {kind} answers in the step of arrival"
            remedy = f"Use at least {self.network.dt:g} ms."
            raise ParameterError(f"{projection.name}.delay", projection.delay, limit, remedy)
        steps = (self.wires.shortest if self.wires.delays is None else self.wires.delays) - early
        arrivals = {"pre": projection.receptor}
        self.delays = {"pre": steps}
        if isinstance(self.target, NeuronPart):
            pulses = self.target.population.composition.pulses
            if projection.receptor in pulses:
                where = f"{self.target.population.name}.receptors[{projection.receptor!r}].pulse"
                length = self.network.whole_steps(pulses[projection.receptor], where)
                arrivals["end"] = f"{projection.receptor}.end"
                self.delays["end"] = steps + length
        where, model, code = f"{projection.name}.receptor", "w : 1", {}
        for name, receptor in arrivals.items():
            at = {"pre": "spike", "end": "end"}[name]
            amount = "w" if self.terminals is None else f"w*released_{at}"
            code[name] = arrival_code(self.target, receptor, amount, where, "_post")
            if self.terminals is not None:
                code[name] = self.terminals.code(at, code[name])
        if self.terminals is not None:
            model = f"{model}\n{self.terminals.model}"
        uniform = {name: d * dt for name, d in self.delays.items() if not np.ndim(d)}
        synapses = self._made(model, code, uniform or None, tuple(code.values()))
        if early:
            synapses.pre.when = "before_thresholds"
        return synapses

    def _of_rates(self, rate: Signal) -> Any:
        """Rates are so many spikes a step, which arrive as spikes do.

        All rates of a step are noted before any arrives, which may change others.
        """
        if not isinstance(self.target, NeuronPart):
            kind = type(self.target.source).__name__
            limit, remedy = (
                f"brings rates to a {kind}, which on Brian2 hears spikes only",
                "Use the native engine.",
            )
            raise ParameterError(self.projection.name, self.projection.pre.name, limit, remedy)
        signal = self._remembered(rate, self.wires.shortest + 1, "after_thresholds", start=False)
        where = f"{self.projection.name}.receptor"
        code = arrival_code(self.target, self.projection.receptor, f"w*{signal}*dt", where, "_post")
        synapses = self._made("w : 1", known=(code,))
        synapses.run_regularly(code, when="synapses", clock=self.clock)
        return synapses

    def _continuous(self, signal: Signal) -> Any:
        """Signals as they are at the beginning of a step, summed before anything is recorded."""
        from brian2.equations import equations as module

        target, receptor = self.target, self.projection.receptor
        if not isinstance(target, NeuronPart):
            raise TypeError(f"{self.projection.name} brings a signal to units without equations")
        total = target.population.composition.summed[receptor]
        unit = target.system.units[total]
        name = f"{target.sums[total][self.number]}_post"
        text = self._remembered(signal, self.wires.shortest, "start", start=True)
        kind = target.population.receptors[receptor]
        if kind.difference:
            text = f"({text} - {kind.variable}_post)"
        weight = quotient(unit, signal.unit)
        self.unit = weight.scale * si_scale(weight.dimension)
        make = module.SingleEquation
        model = module.Equations(
            [
                make(module.PARAMETER, "w", brian_dimension(weight.dimension), flags=["constant"]),
                make(
                    module.SUBEXPRESSION,
                    name,
                    brian_dimension(unit.dimension),
                    expr=module.Expression(f"w*{text}"),
                    flags=["summed"],
                ),
            ]
        )
        synapses = self._made(model, known=(text,))
        synapses.summed_updaters[name].when = "before_start"
        return synapses

    unit = 1.0
    """One of the unit of the weights, in SI."""

    def _remembered(self, signal: Signal, delay: int, when: str, *, start: bool) -> str:
        """The signal as it was in the slot `when` so many steps ago, as an expression of the synapses.

        Brian2 delays spikes only, so that the source has to remember. Before the first step the signal was
        what it is at the start, or 0.
        """
        source = self.source
        if not isinstance(source, NeuronPart):
            raise TypeError(f"{self.projection.name} brings a signal of units without equations")
        if delay == 0:
            return f"({suffixed(signal.formula, source.system.units, '_pre')})"
        if delay > LONGEST_MEMORY:
            limit = f"is more than the {LONGEST_MEMORY} steps that Brian2 is made to remember a signal for"
            raise ParameterError(f"{self.projection.name}.delay", self.projection.delay, limit)
        return f"{source.remember(signal, delay, when, start=start)}_pre"

    def prepare(self) -> None:
        """Take over the weights, which may have changed since the last run.

        Raises
        ------
        ParameterError
            If there is a synapse now where there was none, or the terminals were changed after the first run.
        """
        self.weights = self.wires.weights()
        if self.terminals is not None:
            self.terminals.check(self.projection.name)

    def claim(self) -> None:
        """Let the terminals show their state."""
        if self.terminals is not None:
            self.terminals.claim()

    def push(self) -> None:
        """Write the weights to Brian2."""
        if self.objects and not np.array_equal(self.weights, self.pushed):
            self.synapses.w_ = np.tile(self.weights * self.unit, self.network.trials)
            self.pushed = self.weights
