"""A place in the text of a model."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from neurosim.errors import EquationError


@dataclass(frozen=True)
class Source:
    """Where an expression stands: its lines, the number of the first, and the column it begins at."""

    lines: tuple[str, ...]
    number: int
    column: int

    def error(self, message: str, node: ast.AST | None = None) -> EquationError:
        """An `EquationError` with the line and a caret under `node`, or under the beginning."""
        if node is None:
            return self.error_at(message, 0, self.column)
        row = min(getattr(node, "lineno", 1) - 1, len(self.lines) - 1)
        start = self.column if row == 0 else 0
        width = getattr(node, "col_offset", 0) - (1 if row == 0 else 0)  # the parser's own parenthesis
        return self.error_at(message, row, start + _original_column(self.lines[row][start:], width))

    def error_at(self, message: str, row: int, column: int) -> EquationError:
        """An `EquationError` with a caret under a column of a line, both counted from 0."""
        line = self.lines[row].rstrip().replace("\t", " ")
        return EquationError(message, line, self.number + row, min(max(column, 0), len(line)))


def _original_column(text: str, width: int) -> int:
    """Column in `text` of a place Python's parser found, which counts bytes and reads ``^`` as ``**``."""
    for column, character in enumerate(text):
        if width <= 0:
            return column
        width -= 2 if character == "^" else len(character.encode())
    return len(text)
