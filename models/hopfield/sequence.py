"""A memory for sequences: each pattern holds for a while, then calls up the next."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from neurosim.models.hopfield.memory import Hopfield
from neurosim.models.hopfield.reading import read_number, read_whole
from neurosim.models.hopfield.recall import Recall

from neurosim.connectivity import Dense
from neurosim.errors import ParameterError
from neurosim.rate.checks import checked_flag


class SequenceMemory:
    """Binary units joined twice: at once, by Hebb's symmetric weights, and late, from pattern to pattern.

    A unit becomes the sign of ``x(t) W + strength x(t - delay) S`` with ``W = (1/m) sum x_k^T x_k`` and
    ``S = (1/m) sum x_k^T x_(k+1)``. The first part holds a pattern, until the second has seen it for the
    delay and calls the next, if its strength is above 1; below, the first pattern stays for good.

    Parameters
    ----------
    strength : float, default 2
        Of the late connections, above 0.
    delay : int, default 5
        Sweeps, at least 1.
    cyclic : bool, default True
        Whether the last pattern is followed by the first.
    values : {(-1, 1), (0, 1)}, default (-1, 1)
        How the two states are written.
    random_state : int, default 0
        Seed of the order in which units look.

    Attributes
    ----------
    hold_ : Hopfield
        The memory without its late connections.
    succession_ : Dense
        S, from n units to the same n.

    References
    ----------
    Sompolinsky & Kanter (1986), doi:10.1103/PhysRevLett.57.2861.

    Examples
    --------
    >>> patterns = np.random.default_rng(0).choice([-1, 1], (4, 200))
    >>> found = SequenceMemory(delay=3).fit(patterns).recall(patterns[0], sweeps=16)
    >>> found.trajectory_overlaps[:, 0].argmax(axis=1).tolist()
    [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 0]
    """

    def __init__(
        self,
        *,
        strength: float = 2.0,
        delay: int = 5,
        cyclic: bool = True,
        values: tuple[int, int] = (-1, 1),
        random_state: int = 0,
    ) -> None:
        limit = "must be a finite number above 0"
        self.strength = read_number("SequenceMemory.strength", strength, limit, 0, np.inf, open_=True)
        self.cyclic = checked_flag("SequenceMemory.cyclic", cyclic)
        self.delay = read_whole("SequenceMemory.delay", delay)
        checked = Hopfield(values=values, random_state=random_state)
        self.values, self.random_state = checked.values, checked.random_state

    def fit(self, patterns: Any) -> Self:
        """Store patterns in the order they come in.

        Parameters
        ----------
        patterns : array of shape (m, n)
            Of the two `values`; at least two of them.

        Raises
        ------
        ParameterError
            If there are fewer than two, they differ in length or have other values.
        """
        hold = Hopfield(values=self.values, random_state=self.random_state).fit(patterns)
        stored = hold.patterns_.astype(float)
        m, n = stored.shape
        if m < 2:
            raise ParameterError("SequenceMemory.fit(patterns)", stored.shape, "a sequence has at least two")
        followed = m if self.cyclic else m - 1
        succession = Dense(np.zeros((n, n)))
        succession.weights = (
            succession.weight_gradient(stored[:followed], np.roll(stored, -1, 0)[:followed]) / m
        )
        self.hold_, self.succession_ = hold, succession
        return self

    def recall(self, probes: Any, *, sweeps: int = 100) -> Recall:
        """Let states run through the sequence; before the probe there was nothing to call anything up.

        Parameters
        ----------
        probes : array of shape (n,) or (batch, n)
            Of the two `values`.
        sweeps : int, default 100
            How many to do.

        Returns
        -------
        Recall
            With its trajectory; `periods` are those of the whole run through a sequence that repeats itself.

        Raises
        ------
        ParameterError
            If nothing is stored yet, or a probe has another size or other values.
        """
        from neurosim.models.hopfield.dynamics import one_sweep

        if not hasattr(self, "hold_"):
            raise ParameterError("SequenceMemory.recall", self, "nothing is stored yet", "Call fit first.")
        memory = self.hold_
        states = memory._read_of_size("recall(probes)", probes)
        read_whole("SequenceMemory.recall(sweeps)", sweeps)
        kept, flips = [states.copy()], np.zeros(len(states), np.int64)
        for k in range(sweeps):
            late = np.zeros(states.shape)
            if k >= self.delay:
                late = self.strength * self.succession_.forward(kept[k - self.delay].astype(float))
            flips += one_sweep(memory, states, late, k)
            kept.append(states.copy())
        course = np.stack(kept)
        overlaps = memory._overlap(course)
        return Recall(
            states=memory._written(states),
            overlaps=overlaps[-1],
            energies=None,
            sweeps=np.full(len(states), sweeps),
            flips=flips,
            periods=self._periods(course),
            trajectory=memory._written(course),
            trajectory_overlaps=overlaps,
        )

    def _periods(self, course: np.ndarray) -> np.ndarray:
        """Sweeps after which all states within a delay, which decide on the future, came back; or 0."""
        periods = np.zeros(course.shape[1], np.int64)
        window = course[-1 - self.delay :]
        for period in range(1, len(course) - self.delay):
            earlier = course[-1 - self.delay - period : -period]
            back = (earlier == window).all(axis=(0, 2))
            periods[back & (periods == 0)] = period
        return periods

    def __repr__(self) -> str:
        return f"SequenceMemory(strength={self.strength:g}, delay={self.delay})"
