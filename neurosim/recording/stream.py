"""Columns that are written to a file while a network runs."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np

from neurosim.archive import checked_path
from neurosim.errors import DataError, OutputError
from neurosim.output import output_error
from neurosim.recording.chunks import (
    FileColumns,
    data_chunk,
    file_heads_checksum,
    header_chunk,
    heads_checksum,
)
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
        self._size, self._heads = len(self._header), heads_checksum(self._header)
        self._draft: Path | None = None
        self._file: tuple[int, int] | None = None  # device and number of the file that was written to last

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
            with contextlib.suppress(OSError):  # it is gone, or its name was too long
                self._draft.unlink()

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
                if not self._is_own(file):
                    self.failure = OutputError(
                        f"{self.path}: is no longer the file that the monitor has written. Put that back, or "
                        "call close() to go on without it."
                    )
                    return
                self._write_all(file.fileno(), content)
        except OSError as error:
            self.failure = output_error(self.path, error)
            return
        self.failure = None
        self._size, self._heads = self._size + len(content), heads_checksum(content, self._heads)
        self._pending = Columns(self.layout)

    def _is_own(self, file: FileIO) -> bool:
        """Whether the file begins with what was written; it is read only if it is not that of last time."""
        status = os.fstat(file.fileno())
        found = (status.st_dev, status.st_ino)
        if found != self._file or status.st_size < self._size:
            if file_heads_checksum(file, self._size) != self._heads:
                return False
            self._file = found
        return True

    def _write_all(self, file: int, content: bytes) -> None:
        rest = memoryview(content)
        try:
            # Behind it there may be what came after the time that a run has gone back to.
            os.ftruncate(file, self._size)
            os.lseek(file, self._size, os.SEEK_SET)
            while rest:
                rest = rest[os.write(file, rest) :]
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(file, self._size)
            raise

    def read(self, name: str) -> np.ndarray:
        """A column, (n_rows, ...): what is in the file and what is not yet there."""
        pending = self._pending.read(name)
        n_written = self.n_rows - len(pending)
        if not n_written:
            return pending
        written = FileColumns(self.path).read(name)[:n_written]
        if not len(pending):
            return written
        column: np.ndarray = np.concatenate([written, pending])
        column.setflags(write=False)
        return column

    def snapshot(self) -> dict[str, Any]:
        """Place in the file, and a checksum of what is before it.

        Raises
        ------
        OutputError
            If rows that were not yet in the file cannot be written now.
        """
        if self._pending.n_rows:
            self.write()
            if self.failure is not None:
                raise self.failure
        return {"end": self.end, "n_rows": self.n_rows, "size": self._size, "heads": self._heads}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on in the file, at the place that `snapshot` found."""
        self.end, self.n_rows = saved["end"], saved["n_rows"]
        self._size, self._heads = saved["size"], saved["heads"]
        self._pending = Columns(self.layout)


def check_written(path: Path, size: int, heads: int) -> None:
    """Refuse a file that does not begin with what had been written when `StreamedColumns` told the rest.

    Parameters
    ----------
    path : Path
    size : int
        Bytes.
    heads : int
        Checksum of the heads of the chunks in them, which hold the checksums of these.

    Raises
    ------
    DataError
        If it does not.
    """
    try:
        with path.open("rb") as file:
            found = file_heads_checksum(file, size)
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror or error}), so nothing can be added."
        ) from error
    if found != heads:
        raise DataError(
            f"{path}: does not begin with the {size} bytes that had been recorded by then, so that nothing "
            "can be added. Put back the file that the monitor was writing to."
        )


def checked_target(where: str, file: str | os.PathLike[str], overwrite: bool) -> Path:
    """The path of a file that may be written.

    Raises
    ------
    ParameterError
        If it is no path.
    OutputError
        If there is no such folder, the place is taken by a folder, or by a file that may not be replaced.
    """
    path = Path(os.path.abspath(checked_path(where, file, "spikes.nsr")))
    if os.path.isdir(path):
        raise OutputError(f"{path}: is a folder. Give the name of a file in it.")
    if os.path.exists(path) and not os.path.isfile(path):
        raise OutputError(f"{path}: is no file but a device. Give the name of a file.")
    if os.path.exists(path) and not overwrite:
        raise OutputError(f"{path}: exists already. Choose another name, or replace it: overwrite=True.")
    if not path.parent.is_dir():
        raise OutputError(f"{path}: there is no folder {path.parent}. Make it first.")
    return path
