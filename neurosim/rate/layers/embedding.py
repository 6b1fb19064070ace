"""A vector for each symbol."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from neurosim.connectivity import Dense
from neurosim.errors import ParameterError
from neurosim.machine import check_room
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.shared_weights import variable_of
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import checked_count
from neurosim.rate.layers.layer import Layer


class Embedding(Layer):
    """Rows of a matrix, chosen by number: what the Connectivity makes of one-hot inputs, without making them.

    An Affine layer on ``connectivity.T`` leads back to the symbols with the same weights.

    Parameters
    ----------
    connectivity : Dense or int
        From n_symbols to n_dims units. A number stands for so many symbols, with vectors drawn from a
        standard normal distribution when the network is built.
    n_dims : int, optional
        Length of the vectors; needed where `connectivity` is a number.

    Attributes
    ----------
    connectivity : Dense
    weights : Variable
        Shares its memory with ``connectivity.weights``.

    Raises
    ------
    ParameterError
        If the arguments are not as above; when applied, if the layer is not built, or an input is not the
        number of a symbol.
    """

    stepwise = True
    takes_symbols = True

    def __init__(self, connectivity: Dense | int, n_dims: int | None = None) -> None:
        self._connectivity: Dense | None = None
        if isinstance(connectivity, Dense):
            if n_dims is not None:
                raise ParameterError("Embedding.n_dims", n_dims, "the Connectivity tells it already")
            self._sizes = (connectivity.n_pre, connectivity.n_post)
            self._connect(connectivity)
        else:
            self._sizes = (
                checked_count("Embedding.connectivity", connectivity),
                checked_count("Embedding.n_dims", n_dims),
            )

    @property
    def connectivity(self) -> Dense:
        """The operator; there is none before the layer is built, where only numbers were given."""
        if self._connectivity is None:
            raise ParameterError(
                "Embedding.connectivity", self._sizes, "is not made yet", "Call build(input_shape) first."
            )
        return self._connectivity

    @property
    def weights(self) -> Variable:
        """The vectors, shape (n_symbols, n_dims)."""
        self.connectivity  # noqa: B018  (raises where there is none yet)
        return self._weights

    def forward(self, x: Variable) -> Variable:
        """Return the vectors, shape (..., n_dims), for whole numbers `x` from 0 on, shape (...)."""
        n_symbols = self._sizes[0]
        fits = (x.value >= 0) & (x.value < n_symbols) & (x.value == np.floor(x.value))
        if not fits.all():
            wrong = float(x.value[~fits][0])
            limit = f"symbols are whole numbers from 0 to {n_symbols - 1}"
            raise ParameterError(f"{self.describe()}(x)", wrong, limit)
        return self.weights[x.value.astype(np.int64)]

    def parameters(self) -> list[Variable]:
        """Return the vectors."""
        return [self.weights]

    @property
    def n_synapses(self) -> int:
        """Number of synapses of the connectivity."""
        return self.connectivity.n_synapses

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        if self._connectivity is None:
            needed = 8 * math.prod(self._sizes)
            where, remedy = "Embedding.connectivity, n_dims", "Use fewer, or shorter vectors."
            check_room(where, self._sizes, needed, remedy)
            self._connect(Dense(rng.standard_normal(self._sizes).astype(sample.dtype)))

    def _connect(self, connectivity: Dense) -> None:
        self._connectivity = connectivity
        self._weights = variable_of(connectivity)

    def description(self) -> dict[str, Any]:
        """The connectivity; before the layer is built, the two numbers."""
        if self._connectivity is None:
            return {"connectivity": self._sizes[0], "n_dims": self._sizes[1]}
        return {"connectivity": self._connectivity}

    def describe(self) -> str:
        """Name the sizes."""
        return f"Embedding({self._sizes[0]} → {self._sizes[1]})"
