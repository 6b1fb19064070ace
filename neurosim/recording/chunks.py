"""The file format of recordings that are streamed to disk.

A file is a sequence of chunks, each complete in itself, so that whatever was written before a crash can be
read. A chunk is a head, then arrays as NumPy's own ``.npy`` blocks, one for each column; each part is
padded with zeros to a multiple of 64 bytes, so that arrays can be used where they lie in the file. The head
holds, little-endian:

======  ======================================================================================
bytes   content
======  ======================================================================================
0-3     ``NSR1`` first chunk, ``DATA`` rows, ``LAST`` rows after which a run ended
4-7     CRC-32 of the rest of the head and of what follows it
8-15    time steps up to which everything is recorded in the file once this chunk is
16-23   bytes that follow the head
======  ======================================================================================

The first chunk holds one JSON object instead of arrays: what was recorded, of what, with which time step,
in which units, and the data type and row shape of each column.
"""

from __future__ import annotations

import io
import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from neurosim.errors import DataError

NPY: Any = np.lib.format  # without types before NumPy 2.4

HEAD = struct.Struct("<4sIqQ")
ALIGNMENT = 64
FIRST, DATA, LAST = b"NSR1", b"DATA", b"LAST"


def header_chunk(header: Mapping[str, Any]) -> bytes:
    """The first chunk of a file."""
    return _chunk(FIRST, 0, _padded(json.dumps(header).encode()))


def data_chunk(columns: Sequence[np.ndarray], end: int, *, last: bool) -> bytes:
    """A chunk of rows.

    Parameters
    ----------
    columns : sequence of ndarray, shape (n_rows, ...)
        In the order the header names them.
    end : int
        Steps up to which everything is recorded.
    last : bool
        Whether a run ended here.
    """
    body = io.BytesIO()
    for column in columns:
        NPY.write_array(body, column, version=(1, 0), allow_pickle=False)
        body.write(bytes(-body.tell() % ALIGNMENT))
    return _chunk(LAST if last else DATA, end, body.getvalue())


def _chunk(tag: bytes, end: int, body: bytes) -> bytes:
    checksum = zlib.crc32(body, zlib.crc32(struct.pack("<qQ", end, len(body))))
    return _padded(HEAD.pack(tag, checksum, end, len(body))) + body


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % ALIGNMENT)


def heads_checksum(chunk: bytes, before: int = 0) -> int:
    """CRC-32 of the heads of some chunks, those `before` and one more."""
    return zlib.crc32(chunk[: _head_size()], before)


def file_heads_checksum(file: BinaryIO | io.FileIO, size: int) -> int | None:
    """CRC-32 of the heads of the chunks in the first `size` bytes; None if they are not whole chunks."""
    position = checksum = 0
    while position < size:
        file.seek(position)
        head = file.read(_head_size())
        if len(head) < _head_size():
            return None
        checksum = heads_checksum(head, checksum)
        position += len(head) + HEAD.unpack_from(head)[3]
    return checksum if position == size <= os.fstat(file.fileno()).st_size else None


class FileColumns:
    """Columns in a file; the arrays stay in the file until they are asked for.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    header : dict
        What the first chunk says.
    end, complete, n_rows
        As for `Store`.
    size : int
        Bytes up to the end of the last chunk that is intact.
    damaged : bool
        Whether something follows that is not an intact chunk.

    Raises
    ------
    DataError
        If the file cannot be read, or is not a recording.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.end = self.n_rows = self.size = 0
        self.complete = False
        self.header: dict[str, Any] = {}
        self._content = content = _mapped(path)
        self._blocks: dict[str, list[np.ndarray]] = {}
        for tag, end, body in _intact(content):
            if tag == FIRST:
                self.header = json.loads(bytes(body).rstrip(b"\0"))
                self._blocks = {name: [] for name in self.header["columns"]}
            else:
                for blocks, array in zip(self._blocks.values(), _arrays(body), strict=True):
                    blocks.append(array)
                self.n_rows += len(array)
            self.size += _head_size() + len(body)
            self.end, self.complete = end, tag == LAST
        self.damaged = self.size < len(content)
        self._heads = self._heads_now()
        if not self._blocks:
            raise DataError(f"{path}: is not a recording, or its beginning is damaged.")

    def read(self, name: str) -> np.ndarray:
        """A column, (n_rows, ...), as it is now: a copy, which stays what it is.

        Raises
        ------
        DataError
            If the file was cut back since, as a monitor does whose network has gone back in time.
        """
        # To look at what is mapped, but not there any more, would end the process.
        if self._mapped_size() < self.size or self._heads_now() != self._heads:
            raise DataError(f"{self.path}: was cut back after it had been read. Read it again.")
        kind, shape = self.header["columns"][name]
        column: np.ndarray = np.concatenate([np.empty((0, *shape), kind), *self._blocks[name]])
        column.setflags(write=False)
        return column

    def _mapped_size(self) -> int:
        """Bytes that the file has now."""
        mapped = self._content.obj
        return mapped.size() if isinstance(mapped, mmap.mmap) else 0

    def _heads_now(self) -> int:
        """Checksum of the heads of the intact chunks, which hold those of the chunks."""
        position = checksum = 0
        while position < self.size:
            head = bytes(self._content[position : position + _head_size()])
            checksum = heads_checksum(head, checksum)
            position += len(head) + HEAD.unpack_from(head)[3]
        return checksum


def _head_size() -> int:
    return HEAD.size + -HEAD.size % ALIGNMENT


def _mapped(path: Path) -> memoryview:
    try:
        with path.open("rb") as file:
            if not path.stat().st_size:
                return memoryview(b"")
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from error


def _intact(content: memoryview) -> Iterator[tuple[bytes, int, memoryview]]:
    """Kind, end and body of each chunk, up to the first that is damaged."""
    position = 0
    while position + _head_size() <= len(content):
        tag, checksum, end, length = HEAD.unpack_from(content, position)
        start = position + _head_size()
        body = content[start : start + length]
        known = tag == FIRST if position == 0 else tag in (DATA, LAST)
        if not known or len(body) < length:
            return
        if checksum != zlib.crc32(body, zlib.crc32(struct.pack("<qQ", end, length))):
            return
        yield tag, end, body
        position = start + length


def _arrays(body: memoryview) -> Iterator[np.ndarray]:
    position = 0
    while position < len(body):
        head = io.BytesIO(body[position : position + 1024])
        NPY.read_magic(head)
        shape, _, kind = NPY.read_array_header_1_0(head)
        start = position + head.tell()
        n = int(np.prod(shape))
        yield np.frombuffer(body, kind, n, start).reshape(shape)
        position = start + n * kind.itemsize
        position += -position % ALIGNMENT
