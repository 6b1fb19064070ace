"""How a process that measures talks to the one that asked: lines of JSON in and out.

The first line that comes in is the task. Each further one asks for a measurement; the answer is a line:
``{"seconds": ..., "build_seconds": ..., "rate_hz": ..., "synapses": ...}``.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable
from typing import Any

Task = dict[str, Any]
Reply = dict[str, float | None]


def serve(prepare: Callable[[Task], Callable[[], Reply]]) -> None:
    """Answer until the input ends.

    Parameters
    ----------
    prepare : callable
        Takes the task, does what need not be timed, and returns the function that measures once.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # simulators print to standard output
    measure = prepare(json.loads(sys.stdin.readline()))
    for _ in sys.stdin:
        gc.collect()
        print(json.dumps(measure()), file=answers, flush=True)
