"""A matrix that is the product of a tall and a wide one, and is never formed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import Floats, Integers, checked_weights
from neurosim.connectivity.connectivity import Connectivity
from neurosim.connectivity.spike_delivery import Delivery
from neurosim.errors import ParameterError

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class LowRank(Connectivity):
    """W = left @ right of rank r: the stored patterns of a memory, or a decoder followed by an encoder.

    Every unit is connected to every unit, at the cost of ``r*(n_pre + n_post)`` weights. Both factors are
    views of `weights`, one array that holds ``left`` above the transpose of ``right``: a row for each unit. A
    symmetric W is one factor times its own transpose: leave out `right`, and `weights` is ``left`` alone.

    Parameters
    ----------
    left : array of shape (n_pre, r)
        Without `right` kept, not copied, where it is a C-contiguous array of float32 or float64.
    right : array of shape (r, n_post), optional
        With it, both are copied into `weights`, as float32 where both are.

    Attributes
    ----------
    symmetric : bool
        Whether there is one factor only.

    Raises
    ------
    ParameterError
        If the factors are not matrices of finite real numbers that can be multiplied.
    """

    def __init__(self, left: ArrayLike, right: ArrayLike | None = None) -> None:
        u = checked_weights("LowRank.left", left)
        v = u.T if right is None else checked_weights("LowRank.right", right)
        if u.ndim != 2 or v.ndim != 2 or u.shape[1] != v.shape[0] or u.shape[1] == 0:
            limit = "the shapes must be (n_pre, r) and (r, n_post) with r at least 1"
            raise ParameterError("LowRank(left, right)", (u.shape, v.shape), limit)
        self.symmetric = right is None
        factors = u if right is None else np.concatenate([u, v.T])
        super().__init__(u.shape[0], v.shape[1], np.ascontiguousarray(factors))

    @property
    def rank(self) -> int:
        """Number r of columns of `left` and rows of `right`."""
        return int(self._weights.shape[1])

    @property
    def left(self) -> Floats:
        """First factor, a view of shape (n_pre, r) of the weights."""
        return self._weights[: self.n_pre]

    @property
    def right(self) -> Floats:
        """Second factor, a view of shape (r, n_post) of the weights."""
        return (self._weights if self.symmetric else self._weights[self.n_pre :]).T

    @property
    def n_synapses(self) -> int:
        """Number of synapses, n_pre*n_post."""
        return self.n_pre * self.n_post

    def description(self) -> dict[str, Any]:
        """The two factors, one above the other, and where the second begins."""
        return {"weights": self._weights, "n_pre": self.n_pre}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make an operator from what `description` returned."""
        weights, n_pre = description["weights"], description["n_pre"]
        return cls(weights[:n_pre], weights[n_pre:].T)

    def in_degrees(self) -> NDArray[np.int64]:
        """Number of synapses on each postsynaptic unit, shape (n_post,)."""
        return np.full(self.n_post, self.n_pre)

    def out_degrees(self) -> NDArray[np.int64]:
        """Number of synapses of each presynaptic unit, shape (n_pre,)."""
        return np.full(self.n_pre, self.n_post)

    def to_sparse(self) -> csr_array:
        """Return the matrix W as a new `scipy.sparse.csr_array`; entries of zero are left out."""
        from scipy.sparse import csr_array

        return csr_array(self.to_dense())

    def to_dense(self) -> Floats:
        """Return the matrix W as a new array of shape (n_pre, n_post)."""
        return np.asarray(self.left @ self.right)

    def _forward(self, x: Floats) -> Floats:
        return np.asarray((x @ self.left) @ self.right)

    def _backward(self, g: Floats) -> Floats:
        return np.asarray((g @ self.right.T) @ self.left.T)

    def _weight_gradient(self, x: Floats, g: Floats) -> Floats:
        left, right = x.T @ (g @ self.right.T), g.T @ (x @ self.left)
        return left + right if self.symmetric else np.concatenate([left, right])

    def _delivery(self) -> Delivery:
        from neurosim.kernels.connections.delivery import deliver_low_rank

        return deliver_low_rank, (self.left, self.right.T)

    def _transposed_delivery(self) -> Delivery:
        from neurosim.kernels.connections.delivery import deliver_low_rank

        return deliver_low_rank, (self.right.T, self.left)

    def _presynaptic(self, unit: int) -> Integers:
        return np.arange(self.n_pre)

    def _postsynaptic(self, unit: int) -> Integers:
        return np.arange(self.n_post)

    def __repr__(self) -> str:
        return f"LowRank({self.n_pre} → {self.rank} → {self.n_post}, {self._weights.dtype})"
