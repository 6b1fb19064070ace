"""The exceptions a user can meet.

Every message says which object and attribute is meant, the value it was given, the limit it broke and what
to do instead. All of them derive from `NeurosimError`, and also from the built-in exception a Python
programmer would expect, so that ``except ValueError`` works too.
"""

from __future__ import annotations

import re
from typing import Any

_NUMPY_NUMBER = re.compile(r"\bnp\.(?:bool|u?int|float|complex)\d*\(([^()]*)\)")


class NeurosimError(Exception):
    """Anything neurosim raises on purpose."""

    # An exception is pickled as its class and arguments, but here a message is not what the class is made of.
    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[NeurosimError], args: tuple[Any, ...], attributes: dict[str, Any]) -> NeurosimError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error


class ParameterError(NeurosimError, ValueError):
    """A value a user gave cannot be used.

    Parameters
    ----------
    where : str
        Object and attribute, as the user would write them: ``"Population.n"``.
    value : object
        What was given; shown with `repr`, numbers of NumPy as plain ones, cut to a line.
    limit : str
        What would be allowed: ``"must be a positive whole number"``.
    remedy : str, optional
        What to do about it, as a sentence.
    """

    def __init__(self, where: str, value: object, limit: str, remedy: str = "") -> None:
        where, shown = (_NUMPY_NUMBER.sub(r"\1", text) for text in (where, repr(value)))
        if len(shown) > 80:
            shown = shown[:77] + "..."
        super().__init__(f"{where} = {' '.join(shown.split())}: {limit}." + (f" {remedy}" if remedy else ""))
        self.where = where
        self.value = value


class UnitError(NeurosimError, ValueError):
    """A unit is unknown, or a quantity has another dimension than the one wanted."""


class EquationError(NeurosimError, ValueError):
    """The text of a model has a mistake; the message shows the line and a caret under the place.

    Parameters
    ----------
    message : str
        What is wrong, and the remedy.
    line : str, optional
        The line of the model's text.
    number : int, optional
        Its number, counted from 1.
    column : int, optional
        Where the mistake begins, counted from 0.
    """

    def __init__(
        self, message: str, line: str = "", number: int | None = None, column: int | None = None
    ) -> None:
        text = message
        if line:
            head = f"  line {number}: " if number is not None else "  "
            text += f"\n{head}{line}"
            if column is not None:
                text += "\n" + " " * (len(head) + column) + "^"
        super().__init__(text)


class DataError(NeurosimError, ValueError):
    """A data file is missing, truncated or not what it should be, or an array holds unusable values."""


class OutputError(NeurosimError, OSError):
    """A result cannot be written where the user asked for it."""


class NonFiniteError(NeurosimError, FloatingPointError):
    """A state variable became infinite or not a number; the run stopped and kept what was recorded."""
