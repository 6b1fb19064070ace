"""Each unit connected to the unit of the same number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity.checks import Floats, Integers, checked_size, checked_weights
from neurosim.connectivity.connectivity import Connectivity
from neurosim.connectivity.spike_delivery import Delivery
from neurosim.errors import ParameterError

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class OneToOne(Connectivity):
    """Unit i drives unit i alone: a diagonal matrix.

    Parameters
    ----------
    weights : array of shape (n,), or one number for all
        An array is kept, not copied, where it is C-contiguous and of float32 or float64.
    n : int, optional
        Number of units on either side; may be left out where `weights` is an array.

    Raises
    ------
    ParameterError
        If `weights` are not finite real numbers, or are not `n` of them.
    """

    def __init__(self, weights: ArrayLike, n: int | None = None) -> None:
        values = checked_weights("OneToOne.weights", weights)
        if values.ndim == 0:
            if n is None:
                raise ParameterError("OneToOne.n", n, "must be given where all weights are one number")
            values = np.full(checked_size("OneToOne.n", n), values)
        if values.ndim != 1 or n not in (None, values.size):
            shape = "(n,)" if n is None else f"({n},)"
            raise ParameterError("OneToOne.weights", values.shape, f"the shape must be {shape}")
        super().__init__(values.size, values.size, values)

    @property
    def n_synapses(self) -> int:
        """Number of synapses, one for each unit."""
        return self.n_pre

    def description(self) -> dict[str, Any]:
        """Arguments that make an operator like this."""
        return {"weights": self._weights}

    def to_sparse(self) -> csr_array:
        """Return W as a `scipy.sparse.csr_array` that shares the weights with this object."""
        from scipy.sparse import csr_array

        n = self.n_pre
        return csr_array((self._weights, np.arange(n), np.arange(n + 1)), shape=(n, n))

    def _forward(self, x: Floats) -> Floats:
        return np.asarray(x * self._weights)

    def _backward(self, g: Floats) -> Floats:
        return np.asarray(g * self._weights)

    def _weight_gradient(self, x: Floats, g: Floats) -> Floats:
        return np.asarray(np.einsum("bi,bi->i", x, g))

    def _delivery(self) -> Delivery:
        from neurosim.kernels.connections.delivery import deliver_one_to_one

        return deliver_one_to_one, (self._weights,)

    def _transposed_delivery(self) -> Delivery:
        return self._delivery()

    def _presynaptic(self, unit: int) -> Integers:
        return np.array([unit])

    def _postsynaptic(self, unit: int) -> Integers:
        return np.array([unit])
