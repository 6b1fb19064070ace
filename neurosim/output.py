"""The folder results are written to, one whole file at a time."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import math
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol

import numpy as np

from neurosim.errors import OutputError, ParameterError

REMEDIES = {
    errno.ENOSPC: "Free some space on the disk, or choose a folder on another one.",
    errno.EDQUOT: "Free some of your disk quota, or choose a folder on another disk.",
    errno.EROFS: "Its disk is read-only: choose a folder on another one.",
}
ELSEWHERE = "Choose a folder in which you may create files."


class SavableFigure(Protocol):
    """Whatever can draw itself into a binary file, as a matplotlib Figure does."""

    def savefig(self, file: Any, /, *, dpi: float, format: str) -> Any:
        """Draw into ``file``."""


class OutputFolder:
    """A folder whose files are either complete or not there.

    Each file is written under a temporary name in the same folder, flushed to the disk and then renamed,
    so that a crash, a full disk or Ctrl-C leaves an earlier version as it was. Use it as a context manager
    around long work: entering creates the folder and finds out at once whether it can be written.

    Parameters
    ----------
    path : str or path
        The folder; it and its parents are created when needed.

    Raises
    ------
    OutputError
        On entering or on writing, if the folder cannot be written; it names the path and a remedy.

    Examples
    --------
    >>> with OutputFolder("results") as folder:  # doctest: +SKIP
    ...     folder.write_json("answer.json", {"accuracy": 0.98})
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).expanduser()
        self._created: list[Path] = []

    def __repr__(self) -> str:
        return f"OutputFolder({str(self.path)!r})"

    def __enter__(self) -> OutputFolder:
        self._create()
        probe = _temporary(self.path / "probe")
        try:
            probe.touch(exist_ok=False)
            probe.unlink()
        except OSError as error:
            raise output_error(self.path, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            self._remove_created()

    def write_text(self, name: str, text: str) -> Path:
        """Write text as UTF-8.

        Parameters
        ----------
        name : str
            Name of the file within the folder.
        text : str
            Its content.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ParameterError
            If the name is not that of a file in this folder.
        OutputError
            If the file cannot be written.
        """
        return self._write(name, text.encode())

    def write_json(self, name: str, value: Any) -> Path:
        """Write a value as indented JSON with sorted keys.

        Parameters
        ----------
        name : str
            Name of the file within the folder.
        value : object
            Dictionaries, lists, tuples, strings, numbers, None, paths, NumPy numbers and arrays. NaN and
            infinite numbers, which JSON does not know, become null.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ParameterError
            If the value holds something JSON has no form for, or the name is unusable.
        OutputError
            If the file cannot be written.
        """
        return self._write(name, (json.dumps(_plain(value), indent=2, sort_keys=True) + "\n").encode())

    def write_figure(self, name: str, figure: SavableFigure, dpi: float = 150) -> Path:
        """Write a figure in the format its name ends in.

        Parameters
        ----------
        name : str
            Name of the file within the folder, such as ``"raster.png"`` or ``"raster.svg"``.
        figure : matplotlib Figure
            For an Axes, its ``ax.figure``.
        dpi : float, default 150
            Pixels an inch.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ParameterError
            If the name has no ending or is unusable.
        OutputError
            If the file cannot be written.
        """
        ending = Path(name).suffix.removeprefix(".")
        if not ending:
            raise ParameterError(
                "OutputFolder.write_figure(name)", name, "must end in a format", "Try .png or .svg."
            )
        drawing = io.BytesIO()
        figure.savefig(drawing, dpi=dpi, format=ending)
        return self._write(name, drawing.getvalue())

    def _create(self) -> None:
        if self.path.is_dir():
            return
        self._created = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        try:
            self.path.mkdir(parents=True)
        except OSError as error:
            self._remove_created()
            raise output_error(self.path, error) from error

    def _remove_created(self) -> None:
        for folder in self._created:
            with contextlib.suppress(OSError):  # not empty: what was written stays
                folder.rmdir()
        self._created = []

    def _write(self, name: str, content: bytes) -> Path:
        if name != Path(name).name or name in ("", ".", ".."):
            raise ParameterError("OutputFolder.write(name)", name, "must be the name of a file in the folder")
        self._create()
        target = self.path / name
        with new_file(target) as file:
            file.write(content)
        return target


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file to be written, under another name until it is complete; then it replaces any other.

    Parameters
    ----------
    path : Path

    Yields
    ------
    file
        Open for reading and writing bytes.

    Raises
    ------
    OutputError
        If it cannot be written. The file that was there before is then as it was.
    """
    if os.path.exists(path) and not os.path.isfile(path):  # a device would be replaced
        raise OutputError(f"{path}: cannot be written (it is a folder or a device). Name a file.")
    temporary = _temporary(path)
    try:
        with temporary.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise output_error(path, error) from error
    finally:
        with contextlib.suppress(OSError):  # it is gone, or its name was too long
            temporary.unlink()


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")


def output_error(path: Path, error: OSError) -> OutputError:
    """The error to raise when the system refuses to write a file, with a remedy."""
    obstacle = next((parent for parent in (path, *path.parents) if os.path.exists(parent)), path)
    if error.errno in (errno.ENOTDIR, errno.EEXIST) and not obstacle.is_dir():
        remedy = f"{obstacle} is a file: choose another folder, or move the file away."
    else:
        remedy = REMEDIES.get(error.errno or 0, ELSEWHERE)
    return OutputError(f"{path}: cannot be written ({error.strerror or error}). {remedy}")


def _plain(value: Any) -> Any:
    """The value in the types JSON knows."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    raise ParameterError(
        "OutputFolder.write_json(value)",
        value,
        f"{type(value).__name__} has no form in JSON",
        "Convert it first.",
    )
