"""The system's clock, for compiled code."""

from __future__ import annotations

import ctypes
import time
from functools import lru_cache

from numba import int64

from neurosim.kernels.core.call import call_task
from neurosim.kernels.core.jit import inline
from neurosim.kernels.core.memory import number


@lru_cache(maxsize=1)
def clock() -> tuple[int, int]:
    """Address of the system's function that tells the time, 0 where there is none, and which clock."""
    which = getattr(time, "CLOCK_MONOTONIC", None)
    if which is None:
        return 0, 0
    return ctypes.cast(ctypes.CDLL(None).clock_gettime, ctypes.c_void_p).value or 0, which


@inline
def nanoseconds(clock: tuple[int, int], room: int) -> int:
    """The time.

    Parameters
    ----------
    clock : tuple of int
        See `clock`.
    room : int
        Address of two words in memory, which are written.
    """
    call_task(clock[0], clock[1], room, 0, 0)  # the last two are not looked at
    now: int = 1_000_000_000 * number(room, 0, int64) + number(room, 1, int64)
    return now
