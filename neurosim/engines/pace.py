"""How long Python leaves compiled code alone, and on how many threads it runs."""

from __future__ import annotations

from collections.abc import Sequence

from neurosim.engines.split import WHOLE, Split

STRETCH = 0.02
"""Seconds after which Python looks for Ctrl-C and hands on what was recorded."""

GROWTH = 8
"""Largest ratio of a stretch to the one before it: short ones are timed badly."""

TRIAL = 0.005
"""Seconds of a stretch by which numbers of threads are compared; some tenths of a ms go to waking them."""

TRIALS = 3
"""Such stretches on all threads, once stretches have grown to that length."""

OBVIOUS = 3.0
"""Times `worth` that a window takes for threads to be used before one alone is timed well."""

CLEAR = 1.5
"""Ratio of costs at which one such stretch is enough to go back to one thread: others are at work here."""

AGAIN = 10
"""Stretches, from the trials on, after which the number of threads that was the slower is tried for a short
one."""

SURE = 0.8
"""Ratio of costs from which on one thread is not tried again: it has hardly been disturbed so much."""

UNEVEN = 0.04
"""Part of the time that threads must lose by waiting for the slowest for their shares to be changed."""

RETURN = 0.1
"""Seconds in which that must bring in what it costs to ask for the calls of other shares."""


class Pace:
    """Plans stretches by the time the last ones took.

    Parameters
    ----------
    window : int
        Steps.
    threads : int
        The largest number of them.
    worth : float
        Nanoseconds that a window must take on one thread for others to be tried; 0 to use them untried.

    Attributes
    ----------
    split : Split
        Shares of the threads, for the next stretch.
    n_steps : int
        At most, in the next stretch.
    """

    def __init__(self, window: int, threads: int, worth: float) -> None:
        self.window, self.most, self.worth = window, threads, worth
        self.cost: dict[int, float] = {}  # seconds a step, for each number of threads that was tried
        self.split, self.n_steps = WHOLE, window
        self._shares = Split.even(threads)
        self._trials = self._count = 0  # stretches that count as trials, and those after them
        self._timed: set[int] = set()  # numbers of threads of which a stretch was long enough to judge by
        self._full = True  # whether the last stretch was as long as planned

    def note(self, n_steps: int, seconds: float, worked: Sequence[float] = (), price: float = 0.0) -> None:
        """Take note of the last stretch, and plan the next.

        Parameters
        ----------
        n_steps : int
        seconds : float
        worked : sequence of float, optional
            Time that each thread needed for what all had a share of; zeros if it is not known.
        price : float
            Seconds that it took to ask for the calls of these shares.
        """
        threads, spent = self.split.n_shares, seconds / max(1, n_steps)
        if self.split == self._shares and threads in self.cost:  # at first caches are cold
            self._balance(worked, price)
        if seconds >= TRIAL / 2:
            self._timed.add(threads)
        self._full = n_steps >= self.n_steps
        # A disturbance makes a stretch longer, never shorter.
        self.cost[threads] = min(spent, 1.1 * self.cost.get(threads, spent))
        threads, wanted = self._plan()
        self.split = self._shares if threads > 1 else WHOLE
        expected = wanted / max(1e-9, self.cost.get(threads, self.cost[1]))
        self.n_steps = int(max(self.window, min(expected, GROWTH * n_steps)))

    def _balance(self, worked: Sequence[float], price: float) -> None:
        """Give more to threads that are quicker, if it pays."""
        if min(worked, default=0.0) <= 0.0:
            return
        other = self._shares.balanced(worked)
        lost = 1.0 - self._shares.slowest(worked, other) / max(worked)
        if lost > UNEVEN and lost * RETURN > price:
            self._shares = other

    @property
    def _pays(self) -> bool:
        return self.most > 1 and self.cost[1] * self.window * 1e9 >= self.worth

    @property
    def _obvious(self) -> bool:
        """Whether a window takes so long that threads will pay, though its memory is not yet in the cache."""
        grown = self._full and self.n_steps > self.window
        return grown and self.cost[1] * self.window * 1e9 >= OBVIOUS * self.worth

    def _plan(self) -> tuple[int, float]:
        """Threads for the next stretch, and the seconds it should take."""
        if not self._pays:
            return 1, STRETCH
        if self.worth == 0:
            return self.most, STRETCH
        hopeless = self._trials > 0 and self.cost.get(self.most, 0.0) > CLEAR * self.cost[1]
        if self._trials < TRIALS and not hopeless:  # it is not yet known what threads bring
            if not self._timed:  # stretches have still to grow
                return self.most if self._obvious else 1, TRIAL
            self._trials += 1
            return self.most, TRIAL
        self._count += 1
        best = min(self.cost, key=self.cost.__getitem__)
        sure = best > 1 and 1 in self._timed and self.cost[best] < SURE * self.cost[1]
        return (best, STRETCH) if sure or self._count % AGAIN else (1 + self.most - best, TRIAL)
