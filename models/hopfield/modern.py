"""The modern Hopfield network: continuous states, one update of which is attention."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from neurosim.models.hopfield.reading import read_number, read_whole
from neurosim.models.hopfield.stored import StoredPatterns

from neurosim.connectivity.checks import read_numbers
from neurosim.errors import ParameterError
from neurosim.rate import attention, attention_weights, logsumexp


class ModernHopfield(StoredPatterns):
    """Continuous patterns, recalled as the average weighted by a softmax: ``x <- softmax(beta x X^T) X``.

    With the patterns X as keys and values and the state x as query, one step is scaled dot-product attention
    with ``beta = 1/sqrt(n)``: `neurosim.rate.attention` takes the steps, and layers on it can be trained.

    Parameters
    ----------
    beta : float, optional
        Sharpness: large recalls one pattern, small a mixture. ``1/sqrt(n)`` by default.

    References
    ----------
    Ramsauer et al. (2020), arXiv:2008.02217.

    Examples
    --------
    >>> X = np.random.default_rng(0).standard_normal((50, 64))
    >>> memory = ModernHopfield(beta=1.0).fit(X)
    >>> bool(np.abs(memory.recall(X[3] + 0.1) - X[3]).max() < 1e-3)
    True
    """

    def __init__(self, beta: float | None = None) -> None:
        limit = "must be a positive number"
        self.beta = (
            None if beta is None else read_number("ModernHopfield.beta", beta, limit, 0, np.inf, open_=True)
        )

    def fit(self, patterns: Any) -> Self:
        """Store patterns, finite numbers of shape (m, n), in place of those before.

        Raises
        ------
        ParameterError
            If it is no matrix of finite real numbers, or the softmax of their products would overflow.
        """
        where = "ModernHopfield.fit(patterns)"
        X = _checked(where, patterns)
        beta = self.beta or X.shape[1] ** -0.5
        _check_size(where, X, beta)
        self.patterns_, self.beta_ = X, beta
        return self

    def weights(self, states: Any) -> np.ndarray:
        """Weight of each pattern in the next step, shape (batch, m); rows add up to 1."""
        return attention_weights(self._read("weights", states), self.patterns_, beta=self.beta_).value

    def overlap(self, states: Any) -> np.ndarray:
        """Cosine of the angle between states and each stored pattern, shape (batch, m); 0 for a zero."""
        x, X = self._read("overlap", states), self.patterns_
        lengths = np.outer(np.linalg.norm(x, axis=1), np.linalg.norm(X, axis=1))
        cosines: np.ndarray = np.divide(x @ X.T, lengths, out=np.zeros(lengths.shape), where=lengths > 0)
        return cosines

    def recall(self, probes: Any, *, steps: int = 1, tolerance: float = 1e-12) -> np.ndarray:
        """Take probes through steps, until they rest.

        Parameters
        ----------
        probes : array of shape (n,) or (batch, n)
        steps : int, default 1
            Most steps; a single one nearly always suffices.
        tolerance : float, default 1e-12
            Change below which a state is at rest.

        Returns
        -------
        ndarray of the shape of `probes`
            The states reached, finite numbers and no `Recall`: after one step the average of the patterns by
            `weights`, and so the output of attention with the probes as queries.

        Raises
        ------
        ParameterError
            If nothing is stored yet, a probe has another size or is too large, or a number is out of its
            range.
        """
        read_whole("ModernHopfield.recall(steps)", steps)
        read_number("ModernHopfield.recall(tolerance)", tolerance, "must be 0 or more", 0, np.inf)
        x = self._read("recall", probes)
        for _ in range(steps):
            x, before = attention(x, self.patterns_, self.patterns_, beta=self.beta_).value, x
            if np.abs(x - before).max() <= tolerance:
                break
        return x[0] if np.ndim(probes) == 1 else x

    def energy(self, states: Any) -> np.ndarray:
        """Energy, shape (batch,), which no step raises.

        It is ``-lse(beta, X x) + x.x/2 + ln(m)/beta + max|x_m|^2/2``.
        """
        x = self._read("energy", states)
        lse = logsumexp(self.beta_ * x @ self.patterns_.T).value / self.beta_
        largest = (self.patterns_**2).sum(axis=1).max()
        value: np.ndarray = (
            -lse + (x * x).sum(axis=1) / 2 + np.log(len(self.patterns_)) / self.beta_ + largest / 2
        )
        return value

    def _read(self, where: str, given: Any) -> np.ndarray:
        where = f"ModernHopfield.{where}"
        if not hasattr(self, "patterns_"):
            raise ParameterError(where, self, "nothing is stored yet", "Call fit first.")
        where += "(states)"
        states = _checked(where, np.atleast_2d(read_numbers(where, given)))
        n = self.patterns_.shape[1]
        if states.shape[1] != n:
            raise ParameterError(where, states.shape, f"the stored patterns have {n} numbers")
        _check_size(where, states, self.beta_)
        return states

    def __repr__(self) -> str:
        stored = f", {len(self.patterns_)} patterns" if hasattr(self, "patterns_") else ""
        return f"ModernHopfield(beta={self.beta}{stored})"


def _checked(where: str, given: Any) -> np.ndarray:
    numbers = read_numbers(where, given).astype(np.float64)
    if numbers.ndim != 2 or 0 in numbers.shape:
        raise ParameterError(where, numbers.shape, "the shape must be (patterns, numbers), neither of them 0")
    if not np.isfinite(numbers).all():
        raise ParameterError(where, given, "must be finite")
    return numbers


def _check_size(where: str, rows: np.ndarray, beta: float) -> None:
    """Raise ParameterError unless products of rows, which none exceeds its largest square, are finite."""
    with np.errstate(over="ignore"):
        if not np.isfinite(beta * np.einsum("ij,ij->i", rows, rows)).all():
            largest = float(np.abs(rows).max())
            raise ParameterError(where, largest, "is so large that the softmax overflows", "Scale it down.")
