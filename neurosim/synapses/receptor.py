"""A receptor: what spikes that arrive do to the membrane, as equations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from neurosim.equations.parameter import Parameter, read_parameters
from neurosim.units import Unit


class Receptor:
    """A synaptic receptor of a population.

    Parameters
    ----------
    equations : str
        Differential equations and sub-expressions of the receptor. They may use the states of the neuron, the
        membrane potential for instance.
    output : str
        Name of the variable, or an expression, that is added to the neuron's input.
    jump : mapping of str to str
        State to what a spike of weight 1 adds to it: ``{"g": "1*nS"}`` where weights are plain numbers, or
        ``{"g": "1"}`` where they are in the unit of the state. The neuron's own states may jump too.
    parameters : mapping, optional
        As for `NeuronModel`.
    name : str, optional

    Raises
    ------
    ParameterError, UnitError
        If a parameter has no usable name, value or unit. Whether the equations fit a neuron shows when a
        population is made.

    Examples
    --------
    >>> ampa = Receptor(
    ...     "dg/dt = -g/tau : nS",
    ...     output="g*(E - v)",
    ...     jump={"g": "1*nS"},
    ...     parameters={"tau": "5 ms", "E": "0 mV"},
    ... )
    """

    def __init__(
        self,
        equations: str,
        *,
        output: str,
        jump: Mapping[str, str],
        parameters: Mapping[str, Any] | None = None,
        name: str = "Receptor",
    ) -> None:
        self.name = name
        self.output = output
        self.jump = dict(jump)
        self.parameters: dict[str, Parameter] = read_parameters(parameters or {}, name)
        self._equations = equations

    def equations(self, unit: Unit) -> str:
        """Text of the equations for a neuron whose input has the given unit."""
        return self._equations

    def __repr__(self) -> str:
        values = ", ".join(f"{k}={p.value:g} {p.unit}".removesuffix(" 1") for k, p in self.parameters.items())
        return f"{self.name}({values})"
