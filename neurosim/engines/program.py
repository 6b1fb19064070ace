"""What happens in every window of a run, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future, wait
from functools import partial
from time import perf_counter

import numpy as np

from neurosim.kernels.core.call import Call, Now, bind
from neurosim.kernels.core.clock import clock
from neurosim.kernels.core.driver import Meeting, drive
from neurosim.kernels.core.lines import LINE_BYTES
from neurosim.kernels.core.step_by_step import step_by_step
from neurosim.kernels.core.threads import apart

Shares = list[list[Call]]
"""Calls that are independent of those in other shares, for each thread."""

Work = Callable[[int, int], object]
"""What Python does with the steps from the first argument on, as many as the second."""


class Program:
    """The calls of a window, and what Python does in between.

    Parameters
    ----------
    phases : sequence of (list of list of Call, or callable)
        In order: independent shares of calls, or something for Python to do with (step, n_steps).
    n_shares : int
        Number of threads.

    Attributes
    ----------
    price : float
        Seconds that it took to ask for the phases.
    """

    def __init__(self, phases: Iterable[Shares | Work], n_shares: int) -> None:
        begun = perf_counter()
        self.n_shares = n_shares
        self.parts: list[Stretch | Work] = []
        compiled: list[Shares] = []
        for phase in phases:
            if callable(phase):
                self._add(compiled)
                self.parts.append(phase)
                compiled = []
            elif any(phase):
                compiled.append(phase)
        self._add(compiled)
        self.price = perf_counter() - begun

    def _add(self, compiled: Sequence[Shares]) -> None:
        if compiled:
            self.parts.append(Stretch(compiled, self.n_shares))

    @property
    def is_compiled(self) -> bool:
        """Whether Python has no part in it, so that many windows can be done at once."""
        return all(isinstance(part, Stretch) for part in self.parts)

    @property
    def worked(self) -> list[float]:
        """Time that each thread took, the last time, for some of the work that they shared; see `drive`."""
        times = [part.times[:, 0] for part in self.parts if isinstance(part, Stretch)]
        return [float(sum(own)) for own in zip(*times, strict=True)]

    def run(self, step: int, n_steps: int, window: int, executor: Executor | None) -> int:
        """Go through windows up to the end of some steps, or to a window after which a call wishes to stop.

        Parameters
        ----------
        step, n_steps : int
            At most a window if Python has a part in it.
        window : int
            Steps.
        executor : Executor or None
            With a thread for each share, if there are several.

        Returns
        -------
        int
            Number of steps done.

        Raises
        ------
        Exception
            What kept a thread from its share; nothing has changed if it was kept from its first.
        """
        done = n_steps
        for part in self.parts:
            if isinstance(part, Stretch):
                done = part.run(step, n_steps, window, executor)
            else:
                part(step, n_steps)
        return done


class Stretch:
    """Phases of calls that follow each other without Python.

    Parameters
    ----------
    phases : sequence of list of list of Call
    n_shares : int
    """

    def __init__(self, phases: Sequence[Shares], n_shares: int) -> None:
        self.kept = phases  # the calls own their tables
        rounds: list[Shares] = []
        for phase in phases:
            if rounds and not any(phase[1:]):  # for whoever comes last to the meeting
                rounds[-1][-1] += phase[0]
            else:
                rounds.append([[*phase[s]] if s < len(phase) else [] for s in range(n_shares + 1)])
        self.calls = _words([call for shares in rounds for share in shares for call in share])
        ends = np.cumsum([0, *(len(share) for shares in rounds for share in shares)])
        first = np.arange(len(rounds)) * (n_shares + 1)
        self.bounds = ends[np.add.outer(first, np.arange(n_shares + 2))]
        self.shared = np.array((np.diff(self.bounds[:, :-1]) > 0).all(axis=1))
        self.times = np.zeros((n_shares, LINE_BYTES // 8), np.int64)
        self.meeting = Meeting()
        self.mustered: Executor | None = None  # whose threads have all been here

    def run(self, step: int, n_steps: int, window: int, executor: Executor | None) -> int:
        """See `Program.run`."""
        words, n_shares = self.meeting.words, self.bounds.shape[1] - 2
        muster = n_shares > 1 and executor is not self.mustered
        self.times[:] = 0
        work = partial(drive, self.calls, self.bounds, self.shared, self.times)
        given = (words.ctypes.data, self.meeting.offer, clock(), muster, step, n_steps, window)
        if n_shares == 1:
            return work(0, *given)
        if executor is None:
            raise TypeError("several shares need an executor")
        words[:] = 0
        others: list[Future[int]] = []
        with apart() as elsewhere:  # this thread takes a share itself
            try:
                for s in range(1, n_shares):
                    others.append(executor.submit(elsewhere, work, s, *given))
                    others[-1].add_done_callback(self._look_after)
            except BaseException:  # the system, for one, starts no more threads
                self.meeting.call_off()
                wait(others)
                raise
            done = work(0, *given)
        failures = [failure for other in others if (failure := other.exception()) is not None]
        if failures:
            raise failures[0]
        self.mustered = executor
        return int(done)

    def _look_after(self, other: Future[int]) -> None:
        """Let the threads go that would wait for one that has failed."""
        if other.exception() is not None:
            self.meeting.call_off()


def in_turn(calls: Sequence[Call]) -> Call:
    """One call that makes several, each for the first step of a window, then each for the next."""
    if len(calls) == 1:
        return calls[0]
    call = bind(step_by_step, _words(calls), Now("step"), Now("first"), Now("last"), status=True)
    call.kept = (*call.kept, *calls)
    return call


def side_by_side(groups: Iterable[Shares], n_shares: int) -> Shares:
    """The shares of several groups, which are independent of each other, as one phase."""
    phase: Shares = [[] for _ in range(n_shares)]
    for number, shares in enumerate(groups):
        for s, share in enumerate(shares):
            # A group with a single share goes to one thread after the other.
            phase[(s + number if len(shares) == 1 else s) % n_shares] += share
    return phase


def _words(calls: Sequence[Call]) -> np.ndarray:
    return np.array([call.words for call in calls], np.int64).reshape(-1, 2)
