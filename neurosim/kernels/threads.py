"""Work shared between threads: kernels let go of Python's lock, so that several run at the same time."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import lru_cache
from queue import SimpleQueue
from typing import Any

_limit = sys.maxsize


def share(work: Callable[[int], None], n: int) -> None:
    """Call ``work(0)`` to ``work(n - 1)`` on as many threads as there are processors, this one included.

    Each thread takes what comes next when it is done. Which thread does what must not change the result.
    """
    n_threads = max(1, min(processors(), n))
    left: SimpleQueue[int | None] = SimpleQueue()
    for k in (*range(n), *[None] * n_threads):
        left.put(k)

    def take() -> None:
        for k in iter(left.get, None):
            work(k)

    others = [_pool().submit(take) for _ in range(1, n_threads)]
    take()
    for other in others:
        if not other.cancel():  # on a busy machine it may not have woken, and nothing is left for it
            other.result()


def share_out(work: Callable[[int, int], None], n: int, parts: int) -> None:
    """Call ``work(first, last)`` for parts, nearly equal, of 0 to n, each on a thread of its own.

    There are no more parts than processors.
    """
    parts = max(1, min(parts, n, processors()))
    cuts = [n * k // parts for k in range(parts + 1)]
    share(lambda k: work(cuts[k], cuts[k + 1]), parts)


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
    taken = int(ctypes.CDLL(None).sched_getcpu())
    others = allowed - {taken}

    def elsewhere(work: Callable[..., Any], *arguments: Any) -> Any:
        _place(others)
        return work(*arguments)

    _place({taken})
    try:
        yield elsewhere
    finally:
        _place(allowed)


def _call(work: Callable[..., Any], *arguments: Any) -> Any:
    return work(*arguments)


def _place(places: set[int]) -> None:
    """Bind the calling thread to some processors."""
    if places:
        with suppress(OSError):
            os.sched_setaffinity(0, places)


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, _processors() - 1), thread_name_prefix="neurosim")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # threads do not live on in a forked process
