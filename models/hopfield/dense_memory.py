"""Dense associative memory: energies steeper than a square hold far more patterns."""

from __future__ import annotations

import math
import warnings
from typing import Any, Self

import numpy as np
from neurosim.models.hopfield.reading import read_probes, read_states, read_whole
from neurosim.models.hopfield.recall import Recall
from neurosim.models.hopfield.stored import StoredPatterns

from neurosim.errors import ParameterError


class DenseMemory(StoredPatterns):
    """Binary units with the energy ``-sum_m F(x_m . s)``, whose F is a power or an exponential.

    Each unit takes the state of lower energy, given all others; with order 2 that is the Hopfield memory.
    About ``n**(order - 1)/(2 (2 order - 3)!! ln n)`` patterns are recalled without an error, and ``2**(n/2)``
    with the exponential.

    Parameters
    ----------
    order : int or "exponential", default 3
        Power of the overlap, at least 2.
    random_state : int, default 0
        Seed of the order in which units look.

    References
    ----------
    Krotov & Hopfield (2016), arXiv:1606.01164; Demircigil et al. (2017), doi:10.1007/s10955-017-1806-y.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> patterns = rng.choice([-1, 1], (300, 100))  # beyond any hope of the memory of order 2
    >>> probe = patterns[7] * np.where(np.arange(100) < 15, -1, 1)
    >>> DenseMemory(4).fit(patterns).recall(probe).nearest.tolist()
    [7]
    """

    def __init__(self, order: int | str = 3, *, random_state: int = 0) -> None:
        is_power = isinstance(order, int | np.integer) and not isinstance(order, bool) and order >= 2
        if not is_power and order != "exponential":
            limit = "must be a whole number, at least 2, or 'exponential'"
            raise ParameterError("DenseMemory.order", order, limit)
        self.order = order
        self.random_state = read_whole("DenseMemory.random_state", random_state, 0)

    def fit(self, patterns: Any) -> Self:
        """Store patterns of -1 and 1, shape (m, n), in place of those before.

        Raises
        ------
        ParameterError
            If there are no patterns, they differ in length or have other values.

        Warns
        -----
        UserWarning
            If there are more than such a memory recalls without an error, with the numbers.
        """
        stored = read_states("DenseMemory.fit(patterns)", patterns, (-1, 1))
        m, n = stored.shape
        limit = (
            2.0 ** min(n / 2, 1000) if self.order == "exponential" else capacity_of_order(int(self.order), n)
        )
        if m > max(limit, 1):
            warnings.warn(
                f"DenseMemory.fit: {m} patterns for {n} units; the order {self.order!r} recalls about "
                f"{limit:.3g} without an error.",
                stacklevel=2,
            )
        self.patterns_ = stored
        return self

    def recall(self, probes: Any, *, sweeps: int = 100) -> Recall:
        """Let states run downhill, unit by unit, until none changes.

        Parameters
        ----------
        probes : array of -1 and 1, shape (n,) or (batch, n)
        sweeps : int, default 100
            Most sweeps over all units.

        Returns
        -------
        Recall
            For the exponential, whose energy would overflow, `energies` are ``-ln(-energy)``.

        Raises
        ------
        ParameterError
            If nothing is stored yet, or a probe has another size or other values.
        """
        from neurosim.kernels.attractors.steep_flips import flip_steep

        read_whole("DenseMemory.recall(sweeps)", sweeps)
        states = self._read("recall(probes)", probes)
        patterns = np.ascontiguousarray(self.patterns_.T, dtype=np.float64)
        overlaps = states.astype(np.float64) @ patterns
        done, flips = np.zeros(len(states), np.int64), np.zeros(len(states), np.int64)
        order = 0 if self.order == "exponential" else int(self.order)
        # What rounding may leave of a difference that is 0, as a share of the energies.
        tie = 4 * np.finfo(float).eps * (order + len(self.patterns_) ** 0.5)
        seed = np.uint64(self.random_state)
        flip_steep(states, overlaps, patterns, order, tie, int(sweeps), seed, done, flips)
        return Recall(
            states=states,
            overlaps=overlaps / states.shape[1],
            energies=-self._value(overlaps),
            sweeps=np.abs(done),
            flips=flips,
            periods=(done > 0).astype(int),
        )

    def energy(self, states: Any) -> np.ndarray:
        """Energy of states in units of ``n**order``, shape (batch,); ``-ln(-energy)`` for the exponential."""
        return -self._value(self._read("energy(states)", states).astype(np.float64) @ self.patterns_.T)

    def overlap(self, states: Any) -> np.ndarray:
        """Mean product of states with each stored pattern, from -1 to 1; shape (batch, m)."""
        read = self._read("overlap(states)", states).astype(np.float64)
        overlaps: np.ndarray = read @ self.patterns_.T / self.patterns_.shape[1]
        return overlaps

    def _value(self, overlaps: np.ndarray) -> np.ndarray:
        """The sum of F over patterns, or its logarithm: what units raise."""
        if self.order == "exponential":
            top = overlaps.max(axis=1, keepdims=True)
            return top[:, 0] + np.log(np.exp(overlaps - top).sum(axis=1))
        raised = (overlaps / self.patterns_.shape[1]) ** int(self.order)
        value: np.ndarray = raised.sum(axis=1)
        return value

    def _read(self, where: str, given: Any) -> np.ndarray:
        if not hasattr(self, "patterns_"):
            method = where.split("(")[0]
            raise ParameterError(f"DenseMemory.{method}", self, "nothing is stored yet", "Call fit first.")
        return read_probes(f"DenseMemory.{where}", given, (-1, 1), self.patterns_.shape[1])

    def __repr__(self) -> str:
        return f"DenseMemory(order={self.order!r})"


def capacity_of_order(order: int, n: int) -> float:
    """Patterns recalled without an error, ``n**(order - 1)/(2 (2 order - 3)!! ln n)``; inf beyond all floats.

    The formula is for orders well below n. It would fall beyond n/2, where a memory holds no fewer patterns:
    what it gives there is used for all higher orders.
    """
    if n < 2:
        return 1.0
    k = min(order, max(2, (n + 1) // 2))
    odd = (k - 1) * math.log(2) + math.lgamma(k - 0.5) - math.log(math.pi) / 2  # ln of (2 k - 3)!!
    raised = (k - 1) * math.log(n) - odd - math.log(2 * math.log(n))
    return math.exp(raised) if raised < 700 else math.inf
