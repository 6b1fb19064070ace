"""Who is joined to whom: the connections as a graph."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from neurosim.connectivity.checks import Floats, Integers, checked_size, checked_unit

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class Wiring(ABC):
    """Synapses from `n_pre` to `n_post` units: their number, degrees, fields and delays.

    Parameters
    ----------
    n_pre, n_post : int
        Number of units on either side, at least 1.

    Notes
    -----
    A member implements `n_synapses` and `to_sparse`; the rest follows from them, and may be replaced by
    something quicker.
    """

    def __init__(self, n_pre: int, n_post: int) -> None:
        self._n_pre = checked_size(f"{type(self).__name__}.n_pre", n_pre)
        self._n_post = checked_size(f"{type(self).__name__}.n_post", n_post)

    @property
    def n_pre(self) -> int:
        """Number of presynaptic units."""
        return self._n_pre

    @property
    def n_post(self) -> int:
        """Number of postsynaptic units."""
        return self._n_post

    @property
    @abstractmethod
    def n_synapses(self) -> int:
        """Number of synapses, each counted once however many of them share a weight."""

    @property
    def fan_in(self) -> float:
        """Mean number of synapses onto a postsynaptic unit, for scaling random weights."""
        return self.n_synapses / self.n_post

    @property
    def fan_out(self) -> float:
        """Mean number of synapses of a presynaptic unit."""
        return self.n_synapses / self.n_pre

    @property
    def delays(self) -> NDArray[np.float64] | None:
        """Delay of each synapse, ms, where the member stores them; else None."""
        return None

    @property
    def synapse_shape(self) -> tuple[int, ...] | None:
        """Shape of an array with an entry for each synapse; None where they cannot have a delay each."""
        return None

    def in_degrees(self) -> NDArray[np.int64]:
        """Number of synapses on each postsynaptic unit, shape (n_post,)."""
        return np.bincount(self.to_sparse().indices, minlength=self.n_post)

    def out_degrees(self) -> NDArray[np.int64]:
        """Number of synapses of each presynaptic unit, shape (n_pre,)."""
        starts: NDArray[np.int64] = self.to_sparse().indptr.astype(np.int64)
        return starts[1:] - starts[:-1]

    @abstractmethod
    def to_sparse(self) -> csr_array:
        """Return the matrix W as a `scipy.sparse.csr_array` of shape (n_pre, n_post)."""

    def to_dense(self) -> Floats:
        """Return the matrix W as a new array of shape (n_pre, n_post)."""
        return cast("Floats", self.to_sparse().toarray())

    def receptive_field(self, unit: int) -> Integers:
        """Return the presynaptic units with a synapse onto a postsynaptic unit.

        Parameters
        ----------
        unit : int
            From 0 to n_post - 1.

        Returns
        -------
        ndarray of int
            Rising, each unit once.

        Raises
        ------
        ParameterError
            If there is no such unit.
        """
        return self._presynaptic(
            checked_unit(f"{type(self).__name__}.receptive_field(unit)", unit, self.n_post)
        )

    def projective_field(self, unit: int) -> Integers:
        """Return the postsynaptic units that a presynaptic unit has a synapse onto.

        Parameters
        ----------
        unit : int
            From 0 to n_pre - 1.

        Returns
        -------
        ndarray of int
            Rising, each unit once.

        Raises
        ------
        ParameterError
            If there is no such unit.
        """
        return self._postsynaptic(
            checked_unit(f"{type(self).__name__}.projective_field(unit)", unit, self.n_pre)
        )

    def _presynaptic(self, unit: int) -> Integers:
        columns = self.to_sparse().tocsc()
        return np.unique(columns.indices[columns.indptr[unit] : columns.indptr[unit + 1]])

    def _postsynaptic(self, unit: int) -> Integers:
        rows = self.to_sparse()
        return np.unique(rows.indices[rows.indptr[unit] : rows.indptr[unit + 1]])
