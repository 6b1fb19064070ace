"""The loop over the windows of a stretch of time, in compiled code.

What happens in a window is a list of calls (see `neurosim.kernels.core.call`), sorted in rounds; a round
begins when the one before it is over. Several threads go through the same windows, each with a share of the
calls of every round, and meet at its end. Whoever comes last then makes the calls that are for one thread
alone, so that nobody has to be waited for on their account.
"""

from __future__ import annotations

import ctypes
import sys
from functools import lru_cache

import numpy as np
from numba import int64
from numpy.typing import NDArray

from neurosim.kernels.core.atomic import add_to, look_at, put_to
from neurosim.kernels.core.call import call_plain, call_task
from neurosim.kernels.core.clock import nanoseconds
from neurosim.kernels.core.jit import inline, kernel

ARRIVED, ROUND, WISH, STOP, CALLED_OFF = 0, 64, 128, 192, 256
"""Bytes from the beginning of a meeting's words: threads that wait, meetings so far, whether a thread wishes
the run to stop, whether it does, and whether a thread stays away. They lie in cache lines of their own."""

SAMPLED = 8
"""Of so many windows, the threads' times are taken in one."""

PATIENCE = 2000
"""Looks at a word in memory, of some nanoseconds each, before a waiting thread offers its processor."""


class Meeting:
    """Where threads wait for each other."""

    def __init__(self) -> None:
        self.words = np.zeros(40, np.int64)
        self.offer = processor_offer()

    def call_off(self) -> None:
        """Let nobody wait for a thread that will not come."""
        self.words[CALLED_OFF // 8] = 1


@lru_cache(maxsize=1)
def processor_offer() -> int:
    """Address of the system's function that lets others have the processor for a while."""
    if sys.platform == "win32":
        function = ctypes.windll.kernel32.SwitchToThread
    else:
        function = ctypes.CDLL(None).sched_yield
    return ctypes.cast(function, ctypes.c_void_p).value or 0


@inline
def meet(
    words: int,
    offer: int,
    n_threads: int,
    calls: NDArray[np.int64],
    first: int,
    last: int,
    step: int,
    length: int,
) -> bool:
    """Wait until all threads are here; the last one to come makes some calls, and settles whether to stop.

    Returns
    -------
    bool
        Whether they came; not if the meeting was called off.
    """
    meeting = look_at(words + ROUND)
    if add_to(words + ARRIVED, 1) == n_threads - 1:
        wish = look_at(words + WISH)
        for c in range(first, last):
            wish |= call_task(calls[c, 0], calls[c, 1], step, 0, length)
        put_to(words + ARRIVED, 0)
        put_to(words + WISH, wish)
        put_to(words + STOP, wish)
        put_to(words + ROUND, meeting + 1)
        return True
    looks = 0
    while look_at(words + ROUND) == meeting:
        looks += 1
        if looks > PATIENCE:
            if look_at(words + CALLED_OFF) != 0:
                return False
            call_plain(offer)
    return True


@kernel
def drive(
    calls: NDArray[np.int64],
    bounds: NDArray[np.int64],
    shared: NDArray[np.bool_],
    times: NDArray[np.int64],
    share: int,
    words: int,
    offer: int,
    clock: tuple[int, int],
    muster: bool,
    step: int,
    n_steps: int,
    window: int,
) -> int:
    """Go through the windows of some steps, up to the first after which a call wishes to stop.

    Parameters
    ----------
    calls : int64 array of shape (n_calls, 2)
        Address of the task and of its table, for each call.
    bounds : int64 array of shape (n_rounds, n_shares + 2)
        Share s of round r are the calls from ``bounds[r, s]`` up to ``bounds[r, s + 1]``; those of one share
        too many are for whoever comes last to the meeting.
    shared : bool array of shape (n_rounds,)
        Whether all threads have a share of a round.
    times : int64 array of shape (n_shares, 8)
        To the first column is added the time in ns that each thread needs for its share of these rounds, in
        some of the windows. The others are for the clock.
    share : int
        The one of this thread; there must be a thread for each.
    words, offer : int
        Addresses of the memory of a `Meeting`, where there are several threads, and of its function.
    clock : tuple of int
        See `neurosim.kernels.core.clock`.
    muster : bool
        Whether to begin only when all threads have come, so that nothing has changed if one does not.
    step, n_steps : int
    window : int
        Steps, at least 1.

    Returns
    -------
    int
        Number of steps done.
    """
    n_shares = bounds.shape[1] - 2
    room = times.ctypes.data + 8 * times.shape[1] * share + 8
    done, stop, number = 0, 0, 0
    if muster and not meet(words, offer, n_shares, calls, 0, 0, step, 0):
        return 0
    while done < n_steps and stop == 0:
        left = n_steps - done
        length = window if window < left else left
        number += 1
        timed = n_shares > 1 and clock[0] != 0 and number % SAMPLED == 0
        for r in range(bounds.shape[0]):
            wish = 0
            begun = nanoseconds(clock, room) if timed and shared[r] else int64(0)
            for c in range(bounds[r, share], bounds[r, share + 1]):
                wish |= call_task(calls[c, 0], calls[c, 1], step + done, 0, length)
            if timed and shared[r]:
                times[share, 0] += nanoseconds(clock, room) - begun
            first, last = bounds[r, n_shares], bounds[r, n_shares + 1]
            if n_shares == 1:
                for c in range(first, last):
                    wish |= call_task(calls[c, 0], calls[c, 1], step + done, 0, length)
                stop |= wish
            else:
                if wish != 0:
                    put_to(words + WISH, 1)
                if not meet(words, offer, n_shares, calls, first, last, step + done, length):
                    return done
        if n_shares > 1:
            stop = look_at(words + STOP)
        done += length
    return done
