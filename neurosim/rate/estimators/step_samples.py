"""Samples that are the steps of one sequence or of several, which may differ in length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import read_array
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.layers.course import running_steps


@dataclass(frozen=True)
class Steps:
    """Which steps of padded sequences count: each of them is a sample.

    Attributes
    ----------
    counted : ndarray of bool, shape (n_sequences, n_steps)
    alone : bool
        Whether there is one sequence, given without an axis for sequences.
    """

    counted: NDArray[np.bool_]
    alone: bool

    @classmethod
    def of(cls, name: str, X: ArrayLike, lengths: ArrayLike | None) -> Steps:
        """Find them.

        Parameters
        ----------
        name : str
            What to call the method in an error.
        X : array of shape (n_steps, n_features) or (n_sequences, n_steps, n_features)
        lengths : integer array of shape (n_sequences,) or None

        Raises
        ------
        ParameterError
            If lengths are given for one sequence, or do not fit several.
        """
        try:
            shape: tuple[int, ...] = X.shape if hasattr(X, "shape") else np.asarray(X).shape
        except ValueError:  # rows differ in length: whoever reads them says so
            shape = ()
        if len(shape) != 3:
            if lengths is not None:
                limit = "only sequences of shape (n_sequences, n_steps, n_features) have lengths"
                raise ParameterError(f"{name}(lengths)", lengths, limit)
            return cls(np.ones((1, *shape[:1]), np.bool_), alone=True)
        if 0 in shape:
            raise ParameterError(f"{name}(X)", shape, "an axis is of length 0")
        return cls(running_steps(name, shape[0], shape[1], lengths, None).T, alone=False)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Steps of each sequence."""
        return np.asarray(self.counted.sum(axis=1))

    def samples(self, where: str, values: ArrayLike) -> Any:
        """Return one row for each step that counts, sequence after sequence; the others are not looked at.

        Raises
        ------
        ParameterError
            If the values are not arranged like the sequences.
        """
        if self.alone or values is None:
            return values
        array = read_array(where, values)
        if array.shape[:2] != self.counted.shape:
            limit = f"the shape must begin with {self.counted.shape}, sequences and steps"
            raise ParameterError(where, array.shape, limit)
        return array[self.counted]

    def padded(self, samples: Array, fill: float = 0.0) -> Array:
        """Return the samples in the places of their steps, and `fill` at steps that do not count."""
        sequences = np.full((*self.counted.shape, *samples.shape[1:]), fill, samples.dtype)
        sequences[self.counted] = samples
        return sequences

    def like_given(self, samples: Array) -> Array:
        """Return the samples arranged as the sequences were; steps that do not count are not a number."""
        return samples if self.alone else self.padded(samples, np.nan)

    def behind(self, washout: int) -> NDArray[np.bool_]:
        """Tell which samples are not among the first steps of a sequence, as many as the washout."""
        return np.broadcast_to(np.arange(self.counted.shape[1]) >= washout, self.counted.shape)[self.counted]
