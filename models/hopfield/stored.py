"""Memories that keep the patterns themselves, so that these come and go one by one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from neurosim.models.hopfield.reading import read_whole

from neurosim.errors import ParameterError


class StoredPatterns(ABC):
    """A memory of which `patterns_`, shape (m, n), is all there is."""

    patterns_: np.ndarray

    @abstractmethod
    def fit(self, patterns: Any) -> Self:
        """Store patterns in place of those before."""

    @abstractmethod
    def _read(self, where: str, given: Any) -> np.ndarray:
        """States that fit the stored patterns, or a ParameterError."""

    def partial_fit(self, patterns: Any) -> Self:
        """Store further patterns beside those there are; see `fit`."""
        if not hasattr(self, "patterns_"):
            return self.fit(patterns)
        return self.fit(np.concatenate([self.patterns_, self._read("partial_fit", patterns)]))

    def forget(self, index: int) -> Self:
        """Remove a stored pattern.

        Parameters
        ----------
        index : int
            Which of `patterns_`.

        Raises
        ------
        ParameterError
            If nothing is stored, there is no such pattern, or it is the only one.
        """
        where = f"{type(self).__name__}.forget(index)"
        if not len(getattr(self, "patterns_", ())):
            raise ParameterError(where, index, "nothing is stored yet")
        return self.fit(without(where, self.patterns_, index))


def without(where: str, patterns: np.ndarray, index: int) -> np.ndarray:
    """Patterns but for the one of a number.

    Raises
    ------
    ParameterError
        If there is no such pattern, or it is the only one.
    """
    read_whole(where, index, 0, len(patterns) - 1)
    if len(patterns) == 1:
        raise ParameterError(where, index, "is the only pattern there is")
    return np.delete(patterns, index, axis=0)
