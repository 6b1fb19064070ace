"""An operator turned round: from the postsynaptic units to the presynaptic ones, on the same weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neurosim.connectivity.checks import Floats, Integers
from neurosim.connectivity.connectivity import Connectivity
from neurosim.connectivity.spike_delivery import Delivery

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from neurosim.connectivity.image_axis import ImageAxis
    from neurosim.connectivity.image_operator import ImageOperator


class Transposed(Connectivity):
    """The transpose of an operator, which shares its weights: tied weights, or a transposed convolution.

    `Connectivity.T` makes one; the transpose of the transpose is the operator itself.

    Parameters
    ----------
    operator : Connectivity
    """

    def __init__(self, operator: Connectivity) -> None:
        super().__init__(operator.n_post, operator.n_pre, operator.weights)
        self._operator = operator

    def description(self) -> dict[str, Any]:
        """The operator that was transposed."""
        return {"operator": self._operator}

    @property
    def T(self) -> Connectivity:
        """The operator that was transposed."""
        return self._operator

    @property
    def n_synapses(self) -> int:
        """Number of synapses, those of the operator."""
        return self._operator.n_synapses

    @property
    def fan_in(self) -> float:
        """Fan-out of the operator."""
        return self._operator.fan_out

    @property
    def fan_out(self) -> float:
        """Fan-in of the operator."""
        return self._operator.fan_in

    def in_degrees(self) -> NDArray[np.int64]:
        """Out-degrees of the operator, shape (n_post,)."""
        return self._operator.out_degrees()

    def out_degrees(self) -> NDArray[np.int64]:
        """In-degrees of the operator, shape (n_pre,)."""
        return self._operator.in_degrees()

    def to_sparse(self) -> csr_array:
        """Return the matrix W as a new `scipy.sparse.csr_array` of shape (n_pre, n_post)."""
        return self._operator.to_sparse().T.tocsr()

    def to_dense(self) -> Floats:
        """Return the matrix W as a new array of shape (n_pre, n_post)."""
        return self._operator.to_dense().T.copy()

    def forward_into(self, x: Floats, out: Floats) -> None:
        """Write ``forward(x)`` into `out`; see `Connectivity.forward_into`."""
        self._operator.backward_into(x, out)

    def backward_into(self, g: Floats, out: Floats) -> None:
        """Write ``backward(g)`` into `out`; see `Connectivity.backward_into`."""
        self._operator.forward_into(g, out)

    def _forward(self, x: Floats) -> Floats:
        return self._operator._backward(x)

    def _backward(self, g: Floats) -> Floats:
        return self._operator._forward(g)

    def _weight_gradient(self, x: Floats, g: Floats) -> Floats:
        return self._operator._weight_gradient(g, x)

    def _delivery(self) -> Delivery:
        return self._operator._transposed_delivery()

    def _transposed_delivery(self) -> Delivery:
        return self._operator.delivery()

    def _presynaptic(self, unit: int) -> Integers:
        return self._operator._postsynaptic(unit)

    def _postsynaptic(self, unit: int) -> Integers:
        return self._operator._presynaptic(unit)

    def __repr__(self) -> str:
        return f"{self._operator!r}.T"


class TransposedImageOperator(Transposed):
    """The transpose of an operator on images, such as a transposed convolution.

    Parameters
    ----------
    operator : ImageOperator
    """

    _operator: ImageOperator

    def __init__(self, operator: ImageOperator) -> None:
        super().__init__(operator)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Output shape of the operator."""
        return self._operator.output_shape

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Input shape of the operator."""
        return self._operator.input_shape

    @property
    def axes(self) -> tuple[ImageAxis, ...]:
        """The windows of the operator."""
        return self._operator.axes
