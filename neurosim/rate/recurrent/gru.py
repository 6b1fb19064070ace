"""Gated recurrent units."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity import Connectivity
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.layers.course import Course
from neurosim.rate.recurrent.recurrence import Recurrence
from neurosim.rate.recurrent.recurrent import RecurrentLayer


class GRU(RecurrentLayer):
    """h_t = (1 - z) n + z h_{t-1}, with the candidate n = tanh(x_t W_n + b_n + r (h_{t-1} U_n + c)).

    Reset gate r and update gate z are logistic functions of ``x_t W + h_{t-1} U + b``; blocks of columns are
    in the order r, z, n. The reset gate acts behind the recurrent weights, so that one product serves all.

    Parameters
    ----------
    connectivity, recurrent
        As for `RecurrentLayer`, with three gates.
    recurrent_bias : array of shape (n_units,), optional
        c; it starts at 0. There is none without `bias`.
    **options
        As for `RecurrentLayer`.

    Attributes
    ----------
    recurrent_bias : Variable or None
        c.

    Raises
    ------
    ParameterError
        If an argument is not as there.

    Notes
    -----
    The weights are those of PyTorch's GRU, transposed. Of its two biases, b is the sum for the gates and the
    one of the input for the candidate; c is the candidate's other.

    References
    ----------
    Cho et al. 2014, arXiv:1406.1078, equations 5 to 8; there z and 1 - z change places.
    """

    n_gates = 3

    def __init__(
        self,
        connectivity: Connectivity | int,
        recurrent: Connectivity | None = None,
        *,
        recurrent_bias: ArrayLike | None = None,
        **options: Any,
    ) -> None:
        self.recurrent_bias: Variable | None = None
        self._recurrent_bias_wanted = recurrent_bias
        super().__init__(connectivity, recurrent, **options)
        self._checked_recurrent_bias()

    def _checked_recurrent_bias(self) -> Array | None:
        wanted = self._recurrent_bias_wanted
        if self._starts[0] is None:
            if wanted is not None:
                raise ParameterError("GRU.recurrent_bias", wanted, "there is none without a bias")
            return None
        n = self.n_units
        return np.zeros(n) if wanted is None else self._vector("recurrent_bias", wanted, n)

    def _connect(self, connectivity: Connectivity, recurrent: Connectivity) -> None:
        start = self._checked_recurrent_bias()
        super()._connect(connectivity, recurrent)
        if start is not None:
            self.recurrent_bias = Variable(start.astype(self.weights.dtype))

    def _kernel_bias(self) -> list[Variable]:
        return [] if self.recurrent_bias is None else [self.recurrent_bias]

    def _recurrence(self, course: Course) -> Recurrence:
        return GRUSteps(self.connectivity, self.recurrent, course, self._workspace)

    def description(self) -> dict[str, Any]:
        """As of every recurrent layer, with the bias of the candidate's recurrent part."""
        wanted = self._recurrent_bias_wanted
        now = wanted if self.recurrent_bias is None else self.recurrent_bias.value
        return {**super().description(), "recurrent_bias": now}


class GRUSteps(Recurrence):
    """Steps of gated recurrent units; the bias is that of the candidate's recurrent part."""

    n_kept = 4
    apart = True

    def _units_of(self, dtype: np.dtype[Any]) -> tuple[Array | None, Array | None, int]:
        bias = self._biases[1] if self._biases else np.zeros(self._recurrent.n_pre)
        return bias.astype(dtype, copy=False), None, 0

    def _own_bias_gradient(self) -> Array | None:
        n = self._recurrent.n_pre
        slopes = self._own_slopes()[:, 2 * n : 3 * n]
        return np.ones(len(slopes), slopes.dtype) @ slopes
