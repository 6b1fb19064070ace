"""What a memory says of states: their fields, energy and overlaps."""

from __future__ import annotations

from typing import Any

import numpy as np
from neurosim.models.hopfield.reading import read_probes, read_states
from neurosim.models.hopfield.rules import Rule

from neurosim.connectivity import LowRank
from neurosim.connectivity.connectivity import Connectivity
from neurosim.errors import ParameterError

UNITS_AT_ONCE = 65_536
"""Whose patterns are turned into floats together, to save memory; such sums are exact in single precision."""


class Measures:
    """States of a fitted memory measured; the part of `Hopfield` that changes nothing."""

    rule: Rule
    values: tuple[int, int]
    patterns_: np.ndarray
    connectivity_: Connectivity
    bias_: np.ndarray
    _self_weights: np.ndarray
    _symmetric: bool

    @property
    def has_energy(self) -> bool:
        """Whether the weights are symmetric, so that asynchronous updates never raise the energy."""
        self._check_fitted("has_energy")
        return self._symmetric

    def energy(self, states: Any) -> np.ndarray:
        """Energy of states, ``-x W x/2 - b x`` without the diagonal of W; shape (batch,).

        Raises
        ------
        ParameterError
            If the weights are not symmetric, or as for `recall`.
        """
        self._check_fitted("energy")
        if not self.has_energy:
            limit = "there is no energy for weights that are not symmetric"
            raise ParameterError("Hopfield.energy, weights", self.connectivity_, limit)
        return self._energy(self._read_of_size("energy(states)", states))

    def overlap(self, states: Any) -> np.ndarray:
        """Mean product of states with each stored pattern, from -1 to 1; shape (batch, m).

        Where the rule is for few active units, see `Covariance`, the product leaves out what the mean
        activities share.
        """
        self._check_fitted("overlap")
        return self._overlap(self._read_of_size("overlap(states)", states))

    def stabilities(self) -> np.ndarray:
        """How firmly each pattern holds each unit, ``x_j h_j/|w_j|`` (Gardner 1988); shape (m, n).

        Where it is above 0 the unit stays; a pattern of which all are is a fixed point. It is 0 where nothing
        reaches a unit.
        """
        self._check_fitted("stabilities")
        if isinstance(self.connectivity_, LowRank):
            limit = "the weights of factors are never formed"
            raise ParameterError(
                "Hopfield.stabilities", self.connectivity_, limit, "Use connectivity='dense'."
            )
        squares = self.connectivity_.to_sparse().power(2).sum(axis=0) - self._self_weights**2
        held = self.patterns_ * self._fields(self.patterns_)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(held == 0, 0.0, held / np.sqrt(np.maximum(squares, 0.0)))

    def fields(self, states: Any) -> np.ndarray:
        """Input of each unit without what it sends itself, for states of -1 and 1, shape (batch, n)."""
        self._check_fitted("fields")
        return self._fields(read_probes("Hopfield.fields(states)", states, (-1, 1), self.patterns_.shape[1]))

    def _fields(self, states: np.ndarray) -> np.ndarray:
        x = states.astype(self.connectivity_.weights.dtype)
        return self.connectivity_.forward(x).astype(np.float64) + self.bias_ - self._self_weights * states

    def _energy(self, states: np.ndarray) -> np.ndarray:
        x = states.astype(np.float64)
        return -0.5 * (x * (self._fields(states) + self.bias_)).sum(axis=1)

    def _overlap(self, states: np.ndarray) -> np.ndarray:
        n = states.shape[-1]
        flat = states.reshape(-1, n)
        total = np.zeros((len(flat), len(self.patterns_)))
        for lo in range(0, n, UNITS_AT_ONCE):
            part = slice(lo, lo + UNITS_AT_ONCE)
            total += flat[:, part].astype(np.float32) @ self.patterns_[:, part].T.astype(np.float32)
        if self.rule.centred:
            # The sum over units that are up, (x - f) s/(n f (1 - f)), in whole numbers of -1 and 1.
            own, theirs = (x.sum(axis=1, dtype=np.int64) for x in (self.patterns_, flat))
            total = np.divide(
                n * total - np.outer(theirs, own), n * n - own**2, where=own**2 < n * n, out=0 * total
            )
        else:
            total /= n
        return total.reshape(*states.shape[:-1], -1)

    def _written(self, states: np.ndarray) -> np.ndarray:
        return states if self.values == (-1, 1) else ((states + 1) // 2).astype(np.int8)

    def _read(self, where: str, given: Any) -> np.ndarray:
        return read_states(f"Hopfield.{where}", given, self.values)

    def _read_of_size(self, where: str, given: Any) -> np.ndarray:
        """One state or a batch of them, of as many units as the stored patterns; as -1 and 1."""
        return read_probes(f"Hopfield.{where}", given, self.values, self.patterns_.shape[1])

    def _check_fitted(self, method: str) -> None:
        if not hasattr(self, "patterns_"):
            raise ParameterError(f"Hopfield.{method}", self, "nothing is stored yet", "Call fit first.")
