"""Processors, and where on them threads run."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

_limit = sys.maxsize


def limit(n: int) -> None:
    """Use at most so many processors from now on."""
    global _limit
    _limit = n


def processors() -> int:
    """Return the number of processors that this process may use, at most those of `limit`."""
    return min(_processors(), _limit)


@lru_cache(maxsize=1)
def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def apart() -> Iterator[Callable[..., Any]]:
    """Keep the calling thread on its processor for a while, and others away from it.

    Systems put a thread that wakes beside the one that woke it, and leave both there for some hundredths of a
    second. Threads that wait for each other by looking are many times slower then.

    Yields
    ------
    callable
        Calls a function with arguments from another thread, on another processor than this one's. Where the
        system does not let threads be placed, it is called all the same.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield _call
        return
    allowed = os.sched_getaffinity(0)
    others = other_processors()

    def elsewhere(work: Callable[..., Any], *arguments: Any) -> Any:
        place(others)
        return work(*arguments)

    place(allowed - others)
    try:
        yield elsewhere
    finally:
        place(allowed)


def other_processors() -> set[int]:
    """Return the processors that the calling thread may use, but for the one it is on; none if unknown."""
    if not hasattr(os, "sched_getaffinity"):
        return set()
    return os.sched_getaffinity(0) - {_library().sched_getcpu()}


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _call(work: Callable[..., Any], *arguments: Any) -> Any:
    return work(*arguments)


def place(processors: set[int], thread: int = 0) -> None:
    """Bind a thread, by its number in the system or 0 for this one, to some processors if there are any."""
    if processors and hasattr(os, "sched_setaffinity"):
        with suppress(OSError):
            os.sched_setaffinity(thread, processors)
