"""What NumPy offers and a variable refuses: functions without a derivative here, and comparisons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.origin import describe_origin, find_origin
from neurosim.rate.checks import suggestion

if TYPE_CHECKING:
    from neurosim.rate.autodiff.variable import Variable


class NoDerivativeError(ParameterError, TypeError):
    """A variable was given to what cannot be differentiated: a TypeError too, as NumPy has it."""


def refuse_comparison(variable: object) -> NoReturn:
    """Raise an error: a mask is wanted as an array, and has no derivative."""
    limit = "a variable cannot be compared, for truth values have no derivative"
    raise NoDerivativeError("Variable", variable, limit, "Compare its value: x.value > 0.")


def refuse_function(name: str, variable: Variable, known: Iterable[Any]) -> NoReturn:
    """Raise an error that suggests one of the known functions, and names the line of the call."""
    names = [function.__name__ for function in known]
    limit = "has no derivative here"
    remedy = "Leave its options out." if name in names else suggestion(name, names)
    raise NoDerivativeError(f"{name} of a variable of shape", variable.shape, limit, remedy + describe_call())


def describe_call() -> str:
    """Return the sentence that names the user's line; nothing where there is none."""
    origin = find_origin()
    return f" The call was {describe_origin(origin)}" if origin else ""
