"""A process that measures when asked to."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from neurosim.bench.peers.serving import ANSWER, Reply, Task


class MeasurementError(Exception):
    """A process could not measure; the message is the last line it wrote."""


class Process:
    """A process that has been given a task, see `neurosim.bench.peers.serving`.

    It works in a temporary folder of its own. Use it as a context manager.

    Parameters
    ----------
    command : sequence of str
    task : dict
    environment : mapping of str to str, optional
        Added to that of this process.
    """

    def __init__(
        self, command: Sequence[str], task: Task, environment: Mapping[str, str] | None = None
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="neurosim-bench-", ignore_cleanup_errors=True)
        self._errors = tempfile.TemporaryFile(mode="w+", errors="replace")  # noqa: SIM115, closed on leaving
        self._process = subprocess.Popen(
            [*command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=self._folder.name,
            env={**os.environ, **(environment or {})},
        )
        self._tell(json.dumps(task))

    def measure(self) -> Reply:
        """Have one measurement made.

        Raises
        ------
        MeasurementError
            If the process has ended instead.
        """
        self._tell("measure")
        for line in self._process.stdout or ():
            if line.startswith(ANSWER):
                reply: Reply = json.loads(line.removeprefix(ANSWER))
                return reply
        raise MeasurementError(self._last_words())

    def _tell(self, line: str) -> None:
        stdin: Any = self._process.stdin
        try:
            stdin.write(line + "\n")
            stdin.flush()
        except OSError:
            raise MeasurementError(self._last_words()) from None

    def _last_words(self) -> str:
        status = self._process.wait()
        self._errors.seek(0)
        lines = [line for line in self._errors.read().splitlines() if line.strip()]
        return lines[-1].strip() if lines else f"ended with status {status}"

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()
        self._folder.cleanup()
