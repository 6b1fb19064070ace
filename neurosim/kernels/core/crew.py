"""Threads that take parts of a kernel's work, and stay awake for a moment in case there is more.

Waking a thread takes as long as a small product of matrices; the many kernels of a training step follow each
other more quickly than that. A thread without work therefore looks for some at a word in memory for some
tenths of a millisecond before it sleeps. What it is called with are addresses (see
`neurosim.kernels.core.call`), so that it needs nothing of Python.
"""

from __future__ import annotations

import atexit
import os
from functools import lru_cache
from threading import Lock, Thread
from time import monotonic
from typing import Any

import numpy as np
from numba import int64
from numpy.typing import NDArray

from neurosim.kernels.core.atomic import add_to, exchange, look_at, pause, put_to
from neurosim.kernels.core.call import Now, bind, call_plain, call_task
from neurosim.kernels.core.driver import processor_offer
from neurosim.kernels.core.jit import inline, kernel
from neurosim.kernels.core.threads import other_processors, place, processors

LEFT, TASK, TABLE, N, AT_ONCE, DONE, CLOSED = 0, 64, 72, 80, 88, 128, 192
"""Bytes from the beginning of a crew's words: parts of the work that nobody has taken, together with the
number of the work; the address of its task and of its table; how many of something there are, and how many
are a part; parts that are done; and whether the crew goes home."""

NUMBER = 2**32
"""Parts of a work are fewer; the number of the work is counted in multiples of this."""

PARTS = 4
"""Parts of a work for each thread, at most: enough for one that is held up to leave some to others."""

PATIENCE = 20_000
"""Looks of a thread without work before it sleeps, of some 30 ns each."""

STAY = 0.01
"""Seconds for which a thread is taken to stay on its processor: asking where it is takes a while."""

HURRY = 2_000
"""Looks of a thread that waits for parts which others have taken before it offers them its processor."""


@inline
def _take_parts(words: int) -> None:
    """Do part after part until all are taken."""
    left = look_at(words + LEFT)
    while left % NUMBER != 0:
        seen = exchange(words + LEFT, left, left - 1)
        if seen == left:  # the part is this thread's, and the work not over before it is done
            size = look_at(words + AT_ONCE)
            first = (left % NUMBER - 1) * size
            last = min(first + size, look_at(words + N))
            call_task(look_at(words + TASK), look_at(words + TABLE), int64(0), first, last)
            add_to(words + DONE, int64(1))
            seen = look_at(words + LEFT)
        left = seen


@kernel
def lead(words: int, offer: int, task: int, table: int, n: int, at_once: int) -> None:
    """Give out work, take part in it, and wait until all of it is done.

    Parameters
    ----------
    words, offer : int
        Address of the crew's words, and of the system's function that offers the processor to others.
    task, table : int
        Addresses of a task and of its table.
    n, at_once : int
        The task is called with parts of 0 to n as its first and last step.
    """
    n_parts = (n + at_once - 1) // at_once
    put_to(words + TASK, task)
    put_to(words + TABLE, table)
    put_to(words + N, n)
    put_to(words + AT_ONCE, at_once)
    put_to(words + DONE, int64(0))
    put_to(words + LEFT, (look_at(words + LEFT) // NUMBER + 1) * NUMBER + n_parts)
    _take_parts(words)
    looks = 0
    while look_at(words + DONE) != n_parts:
        looks += 1
        if looks > HURRY:
            call_plain(offer)
        pause()


@kernel
def serve(words: int, patience: int) -> None:
    """Take parts of whatever work comes, until there has been none for so many looks."""
    looks = 0
    while looks < patience and look_at(words + CLOSED) == 0:
        if look_at(words + LEFT) % NUMBER != 0:
            _take_parts(words)
            looks = 0
        looks += 1
        pause()


def share(kernel: Any, arguments: tuple[Any, ...], n: int, at_once: int) -> None:
    """Call ``kernel(*arguments, first, last)`` for 0 to n, so many at a time, on all processors.

    Parameters
    ----------
    kernel : compiled function of a module in this package
        How 0 to n is divided must not change what it does.
    arguments : tuple
        Numbers, tuples, contiguous arrays and None.
    n, at_once : int
        The calling thread does it all by itself where `at_once` is not less than `n`, where there is one
        processor, or where others are busy with the work of another thread.
    """
    n_parts = -(-n // at_once)
    n_threads = min(processors(), n_parts) if n_parts > 1 else 1
    if n_threads < 2 or (crew := _crew()).busy.locked():
        kernel(*arguments, 0, n)
        return
    with crew.busy:  # Ctrl-C can come between `acquire` and `try`, and the lock would be held for good
        at_once *= -(-n_parts // (PARTS * n_threads))
        crew.work(kernel, arguments, n, at_once, n_threads)


def worth(n: int, cost: int, least: int) -> int:
    """Return how many of `n`, which together cost so much, cost at least so much as is worth a thread."""
    return max(1, n * least // max(cost, 1))


class Crew:
    """The threads of this process that help with kernels; they are there from the first work on."""

    def __init__(self) -> None:
        self.words = np.zeros(32, np.int64)
        self.address = int(self.words.ctypes.data)
        self.busy = Lock()
        self._members: list[_Member] = []
        atexit.register(self.dismiss)

    def work(self, kernel: Any, arguments: tuple[Any, ...], n: int, at_once: int, n_threads: int) -> None:
        """See `share`; nobody else leads the crew at the same time."""
        call = bind(kernel, *arguments, Now("first"), Now("last"))
        while len(self._members) < n_threads - 1:
            try:
                self._members.append(_Member(self.words))
            except RuntimeError:  # the system gives no more threads: those that there are do all of it
                break
        for member in self._members[: n_threads - 1]:
            member.wake()
        lead(self.address, processor_offer(), *call.words, n, at_once)

    def dismiss(self) -> None:
        """End the threads: the process ends, and with it the memory that they look at."""
        self.words[CLOSED // 8] = 1
        for member in self._members:
            member.end()


class _Member:
    """A thread of a crew."""

    def __init__(self, words: NDArray[np.int64]) -> None:
        self._words = words
        self._bell = Lock()
        self._bell.acquire()
        self._asleep = False
        self._ended = False
        self._places: set[int] = set()
        self._placed = 0.0
        self._thread = Thread(target=self._live, name="neurosim", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Have the thread look for work, on another processor than the calling one's."""
        now = monotonic()
        if self._asleep or now - self._placed > STAY:
            self._placed = now
            places = other_processors()
            if places != self._places:
                self._places = places
                place(places, self._thread.native_id or 0)
        if self._asleep:
            self._asleep = False
            self._bell.release()

    def end(self) -> None:
        """End the thread."""
        self._ended = True
        while self._thread.is_alive():
            self.wake()
            self._thread.join(timeout=0.01)

    def _live(self) -> None:
        address = int(self._words.ctypes.data)
        while not self._ended:
            serve(address, PATIENCE)
            # Until this thread had Python's lock again there may have come work after all.
            if self._words[LEFT // 8] % NUMBER == 0:
                self._asleep = True
                self._bell.acquire()


@lru_cache(maxsize=1)
def _crew() -> Crew:
    return Crew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_crew.cache_clear)  # threads do not live on in a forked process
