"""What a unit passes on continuously: a formula and its unit."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from neurosim.equations.system import EquationSystem
from neurosim.errors import ParameterError
from neurosim.units import UNITS, Unit, parse_unit


@dataclass(frozen=True)
class Signal:
    """A continuous signal of a unit: its firing rate, its membrane potential, or any other variable.

    Attributes
    ----------
    formula : str
        Name of a variable, or an expression of some.
    unit : Unit
    """

    formula: str
    unit: Unit

    @classmethod
    def read(cls, text: str, system: EquationSystem, where: str) -> Signal:
        """Read the text of a signal and check it.

        Parameters
        ----------
        text : str
            A name of the system, whose unit it has; an expression with its unit, ``"tanh(u) : 1"``; or an
            expression in Hz.
        system : EquationSystem
        where : str
            What to call it in errors.

        Raises
        ------
        ParameterError
            If it is not text.
        EquationError, UnitError
            If the expression has a mistake, or another unit.
        """
        if not isinstance(text, str):
            raise ParameterError(where, text, "must be text: a variable, or 'expression : unit'")
        formula, colon, unit_text = text.rpartition(":")
        if colon:
            signal = cls(formula.strip(), parse_unit(unit_text))
        else:
            signal = cls(text.strip(), system.units.get(text.strip(), UNITS["Hz"]))
        signal.node(system)
        return signal

    @property
    def is_rate(self) -> bool:
        """Whether it is a number of events in a time."""
        return self.unit.dimension == UNITS["Hz"].dimension

    def node(self, system: EquationSystem) -> ast.expr:
        """The formula as an expression on the variables of a system."""
        return system.quantity(self.formula, self.unit)
