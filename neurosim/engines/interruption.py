"""Ctrl-C, which a run answers where it can go on later."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Hold Ctrl-C back to the end of a window, so that no array is left half done.

    Where it is ignored, it stays ignored; a handler of one's own is called at the end of a window, and the
    run goes on if it raises nothing. What comes too late to be asked for is handed on after the run.

    Yields
    ------
    callable
        Whether the run is to stop; to be asked between windows.
    """
    previous = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(previous):
        yield lambda: False
        return
    seen: list[tuple[Any, Any]] = []

    def interrupted() -> bool:
        if not seen:
            return False
        last = seen[-1]
        seen.clear()
        if previous is signal.default_int_handler:
            return True
        previous(*last)
        return False

    signal.signal(signal.SIGINT, lambda number, frame: seen.append((number, frame)))
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, previous)
        if seen:
            previous(*seen.pop())
