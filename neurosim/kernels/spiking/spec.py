"""What the source of a kernel depends on, and its name in the cache."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from neurosim.equations.system import EquationSystem
from neurosim.kernels.core.cache import digest

WHOLE, ACTIVE = "_whole", "_active"
"""Names of lengths of a step, ms: with what is left of the last one, and without the refractory time."""

PAUSE = "_refractory"
"""Name of the refractory time among what differs between neurons."""


@dataclass(frozen=True)
class Jump:
    """What a spike that arrives does: `state` grows by weight times `factor`."""

    state: str
    factor: ast.expr


@dataclass(frozen=True)
class KernelSpec:
    """Everything the source of a kernel depends on.

    Attributes
    ----------
    name : str
        For the comment at the head of the source.
    system : EquationSystem
        Neuron and receptors, joined.
    integrator : str
    filters : tuple of str
        States of receptors.
    threshold : ast.expr or None
    reset : tuple of (str, ast.expr)
        Statements, in order; without any, a spike is the threshold condition becoming true.
    refractory : bool
        Whether there is a refractory time.
    counter : str
        Type of the number of steps that are left of it; ms, float64, are left where the kernel `resumes`.
    jumps : tuple of (tuple of Jump, or None)
        For each receptor; None where the events are added to the states by other means, see
        `neurosim.engines.straight`.
    output : ast.expr or None
        Rate passed on to receptors of spikes.
    signals : tuple of ast.expr
        What is passed on continuously, as it is at the end of the step.
    summed : tuple of str
        States that stand still during a step; at its start they take what continuous projections bring.
    tables : tuple of str
        Inputs that are read from tables at each step.
    per_neuron : frozenset of str
        Parameters, derived parameters, inputs and the refractory time, `PAUSE`, that differ between neurons.
    instant : bool
        Whether events arrive without delay. They come between threshold and reset, so ``advance`` ends before
        the reset, and a second function, ``arrive``, delivers them and resets.
    precise : bool
        Whether spikes are located inside steps.
    """

    name: str
    system: EquationSystem
    integrator: str
    filters: tuple[str, ...] = ()
    threshold: ast.expr | None = None
    reset: tuple[tuple[str, ast.expr], ...] = ()
    refractory: bool = False
    counter: str = "uint8"
    jumps: tuple[tuple[Jump, ...] | None, ...] = ()
    output: ast.expr | None = None
    signals: tuple[ast.expr, ...] = ()
    summed: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    per_neuron: frozenset[str] = frozenset()
    instant: bool = False
    precise: bool = False

    @property
    def resumes(self) -> bool:
        """Whether neurons become active again inside a step: then what is left of it is made up for."""
        return self.precise and bool(self.reset)

    def step_lengths(self) -> dict[str, str]:
        """State to the name of the length of its step, where that is not ``dt``; see `crossing`."""
        if not self.resumes:
            return {}
        held = self.system.held if self.refractory else frozenset[str]()
        own = (s for s in self.system.states if s not in self.filters)
        return {s: ACTIVE if s in held else WHOLE for s in own}

    @property
    def key(self) -> str:
        """Digest that names the compiled kernel in the cache."""
        parts = [
            self.system.text,
            self.integrator,
            " ".join(self.filters),
            _text(self.threshold),
            "; ".join(f"{s} = {_text(e)}" for s, e in self.reset),
            f"refractory {self.refractory} {self.counter}",
            "; ".join(_jumps_text(jumps) for jumps in self.jumps),
            _text(self.output),
            "; ".join(_text(signal) for signal in self.signals),
            f"summed {' '.join(self.summed)}",
            f"tables {' '.join(self.tables)}",
            " ".join(sorted(self.per_neuron)),
            f"instant {self.instant}",
            f"precise {self.precise}",
        ]
        return digest("advance", *parts)

    @property
    def constants(self) -> tuple[str, ...]:
        """Parameters, derived parameters and inputs, in order."""
        inputs = (name for name in self.system.inputs if name not in self.tables)
        return (*self.system.parameters, *self.system.derived, *inputs)


def _jumps_text(jumps: tuple[Jump, ...] | None) -> str:
    return "none" if jumps is None else " ".join(f"{j.state} {_text(j.factor)}" for j in jumps)


def _text(node: ast.expr | None) -> str:
    return "" if node is None else ast.unparse(node)
