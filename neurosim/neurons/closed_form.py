"""Firing rate, and its slope, of models that give it as a formula."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.equations.expression import evaluate
from neurosim.units import Unit, convert

if TYPE_CHECKING:
    from neurosim.neurons.model import NeuronModel


class ClosedFormCurve:
    """The tuning curve a model's `rate` formula describes.

    Parameters
    ----------
    model : NeuronModel
    formula : str
        Rate as an expression of parameters and the input.
    unit : Unit
        Of the rate.
    """

    def __init__(self, model: NeuronModel, formula: str, unit: Unit) -> None:
        self.model, self.unit = model, unit
        self.formula = model.system.quantity(formula, unit)

    def rate(self, drive: Any) -> np.ndarray:
        """Rate at the given inputs, in its unit."""
        return self._value(self.formula, drive)

    def rate_derivative(self, drive: Any) -> np.ndarray:
        """Slope at the given inputs, per unit of the input."""
        return self._value(_slope(self), drive) * self.model.system.units[self.model.input].scale

    def _value(self, formula: ast.expr, drive: Any) -> np.ndarray:
        model = self.model
        unit = model.system.units[model.input]
        x = np.asarray(convert(drive, unit, f"{model.name}.{model.input}"), dtype=np.float64)
        known = model.system.with_needed(formula, model.values() | {model.input: x * unit.scale})
        rate = np.asarray(evaluate(formula, known), dtype=np.float64) / self.unit.scale
        return np.broadcast_to(rate, x.shape).copy()


@lru_cache(maxsize=256)
def _slope(curve: ClosedFormCurve) -> ast.expr:
    from neurosim.equations.symbolic import slope
    from neurosim.equations.translation import from_sympy

    return from_sympy(slope(curve.model.system, curve.formula, curve.model.input))
