"""Arrays that grow while a network runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

Layout = Mapping[str, tuple[str, tuple[int, ...]]]
"""Name of each column to the data type and the shape of a row."""

LEAST_BLOCK = 2**16
"""Bytes; smaller blocks are not worth having."""

GROWTH = 16
"""A block that was not announced adds one part in this many to what is there: the room left over is less."""


def row_bytes(layout: Layout) -> int:
    """Bytes of a row of all columns."""
    return sum(np.dtype(kind).itemsize * math.prod(shape) for kind, shape in layout.values())


class Store(Protocol):
    """Where a recording finds its columns.

    Attributes
    ----------
    end : int
        Steps up to which everything was recorded.
    complete : bool
        Whether the recording ends where a run ended.
    n_rows : int
    """

    end: int
    complete: bool
    n_rows: int

    def read(self, name: str) -> np.ndarray:
        """A column as an array that cannot be written to."""


class Columns:
    """Columns in memory; `append` adds rows to all of them.

    Rows stand in blocks that never move, so that growing copies nothing and needs no second room. What is
    announced by `reserve` gets exactly the room it takes.

    Parameters
    ----------
    layout : mapping of str to (str, tuple of int)
        Data type and shape of a row of each column.
    """

    complete = True

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.end = self.n_rows = 0
        self._blocks: dict[str, list[np.ndarray]] = {name: [] for name in layout}
        self._room = self._fill = 0  # rows of the last block, and those in use
        self._expected = 0
        self.row_bytes = row_bytes(layout)

    def reserve(self, n_rows: int) -> None:
        """Expect so many more rows; they will get the room they take."""
        self._expected = self.n_rows + n_rows

    def _add_block(self, n_rows: int) -> None:
        if n_rows <= self._expected - self.n_rows:
            n_rows = self._expected - self.n_rows
        else:
            n_rows = max(n_rows, LEAST_BLOCK // max(1, self.row_bytes) + 1)
        n_rows = max(n_rows, self.n_rows // GROWTH)
        for name, (kind, shape) in self.layout.items():
            self._blocks[name].append(np.empty((n_rows, *shape), kind))
        self._room, self._fill = n_rows, 0

    def append(self, rows: Mapping[str, np.ndarray]) -> None:
        """Add rows, given as an array for each column.

        Parameters
        ----------
        rows : mapping of str to ndarray, shape (n_rows, ...)
        """
        n_rows, done = len(next(iter(rows.values()))), 0
        while done < n_rows:
            if self._fill == self._room:
                self._add_block(n_rows - done)
            n = min(n_rows - done, self._room - self._fill)
            for name, values in rows.items():
                self._blocks[name][-1][self._fill : self._fill + n] = values[done : done + n]
            done, self._fill, self.n_rows = done + n, self._fill + n, self.n_rows + n

    def read(self, name: str) -> np.ndarray:
        """A column, (n_rows, ...), without copying it if that can be; it cannot be written to."""
        blocks = self._blocks[name]
        if len(blocks) > 1:
            self._join()
        kind, shape = self.layout[name]
        column = blocks[0][: self._fill] if blocks else np.empty((0, *shape), kind)
        column.setflags(write=False)
        return column

    def snapshot(self) -> dict[str, Any]:
        """What there is; the arrays are never written to again, so they need not be copied."""
        return {"end": self.end, "rows": {name: self.read(name) for name in self.layout}}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over what `snapshot` found, instead of what there is."""
        self.end = saved["end"]
        self._blocks = {name: [saved["rows"][name]] for name in self.layout}
        self._room = self._fill = self.n_rows = len(next(iter(saved["rows"].values())))

    def _join(self) -> None:
        for blocks in self._blocks.values():
            blocks[-1] = blocks[-1][: self._fill]
            blocks[:] = [np.concatenate(blocks)]
        self._room = self._fill = self.n_rows
