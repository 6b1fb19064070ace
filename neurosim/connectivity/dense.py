"""Every unit connected to every unit, each connection with a weight of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import Floats, Integers, checked_weights
from neurosim.connectivity.connectivity import Connectivity
from neurosim.connectivity.spike_delivery import Delivery
from neurosim.errors import ParameterError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

SMALL = 250_000
"""Products of numbers below which BLAS uses one thread, and NumPy calls it more quickly than a kernel."""

FEW_ROWS = 8
"""Rows below which it pays more to read the weights once, as BLAS does, than to lay them out."""


class Dense(Connectivity):
    """A full weight matrix.

    Parameters
    ----------
    weights : array of shape (n_pre, n_post)
        Kept, not copied, where it is a C-contiguous array of float32 or float64.

    Raises
    ------
    ParameterError
        If `weights` is not a matrix of finite real numbers with at least one row and one column.
    """

    def __init__(self, weights: ArrayLike) -> None:
        matrix = checked_weights("Dense.weights", weights)
        if matrix.ndim != 2:
            raise ParameterError("Dense.weights", matrix.shape, "the shape must be (n_pre, n_post)")
        n_pre, n_post = matrix.shape
        super().__init__(n_pre, n_post, matrix)

    @property
    def n_synapses(self) -> int:
        """Number of synapses, n_pre*n_post."""
        return self.n_pre * self.n_post

    @property
    def synapse_shape(self) -> tuple[int, ...]:
        """Shape of an array with an entry for each synapse, (n_pre, n_post)."""
        return self._weights.shape

    def in_degrees(self) -> NDArray[np.int64]:
        """Number of synapses on each postsynaptic unit, shape (n_post,): weights of zero are synapses too."""
        return np.full(self.n_post, self.n_pre)

    def out_degrees(self) -> NDArray[np.int64]:
        """Number of synapses of each presynaptic unit, shape (n_pre,)."""
        return np.full(self.n_pre, self.n_post)

    def to_sparse(self) -> csr_array:
        """Return the matrix W as a new `scipy.sparse.csr_array`; weights of zero are left out."""
        from scipy.sparse import csr_array

        return csr_array(self._weights)

    def to_dense(self) -> Floats:
        """Return the matrix W as a new array of shape (n_pre, n_post)."""
        return self._weights.copy()

    def add_forward(self, x: NDArray[np.float64], out: NDArray[np.float64]) -> None:
        """Add ``forward(x)`` to `out`; see `Connectivity.add_forward`."""
        if self._weights.dtype == np.float64:
            out += x @ self._weights
            return
        from neurosim.kernels.connections.summation import add_dense

        add_dense(self._weights, x, out)  # NumPy would copy the matrix into float64 first

    def forward_into(self, x: Floats, out: Floats) -> None:
        """Write ``forward(x)`` into `out`; see `Connectivity.forward_into`."""
        _multiply(x, self._weights, out)

    def backward_into(self, g: Floats, out: Floats) -> None:
        """Write ``backward(g)`` into `out`; see `Connectivity.backward_into`."""
        _multiply(g, self._weights.T, out)

    def _forward(self, x: Floats) -> Floats:
        out = np.empty((*x.shape[:-1], self.n_post), np.result_type(x, self._weights))
        self.forward_into(x, out)
        return out

    def _backward(self, g: Floats) -> Floats:
        out = np.empty((*g.shape[:-1], self.n_pre), np.result_type(g, self._weights))
        self.backward_into(g, out)
        return out

    def _weight_gradient(self, x: Floats, g: Floats) -> Floats:
        few = len(x) < FEW_ROWS or x.size * self.n_post < SMALL
        if few or x.dtype != g.dtype or not g.dtype.isnative:
            return np.asarray(x.T @ g)
        from neurosim.kernels.rate.panels import sum_over_rows

        x, g = np.ascontiguousarray(x), np.ascontiguousarray(g)
        return sum_over_rows(((x, self.n_pre, 0),), g)[0]

    def _delivery(self) -> Delivery:
        from neurosim.kernels.connections.delivery import deliver_dense

        return deliver_dense, (self._weights,)

    def _delayed_delivery(self, delays: Integers) -> Delivery:
        from neurosim.kernels.connections.delayed_delivery import deliver_dense_delayed

        return deliver_dense_delayed, (self._weights, delays)

    def _transposed_delivery(self) -> Delivery:
        from neurosim.kernels.connections.delivery import deliver_dense

        return deliver_dense, (self._weights.T,)

    def _presynaptic(self, unit: int) -> Integers:
        return np.arange(self.n_pre)

    def _postsynaptic(self, unit: int) -> Integers:
        return np.arange(self.n_post)


def _multiply(a: Floats, b: Floats, out: Floats) -> None:
    """Write ``a @ b`` into `out`; large products on our own threads.

    Those of BLAS would keep the processors busy for a tenth of a second after each product.
    """
    turned = not b.flags.c_contiguous
    few = a.ndim < 2 or len(a) < FEW_ROWS or a.size * b.shape[1] < SMALL
    alike = a.dtype == b.dtype == out.dtype
    if few or not alike or not out.flags.c_contiguous or np.may_share_memory(a, out):
        np.matmul(a, b, out=out)
        return
    from neurosim.kernels.rate.matrix_product import product

    product(np.ascontiguousarray(a), b.T if turned else b, out, turned)
