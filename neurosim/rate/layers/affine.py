"""The layer y = x W + b on any Connectivity."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity import Connectivity, Dense, LowRank
from neurosim.connectivity.transposed import Transposed
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable, apply
from neurosim.rate.checks import is_whole
from neurosim.rate.layers.connected import Connect, ConnectedLayer
from neurosim.rate.layers.initialisation import blank_weights
from neurosim.rate.layers.receptive_field import ReceptiveField


class Affine(ConnectedLayer):
    """Weighted input plus bias, through a Connectivity that is shared, not copied.

    It acts on the last axis: on each step of a sequence alike; an image goes through a Flatten first.

    Its weight variable is the Connectivity's own array: what an optimiser learns, every other network built
    on the same Connectivity uses at once. Layers on one array, such as that of a Connectivity and of its
    transpose ``connectivity.T``, have one variable: tied weights.

    Parameters
    ----------
    connectivity : Connectivity or int
        From n_pre inputs to n_post outputs. A number stands for a Dense one with so many outputs, made when
        the network is built.
    bias : bool or array of shape (n_post,), default True
        True: a bias that starts at 0. False: none. An array is kept where its dtype is that of the weights.
    initialise : str, default "glorot_uniform"
        A name in `INITIALISERS`, for weights that are made when the network is built.

    Attributes
    ----------
    connectivity : Connectivity
    weights : Variable
        Shares its memory with ``connectivity.weights``.
    bias : Variable or None

    Raises
    ------
    ParameterError
        If `connectivity` is neither a Connectivity nor a positive whole number, there is no such
        initialisation, or the bias has the wrong shape or is not finite; and whatever needs the sizes, if
        they are not known yet.
    """

    stepwise = True

    def __init__(
        self,
        connectivity: Connectivity | int,
        bias: bool | ArrayLike = True,
        *,
        initialise: str = "glorot_uniform",
    ) -> None:
        if isinstance(connectivity, Connectivity):
            n_outputs = connectivity.n_post
        elif is_whole(connectivity) and connectivity >= 1:
            n_outputs = int(connectivity)
        else:
            raise ParameterError(
                "Affine.connectivity",
                connectivity,
                "must be a Connectivity, or a number of outputs",
                "Wrap a matrix in Dense.",
            )
        super().__init__(n_outputs, bias, initialise)
        if isinstance(connectivity, Connectivity):
            self._connect(connectivity)

    def forward(self, x: Variable) -> Variable:
        """Return x W + b for `x` of shape (n_pre,) or (..., n_pre)."""
        if x.ndim > 2:
            rows = self.forward(x.reshape(-1, x.shape[-1]))
            return rows.reshape(*x.shape[:-1], self._n_outputs)
        return apply(Connect(self.connectivity), x, *self.parameters())

    @property
    def input_shape(self) -> tuple[int, ...] | None:
        """Shape of a sample that the layer needs, (n_pre,); None before it is known."""
        return None if self._connectivity is None else (self._connectivity.n_pre,)

    def multiply_accumulates(self, input_shape: tuple[int, ...]) -> int:
        """Return a product for each synapse, or for each weight of the factors of a low rank."""
        operator = self.connectivity.T if isinstance(self.connectivity, Transposed) else self.connectivity
        once = operator.weights.size if isinstance(operator, LowRank) else operator.n_synapses
        return once * math.prod(input_shape[:-1])

    def seen(self, field: ReceptiveField) -> ReceptiveField | None:
        """Return None: a unit may see every input."""
        return None

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        if self._connectivity is None:
            n_outputs, shape = self._n_outputs, (sample.shape[-1], self._n_outputs)
            (weights,) = blank_weights("Affine.connectivity", n_outputs, shape, dtype=sample.dtype)
            self._connect(self._initialise(Dense(weights), rng))
        elif sample.shape[-1] != self._connectivity.n_pre:
            raise ParameterError(
                f"{self.describe()}, input",
                sample.shape[1:],
                f"the shape of a sample must be ({self._connectivity.n_pre},)",
            )

    def description(self) -> dict[str, Any]:
        """The connectivity and the bias; before the layer is built, what it will be made with."""
        if self._connectivity is None:
            return {
                "connectivity": self._n_outputs,
                "bias": self._bias_wanted,
                "initialise": self._initialise_name,
            }
        bias = False if self.bias is None else self.bias.value
        return {"connectivity": self._connectivity, "bias": bias, "initialise": self._initialise_name}

    def describe(self) -> str:
        """Name the Connectivity and its sizes."""
        ending = "" if self._bias_wanted is not False else ", no bias"
        if self._connectivity is None:
            return f"Affine(? → {self._n_outputs}{ending})"
        return f"Affine({_kind(self._connectivity)} {self._connectivity.n_pre} → {self._n_outputs}{ending})"


def _kind(connectivity: Connectivity) -> str:
    turned = isinstance(connectivity, Transposed)
    return f"{type(connectivity.T).__name__}.T" if turned else type(connectivity).__name__
