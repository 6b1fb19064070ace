"""Where the states of a neuron begin: numbers, or formulas of parameters and of other states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from neurosim.equations.expression import evaluate
from neurosim.equations.parameter import with_product
from neurosim.equations.system import EquationSystem
from neurosim.errors import ParameterError
from neurosim.units import convert


def start_formulas(given: Mapping[str, Any], system: EquationSystem, where: str) -> dict[str, str]:
    """Start values as a user gave them, as formulas.

    Parameters
    ----------
    given : mapping of str to str, float or quantity
        Of states; a number is in the unit of the state.
    system : EquationSystem
    where : str
        Object and attribute, for messages.

    Raises
    ------
    ParameterError
        If a name is not that of a state, or a value is no single number.
    EquationError, UnitError
        If a formula has a mistake, or a unit does not fit.
    """
    return {state: _formula(state, value, system, where) for state, value in given.items()}


def _formula(state: str, value: Any, system: EquationSystem, where: str) -> str:
    if state not in system.states:
        raise ParameterError(where, state, f"must name a state: {', '.join(system.states)}")
    if not isinstance(value, str):
        number = convert(value, system.units[state], f"{where}.{state}")
        if not isinstance(number, float):
            raise ParameterError(f"{where}.{state}", value, "must be a single number")
        return f"{number!r}*({system.units[state].name})"
    text = with_product(value)
    system.quantity(text, system.units[state])
    return text


def start_values(
    formulas: Mapping[str, str],
    system: EquationSystem,
    values: Mapping[str, Any],
    given: Mapping[str, Any],
) -> dict[str, Any]:
    """Start values of all states; see `NeuronModel.start`."""
    known = dict(values) | dict.fromkeys((*system.states, *system.inputs), 0.0) | dict(given)
    for state, text in formulas.items():
        if state not in given:
            tree = system.quantity(text, system.units[state])
            known[state] = evaluate(tree, system.with_needed(tree, known))
    return {s: known[s] for s in system.states}
