"""Activation functions as equations: by name, as text, or the tuning curve of a spiking neuron."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Mapping
from typing import Any

from neurosim.equations.expression import names_in, renamed, substituted
from neurosim.equations.expression_parser import parse_expression
from neurosim.equations.parameter import Parameter, read_parameters
from neurosim.errors import ParameterError
from neurosim.neurons.model import NeuronModel

CURVES = {
    "identity": "x",
    "relu": "maximum(x, 0)",
    "logistic": "(1 + tanh(x/2))/2",
    "tanh": "tanh(x)",
    "softplus": "maximum(x, 0) + log1p(exp(-abs(x)))",
    "threshold": "int(x > 0)",
}
"""Activation functions by name, as the rate layers call them too."""


class ActivationCurve:
    """A static curve from a drive to an activity.

    Parameters
    ----------
    activation : str or NeuronModel
        A name of `CURVES`; an expression of ``x``, dimensionless unless a unit follows behind a colon, such
        as ``"100*Hz*tanh(x) : Hz"``; or a model whose steady rate has a closed form, such as ``LIF``.
    parameters : mapping, optional
        Parameters of an expression, as in `NeuronModel`.
    where : str
        What to call it in errors.

    Attributes
    ----------
    input, input_unit : str
        The drive.
    unit : str
        Of the activity.
    parameters : dict of str to Parameter

    Raises
    ------
    ParameterError
        If it is neither, does not use ``x``, or the model has no closed form.
    EquationError, UnitError
        If an expression has a mistake.
    """

    def __init__(
        self, activation: str | NeuronModel, parameters: Mapping[str, Any] | None, where: str
    ) -> None:
        self.parameters: dict[str, Parameter] = read_parameters(parameters or {}, where)
        if isinstance(activation, NeuronModel):
            self._take_over(activation, where)
            return
        if not isinstance(activation, str):
            raise ParameterError(where, activation, "must be a name, an expression of x or a NeuronModel")
        text, colon, unit = CURVES.get(activation, activation).rpartition(":")
        self.input, self.input_unit, self.unit = "x", "1", unit.strip() if colon else "1"
        self._formula, _ = parse_expression(text if colon else unit)
        if self.input not in names_in(self._formula):
            near = difflib.get_close_matches(activation, CURVES, n=1)
            remedy = f"Did you mean {near[0]!r}?" if near else ""
            raise ParameterError(where, activation, f"must be one of {', '.join(CURVES)} or use x", remedy)

    def _take_over(self, model: NeuronModel, where: str) -> None:
        if model.rate_formula is None:
            limit = f"has no closed form of its rate; {model.name}.rate(...) is measured"
            raise ParameterError(where, model.name, limit)
        self.input, self.unit = model.input, "Hz"
        self.input_unit = model.system.units[model.input].name
        system = model.system
        formula, _ = parse_expression(model.rate_formula)
        self.parameters = {k: p for k, p in model.parameters.items() if k in system.ancestors(formula)}
        written = {e.name: e.expression for e in system.equations if e.expression is not None}
        for name in reversed((*system.derived, *system.subexpressions)):
            formula = substituted(formula, {name: written[name]})
        self._formula = formula

    def at(self, drive: str) -> str:
        """The activity as an expression, with the drive called `drive`."""
        return ast.unparse(renamed(self._formula, {self.input: drive}))
