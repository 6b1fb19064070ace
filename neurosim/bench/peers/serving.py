"""How a process that measures talks to the one that asked: lines of JSON in and out.

The first line that comes in is the task. Each further one asks for a measurement; it is answered by the line
``neurosim bench: {"seconds": ..., "build_seconds": ..., "rate_hz": ..., "synapses": ...}``.
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
