"""What all learning rules have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from neurosim.connectivity import Dense, LowRank
from neurosim.connectivity.connectivity import Connectivity
from neurosim.errors import ParameterError


@dataclass(frozen=True)
class Learned:
    """What a rule says of its work, beside the weights it wrote.

    Attributes
    ----------
    converged : bool, default True
        Whether the rule reached what it was after; only rules that repeat themselves may fail.
    sweeps : int, default 1
        Passes over the patterns, or dreams.
    unmet : int, default 0
        Conditions, of one for each unit and pattern, that do not hold.
    bias : ndarray of shape (n,), or None
        What the rule adds to the fields, for rules that do.
    """

    converged: bool = True
    sweeps: int = 1
    unmet: int = 0
    bias: np.ndarray | None = None


class Rule(ABC):
    """How patterns become the weights of an operator.

    What a unit would send itself is 0, or, where a rule needs it or factors hold it, left out of recall.

    Attributes
    ----------
    name : str
        By which `Hopfield` knows the rule.
    symmetric : bool
        Whether its weights are, so that there is an energy.
    sparse : bool
        Whether it writes into any operator, such as a `Sparse`; otherwise a `Dense` is needed.
    factorised : bool
        Whether it writes into a `LowRank`.
    incremental : bool
        Whether further patterns can be added to the weights that hold others.
    centred : bool
        Whether patterns are taken as deviations from their mean, so that overlaps are as well.
    """

    name: ClassVar[str]
    symmetric: ClassVar[bool] = True
    sparse: ClassVar[bool] = False
    factorised: ClassVar[bool] = False
    incremental: ClassVar[bool] = False
    centred: ClassVar[bool] = False

    @abstractmethod
    def learn(
        self, patterns: np.ndarray, connectivity: Connectivity, *, known: int = 0, seed: int = 0
    ) -> Learned:
        """Write the weights.

        Parameters
        ----------
        patterns : int8 array of -1 and 1, shape (m, n)
        connectivity : Connectivity
            From n units to the same n; its weights are overwritten.
        known : int, default 0
            How many of the first patterns the weights hold already, for incremental rules.
        seed : int, default 0
        """

    def critical_load(self, connectivity: Connectivity, patterns: np.ndarray) -> float | None:
        """Patterns for each input of a unit beyond which a memory loses some or all; None if unknown."""
        return None

    def check(self, connectivity: Connectivity) -> None:
        """Raise if the rule cannot write into an operator.

        Raises
        ------
        ParameterError
        """
        fits = self.factorised if isinstance(connectivity, LowRank) else self.sparse
        if not fits and not isinstance(connectivity, Dense):
            remedy = "Use 'hebb', or leave the connectivity out."
            raise ParameterError(
                f"Hopfield.rule with {connectivity!r}", self.name, "needs a Dense connectivity", remedy
            )


def clear_diagonal(connectivity: Connectivity) -> None:
    """Let no unit of a full matrix send itself anything."""
    if isinstance(connectivity, Dense):
        np.fill_diagonal(connectivity.weights, 0)
