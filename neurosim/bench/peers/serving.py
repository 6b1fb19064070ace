"""How a process that measures talks to the one that asked: lines of JSON in and out.

The first line that comes in is the task. Each further one asks for a measurement; it is answered by the line
``neurosim bench: {"seconds": ..., "build_seconds": ...}`` with what is to be compared besides: "rate_hz",
"synapses", "accuracy", "overlap", "peak_mb".
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from typing import Any

Task = dict[str, Any]
Reply = dict[str, float | None]

ANSWER = "neurosim bench: "
"""Begins an answer; simulators print to standard output too."""


def serve(prepare: Callable[[Task], Callable[[], Reply]]) -> None:
    """Answer until the input ends.

    Parameters
    ----------
    prepare : callable
        Takes the task, does what need not be timed, and returns the function that measures once.
    """
    measure = prepare(json.loads(sys.stdin.readline()))
    for _ in sys.stdin:
        gc.collect()
        print(f"\n{ANSWER}{json.dumps(measure())}", flush=True)


def peak_memory() -> float | None:
    """The largest memory that this process has had, MB; None where the system is not Linux."""
    # Elsewhere the figure begins with the memory of the process that started this one.
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as file:
            found = [line.split()[1] for line in file if line.startswith("VmHWM:")]
    except OSError:
        return None
    return int(found[0]) * 1024 / 1e6 if found else None
