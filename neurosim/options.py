"""What a user writes behind an option of the command line."""

from __future__ import annotations

from typing import Any

import typer

from neurosim.errors import ParameterError

# Typer brings its own copy of click or uses an installed one: only its own names are the same in both.
UsageError: Any = typer.BadParameter.__base__
"""A command that cannot be understood."""


def whole_numbers(option: str, text: str, example: str) -> tuple[int, ...]:
    """Read whole numbers that are joined by commas.

    Raises
    ------
    ParameterError
        If they are something else; the message shows the example.
    """
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        limit = f"must be whole numbers joined by commas, such as {example}"
        raise ParameterError(option, text, limit) from None
