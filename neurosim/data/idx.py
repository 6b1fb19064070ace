"""The IDX format: a magic number, the length of each axis, then the values, all big-endian.

The magic number is two zero bytes, a byte for the type of the values (8: unsigned bytes) and one for
the number of axes.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from neurosim.errors import DataError

UNSIGNED_BYTES = 0x08
GZIP_SIGNATURE = b"\x1f\x8b"


def read_idx(path: Path, n_axes: int) -> npt.NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes, compressed by gzip or not.

    Parameters
    ----------
    path : Path
        The file; whether it is compressed is seen from its content.
    n_axes : int
        Number of axes it must have: 3 for images, 1 for labels.

    Returns
    -------
    ndarray of uint8
        With the shape the file states.

    Raises
    ------
    DataError
        If the file cannot be read, is damaged, is of another kind, or holds more or fewer values than it
        states.
    """
    content = _read(path)
    expected, found = UNSIGNED_BYTES << 8 | n_axes, int.from_bytes(content[:4], "big")
    if found != expected:
        raise DataError(
            f"{path}: expected an IDX file with magic number {expected} (unsigned bytes, {n_axes} axes), "
            f"found {found}. Check that images and labels were not exchanged, or fetch the file again."
        )
    if len(content) < 4 + 4 * n_axes:
        raise DataError(
            f"{path}: expected an IDX header of {4 + 4 * n_axes} bytes, found {len(content)}. "
            "Fetch the file again."
        )
    shape = tuple(int(length) for length in np.frombuffer(content, ">u4", n_axes, offset=4))
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * n_axes)
    if len(values) != math.prod(shape):
        raise DataError(
            f"{path}: expected {math.prod(shape)} bytes for shape {shape}, found {len(values)}. "
            "The file is truncated or damaged: fetch it again."
        )
    return values.reshape(shape)


def _read(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(GZIP_SIGNATURE) else content
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{path}: expected a gzip file, found one that is truncated or damaged ({error}). "
            "Fetch the file again."
        ) from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}). Check its permissions.") from error
