"""Columns that are written to a file while a network runs."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from neurosim.errors import OutputError, ParameterError
from neurosim.output import output_error
from neurosim.recording.chunks import FileColumns, data_chunk, header_chunk
from neurosim.recording.columns import Columns, Layout

CHUNK_BYTES = 2**20
"""Rows that take more than this are written at once."""


class StreamedColumns:
    """Columns of which only the latest rows are in memory, and the others in a file.

    A chunk that cannot be written stays in memory, and the file as it was. The file is open only while a
    chunk is written.

    Parameters
    ----------
    path : Path
    layout : mapping of str to (str, tuple of int)
        Data type and shape of a row of each column.
    header : mapping
        What the first chunk of the file shall say besides.

    Attributes
    ----------
    end, complete, n_rows
        As for `Store`.
    failure : OutputError or None
        Why the last chunk could not be written.
    """

    complete = True

    def __init__(self, path: Path, layout: Layout, header: Mapping[str, Any]) -> None:
        self.path, self.layout = path, layout
        self.end = self.n_rows = 0
        self.failure: OutputError | None = None
        self._pending = Columns(layout)
        self._header = header_chunk({**header, "columns": layout})
        self._size = len(self._header)
        self._draft: Path | None = None

    def draft(self) -> None:
        """Write a file with the first chunk beside the place where it shall be.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        self._draft = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}.tmp")
        try:
            with self._draft.open("xb") as file:
                file.write(self._header)
        except OSError as error:
            raise output_error(self.path, error) from error

    def publish(self) -> None:
        """Put the drafted file in its place, where it replaces any other."""
        if self._draft is not None:
            try:
                os.replace(self._draft, self.path)
            except OSError as error:
                raise output_error(self.path, error) from error

    def discard(self) -> None:
        """Remove the drafted file."""
        if self._draft is not None:
            self._draft.unlink(missing_ok=True)

    def reserve(self, n_rows: int) -> None:
        """Nothing: there is no need for room."""

    def append(self, rows: Mapping[str, np.ndarray]) -> None:
        """Add rows, given as an array for each column; `write` brings them to the file."""
        self._pending.append(rows)
        self.n_rows = self.n_rows + len(next(iter(rows.values())))

    @property
    def due(self) -> bool:
        """Whether there is enough for a chunk."""
        return self._pending.n_rows * self._pending.row_bytes >= CHUNK_BYTES

    def write(self, *, last: bool = False) -> None:
        """Write a chunk, or note in `failure` why that cannot be done."""
        if not (self._pending.n_rows or last):
            return
        columns = [self._pending.read(name) for name in self.layout]
        content = data_chunk(columns, self.end, last=last)
        try:
            with self.path.open("r+b", buffering=0) as file:
                self._write_all(file.fileno(), content)
        except OSError as error:
            self.failure = output_error(self.path, error)
            return
        self.failure = None
        self._size += len(content)
        self._pending = Columns(self.layout)

    def _write_all(self, file: int, content: bytes) -> None:
        rest = memoryview(content)
        os.lseek(file, self._size, os.SEEK_SET)
        try:
            while rest:
                rest = rest[os.write(file, rest) :]
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(file, self._size)
            raise

    def read(self, name: str) -> np.ndarray:
        """A column, (n_rows, ...): what is in the file and what is not yet there."""
        written = FileColumns(self.path).read(name) if self._draft is not None else np.empty(0)
        pending = self._pending.read(name)
        if not len(written):
            return pending
        column: np.ndarray = np.concatenate([written, pending])
        column.setflags(write=False)
        return column


def checked_path(where: str, file: str | os.PathLike[str], overwrite: bool) -> Path:
    """The path of a file that may be written.

    Raises
    ------
    ParameterError
        If it is no path.
    OutputError
        If there is no such folder, the place is taken by a folder, or by a file that may not be replaced.
    """
    try:
        path = Path(os.path.abspath(Path(file).expanduser()))
    except TypeError:
        raise ParameterError(where, file, "must be a path, such as 'spikes.nsr'") from None
    if path.is_dir():
        raise OutputError(f"{path}: is a folder. Give the name of a file in it.")
    if path.exists() and not overwrite:
        raise OutputError(f"{path}: exists already. Choose another name, or replace it: overwrite=True.")
    if not path.parent.is_dir():
        raise OutputError(f"{path}: there is no folder {path.parent}. Make it first.")
    return path
