"""Files that hold a JSON object and arrays, every byte of which is covered by a SHA-256.

A file is a ZIP archive without compression: an ``<array>.npy`` for each array, then ``header.json``. The
header holds what the caller gives, the schema version, the version of neurosim, and data type, shape and
SHA-256 of each array, that of the whole member. The comment of the archive is the SHA-256, in hexadecimal, of
all other bytes up to the comment. So unzip, and `numpy.load` on what it finds, read a file as well.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import struct
import zipfile
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

import neurosim
from neurosim.errors import DataError, ParameterError
from neurosim.output import new_file

SCHEMA = 1
HEADER = "header.json"
NPY: Any = np.lib.format  # without types before NumPy 2.4
PIECE = 2**22
"""Bytes that are read or written at a time."""

LENGTHS_AT = 26
"""Place, in the head of a member, of the lengths of its name and of what else stands before its content."""

DIGITS = 64
"""Of a SHA-256 in hexadecimal."""

FAULTS = (
    OSError, ValueError, LookupError, TypeError, RuntimeError, EOFError, MemoryError,
    zipfile.BadZipFile, struct.error,
)  # fmt: skip
"""What damaged files make readers raise."""


def checked_path(where: str, path: str | os.PathLike[str], example: str) -> Path:
    """Return a path, or raise a ParameterError that gives an example."""
    try:
        name = os.fsdecode(path)
    except TypeError:
        name = ""
    if not name or isinstance(path, bytes) or "\0" in name:
        raise ParameterError(where, path, f"must be a path, such as {example!r}")
    return Path(os.path.expanduser(name))


def write_archive(path: Path, content: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write a file, or leave the one that is there as it was.

    Parameters
    ----------
    path : Path
    content : mapping
        For JSON.
    arrays : mapping of str to ndarray
        Of numbers; they are not copied.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with new_file(path) as file:
        with zipfile.ZipFile(file, "w") as archive:
            told = {name: _write_array(archive, name, array) for name, array in arrays.items()}
            header = {"schema": SCHEMA, "neurosim": neurosim.__version__, "arrays": told, **content}
            archive.writestr(zipfile.ZipInfo(HEADER), json.dumps(header))
            archive.comment = bytes(DIGITS)
        with zipfile.ZipFile(file) as archive:
            checksum = _checksum_of_rest(file, [archive.getinfo(_member(name)) for name in arrays])
        file.seek(-DIGITS, os.SEEK_END)
        file.write(checksum.encode())


def read_archive(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Read a file.

    Returns
    -------
    dict
        The JSON object.
    dict of str to ndarray

    Raises
    ------
    DataError
        If it cannot be read, is none, has another schema version, lacks an array or was altered.
    """
    if os.path.exists(path) and not os.path.isfile(path):  # a pipe would be waited for
        raise DataError(f"{path}: cannot be read (it is a folder or a device).")
    try:
        file = path.open("rb")
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from error
    with file:
        try:
            archive = zipfile.ZipFile(file)
            header = json.loads(archive.read(HEADER))
            schema, told = header["schema"], header["arrays"]
        except FAULTS as error:
            raise DataError(
                f"{path}: is not a file that neurosim has saved, or it is truncated ({error})."
            ) from error
        if schema != SCHEMA:
            raise DataError(
                f"{path}: has schema version {schema!r}, and this version of neurosim reads {SCHEMA}. "
                f"It was saved by neurosim {header.get('neurosim')}."
            )
        arrays = {name: _read_array(path, archive, name, its) for name, its in told.items()}
        try:
            rest = _checksum_of_rest(file, [archive.getinfo(_member(name)) for name in told])
        except FAULTS as error:
            raise DataError(f"{path}: is damaged ({error}).") from error
        file.seek(-DIGITS, os.SEEK_END)
        if file.read() != rest.encode():
            raise DataError(f"{path}: is damaged: its SHA-256 is not that of the file that was saved.")
    return header, arrays


def _member(array: str) -> str:
    return f"{array}.npy"


def _npy_head(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    head = io.BytesIO()
    told = {"descr": NPY.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    NPY.write_array_header_1_0(head, told)
    return head.getvalue()


def _write_array(archive: zipfile.ZipFile, name: str, array: np.ndarray) -> dict[str, Any]:
    """Write an array as a member, and return what the header tells of it."""
    checksum = hashlib.sha256()
    rows = np.atleast_1d(array)
    at_once = max(1, PIECE // max(1, rows[:1].nbytes))
    with archive.open(zipfile.ZipInfo(_member(name)), "w", force_zip64=True) as member:
        pieces = (rows[k : k + at_once] for k in range(0, len(rows), at_once))
        for content in chain([_npy_head(array.dtype, array.shape)], map(_bytes, pieces)):
            member.write(content)
            checksum.update(content)
    descr = NPY.dtype_to_descr(array.dtype)
    return {"dtype": descr, "shape": list(array.shape), "sha256": checksum.hexdigest()}


def _bytes(array: np.ndarray) -> Any:
    """The bytes of an array in C order; a view where it is contiguous."""
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def _read_array(path: Path, archive: zipfile.ZipFile, name: str, told: Mapping[str, Any]) -> np.ndarray:
    """Read an array that the header tells of, and check it."""
    where = f"{path}: array {name!r}"
    if _member(name) not in archive.namelist():
        raise DataError(f"{where} is missing.")
    try:
        dtype, shape, info = np.dtype(told["dtype"]), tuple(told["shape"]), archive.getinfo(_member(name))
        head = _npy_head(dtype, shape)
        if dtype.kind not in "biuf" or info.compress_type != zipfile.ZIP_STORED:
            raise DataError(f"{where} is of a kind that is never saved.")
        if info.file_size != len(head) + math.prod(shape) * dtype.itemsize:
            raise DataError(f"{where} has not the size that the header tells.")
        checksum = hashlib.sha256()
        with archive.open(info) as member:
            found = member.read(len(head))
            checksum.update(found)
            array = np.empty(shape, dtype)
            content = array.reshape(-1).view(np.uint8)
            for k in range(0, content.size, PIECE):
                piece = member.read(min(PIECE, content.size - k))
                content[k : k + PIECE] = np.frombuffer(piece, np.uint8)
                checksum.update(piece)
    except FAULTS as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{where} is damaged ({error}).") from error
    if found != head or checksum.hexdigest() != told["sha256"]:
        raise DataError(f"{where} is damaged: its SHA-256 is not that of the array that was saved.")
    return array


def _checksum_of_rest(file: BinaryIO, members: Sequence[zipfile.ZipInfo]) -> str:
    """SHA-256 of everything but the content of some members, which have their own, and the comment."""
    checksum, position = hashlib.sha256(), 0
    for info in sorted(members, key=lambda info: info.header_offset):
        file.seek(info.header_offset + LENGTHS_AT)
        names, extras = struct.unpack("<HH", file.read(4))
        start = info.header_offset + LENGTHS_AT + 4 + names + extras
        file.seek(position)
        checksum.update(file.read(start - position))
        position = start + info.compress_size
    file.seek(position)
    checksum.update(file.read()[:-DIGITS])
    return checksum.hexdigest()
