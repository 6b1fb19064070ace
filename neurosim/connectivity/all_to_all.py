"""Every unit connected to every unit with one and the same weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import Floats, Integers, checked_weights
from neurosim.connectivity.connectivity import Connectivity
from neurosim.connectivity.spike_delivery import Delivery
from neurosim.errors import ParameterError

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class AllToAll(Connectivity):
    """One weight for all pairs of units, stored once: a mean field.

    Parameters
    ----------
    weight : float, or array of shape ()
        An array of float32 or float64 is kept, not copied; `weights` has the shape ().
    n_pre, n_post : int
        Number of units on either side.
    autapses : bool, default True
        False leaves out the connections from unit i to unit i; the two sides must then be equally large.

    Raises
    ------
    ParameterError
        If `weight` is not one finite number, or units are to be left out where the sides differ in size.
    """

    def __init__(self, weight: ArrayLike, n_pre: int, n_post: int, *, autapses: bool = True) -> None:
        value = checked_weights("AllToAll.weight", weight)
        if value.ndim:
            raise ParameterError("AllToAll.weight", value.shape, "must be one number", "Use Dense for many.")
        super().__init__(n_pre, n_post, value)
        if not autapses and n_pre != n_post:
            limit = "autapses can be left out only where n_pre = n_post"
            raise ParameterError("AllToAll(n_pre, n_post)", (n_pre, n_post), limit)
        self._autapses = bool(autapses)

    @property
    def autapses(self) -> bool:
        """Whether unit i is connected to unit i."""
        return self._autapses

    @property
    def n_synapses(self) -> int:
        """Number of synapses, n_pre*n_post, or n*(n - 1) without autapses."""
        return self.n_pre * (self.n_post if self.autapses else self.n_post - 1)

    def description(self) -> dict[str, Any]:
        """Arguments that make an operator like this."""
        sizes = {"n_pre": self.n_pre, "n_post": self.n_post}
        return {"weight": self._weights, **sizes, "autapses": self.autapses}

    def in_degrees(self) -> NDArray[np.int64]:
        """Number of synapses on each postsynaptic unit, shape (n_post,)."""
        return np.full(self.n_post, self.n_synapses // self.n_post)

    def out_degrees(self) -> NDArray[np.int64]:
        """Number of synapses of each presynaptic unit, shape (n_pre,)."""
        return np.full(self.n_pre, self.n_synapses // self.n_pre)

    def to_sparse(self) -> csr_array:
        """Return the matrix W as a new `scipy.sparse.csr_array`."""
        from scipy.sparse import csr_array

        return csr_array(self.to_dense())

    def to_dense(self) -> Floats:
        """Return the matrix W as a new array of shape (n_pre, n_post)."""
        matrix = np.full((self.n_pre, self.n_post), self._weights)
        if not self.autapses:
            np.fill_diagonal(matrix, 0.0)
        return matrix

    def _forward(self, x: Floats) -> Floats:
        return self._weights * self._summed(x, self.n_post)

    def _backward(self, g: Floats) -> Floats:
        return self._weights * self._summed(g, self.n_pre)

    def _summed(self, x: Floats, n: int) -> Floats:
        """For each of `n` units of the other side, the sum of those that it is connected to."""
        total = x.sum(axis=-1, keepdims=True)
        return np.repeat(total, n, axis=-1) if self.autapses else total - x

    def _weight_gradient(self, x: Floats, g: Floats) -> Floats:
        return np.asarray(np.vdot(self._summed(x, self.n_post), g))

    def _delivery(self) -> Delivery:
        from neurosim.kernels.connections.delivery import deliver_all_to_all

        return deliver_all_to_all, (self._weights.reshape(1), self.n_pre, self.n_post, self.autapses)

    def _transposed_delivery(self) -> Delivery:
        from neurosim.kernels.connections.delivery import deliver_all_to_all

        return deliver_all_to_all, (self._weights.reshape(1), self.n_post, self.n_pre, self.autapses)

    def _presynaptic(self, unit: int) -> Integers:
        return self._all_but(unit, self.n_pre)

    def _postsynaptic(self, unit: int) -> Integers:
        return self._all_but(unit, self.n_post)

    def _all_but(self, unit: int, n: int) -> Integers:
        units = np.arange(n)
        return units if self.autapses else np.delete(units, unit)
