"""A filter as a conductance."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from neurosim.equations.expression import renamed
from neurosim.equations.expression_parser import parse_expression
from neurosim.equations.parameter import Parameter, read_parameters
from neurosim.errors import ParameterError, UnitError
from neurosim.synapses.linear_filter import LinearFilter
from neurosim.synapses.receptor import Receptor
from neurosim.units import Unit, describe, parse_unit, quotient

if TYPE_CHECKING:
    from neurosim.equations.system import EquationSystem


class Conductance(Receptor):
    """A synaptic conductance: the current is ``g*(E - v)``, and g follows a filter.

    Conductances have the unit of the neuron's input over that of its potential: nS for pA and mV, mS/cm2 for
    uA/cm2 and mV, plain numbers for a dimensionless neuron. A weight is in that unit where the filter has
    peak 1, and in that unit times ms where it has area 1.

    Parameters
    ----------
    filter : LinearFilter
        Such as ``BiExponential("0.5 ms", "2.4 ms", normalize="peak")``.
    reversal : float, str or quantity
        Reversal potential E: ``"0 mV"``, or a bare number for a dimensionless neuron.
    potential : str, default "v"
        Name of the neuron's membrane potential.
    block : str, optional
        Factor on the current, an expression of the potential, called v here, and of `parameters`.
    parameters : mapping, optional
        Those of `block`, as for `NeuronModel`.
    name : str, optional
    reference : str, optional
        The paper, as a DOI.

    Raises
    ------
    ParameterError, UnitError
        If `filter` is no filter, or `reversal` not one number. When a population is made: if the neuron has
        no such potential, or one of another unit than the reversal potential.

    Examples
    --------
    >>> from neurosim import BiExponential
    >>> gaba = Conductance(BiExponential("1 ms", "7 ms", normalize="peak"), reversal="-70 mV")
    """

    def __init__(
        self,
        filter: LinearFilter,
        reversal: Any,
        *,
        potential: str = "v",
        block: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        name: str = "Conductance",
        reference: str = "",
    ) -> None:
        if not isinstance(filter, LinearFilter):
            limit = "must be a filter, such as PSCFilter, Alpha or BiExponential"
            raise ParameterError(f"{name}.filter", filter, limit)
        if not isinstance(potential, str) or not potential.isidentifier():
            raise ParameterError(f"{name}.potential", potential, "must be the name of a variable")
        self._filter, self.potential = filter, potential
        factor = "" if block is None else "*block"
        self._block = None if block is None else ast.unparse(parse_expression(block)[0])
        end = read_parameters({"E": reversal}, name)["E"]
        super().__init__(
            "",
            output=f"g*(E - {potential}){factor}",
            jump=filter.jump,
            pulse=filter.pulse,
            end=filter.end,
            parameters={
                **filter.parameters,
                "E": Parameter(end.value, end.unit, end.meaning or "reversal potential"),
                **(parameters or {}),
            },
            name=name,
            reference=reference,
        )

    def _check(self) -> None:
        self.filter._check()
        super()._check()

    @property
    def filter(self) -> LinearFilter:
        """What g does after a spike, to be used alone: ``AMPA().filter.impulse(t)``."""
        values: dict[str, Any] = {key: self.parameters[key].value for key in self._filter.parameters}
        return self._filter.copy(**values)

    def unit(self, system: EquationSystem, target: str) -> Unit:
        """Unit of the conductance for a neuron of the given equations; see `Receptor.unit`.

        Raises
        ------
        ParameterError
            If the neuron has no such potential.
        UnitError
            If the reversal potential has another dimension.
        """
        variables = (*system.states, *system.subexpressions)
        if self.potential not in variables:
            limit = f"is not a variable of the neuron, which has {', '.join(variables) or 'none'}"
            remedy = "Name its membrane potential: potential='...'."
            raise ParameterError(f"{self.name}.potential", self.potential, limit, remedy)
        potential, reversal = system.units[self.potential], parse_unit(self.parameters["E"].unit)
        if reversal.dimension != potential.dimension:
            raise UnitError(
                f"{self.name}.reversal = {self.parameters['E'].value:g} {reversal}: is in "
                f"{describe(reversal.dimension)}, but {self.potential} of the neuron is in "
                f"{describe(potential.dimension)}. Give the reversal potential in that unit."
            )
        return quotient(system.units[target], potential)

    def equations(self, unit: Unit) -> str:
        """Text of the equations for a conductance in the given unit."""
        lines = [self.filter.equations(unit), f"g = {self._filter.output} : {unit.name}"]
        if self._block is not None:
            factor = renamed(parse_expression(self._block)[0], {"v": self.potential})
            lines.append(f"block = {ast.unparse(factor)} : 1")
        return "\n".join(lines)
