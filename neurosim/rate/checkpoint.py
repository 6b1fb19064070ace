"""A training in progress in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from neurosim.archive import read_archive, write_archive
from neurosim.description import Describer, Maker
from neurosim.errors import DataError

WHAT = "neurosim training"
FAULTS = (LookupError, TypeError, ValueError, AttributeError)
"""What damaged content makes readers raise."""


def save_training(path: Path, state: dict[str, Any]) -> None:
    """Write numbers, text and arrays to a file, or leave the one that is there as it was.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    describer = Describer()
    content = {"what": WHAT, "state": describer.plain(state, "state")}
    write_archive(path, content, describer.arrays)


def load_training(path: Path) -> dict[str, Any]:
    """Return what `save_training` wrote.

    Raises
    ------
    DataError
        If the file cannot be read, was altered, or holds something else.
    """
    header, arrays = read_archive(path)
    if header.get("what") != WHAT:
        raise DataError(f"{path}: holds no training.")
    try:
        state: dict[str, Any] = Maker([], arrays).value(header["state"])
    except FAULTS as error:
        raise DataError(f"{path}: cannot be read here: {error}") from error
    return state
