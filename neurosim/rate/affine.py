"""The layer y = x W + b on any Connectivity."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity import Connectivity, Dense, LowRank
from neurosim.connectivity.checks import read_array
from neurosim.connectivity.transposed import Transposed
from neurosim.errors import ParameterError
from neurosim.rate.checks import is_whole
from neurosim.rate.initialisation import INITIALISERS, find_initialiser
from neurosim.rate.layer import Layer
from neurosim.rate.operations import Array, Operation
from neurosim.rate.shared_weights import variable_of
from neurosim.rate.variable import Variable, apply


class Affine(Layer):
    """Weighted input plus bias, through a Connectivity that is shared, not copied.

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

    def __init__(
        self,
        connectivity: Connectivity | int,
        bias: bool | ArrayLike = True,
        *,
        initialise: str = "glorot_uniform",
    ) -> None:
        self._initialise = find_initialiser(initialise, "Affine.initialise")
        self._connectivity: Connectivity | None = None
        self.bias: Variable | None = None
        self._bias_wanted = bias
        if isinstance(connectivity, Connectivity):
            self._n_post = connectivity.n_post
            self._connect(connectivity)
        elif is_whole(connectivity) and connectivity >= 1:
            self._n_post = int(connectivity)
            self._checked_bias()
        else:
            raise ParameterError(
                "Affine.connectivity",
                connectivity,
                "must be a Connectivity, or a number of outputs",
                "Wrap a matrix in Dense.",
            )

    @property
    def connectivity(self) -> Connectivity:
        """The operator; there is none before the layer is built, where only the outputs were given."""
        if self._connectivity is None:
            raise ParameterError(
                "Affine.connectivity", self._n_post, "is not made yet", "Call build(input_shape) first."
            )
        return self._connectivity

    @property
    def weights(self) -> Variable:
        """The weights of the connectivity."""
        self.connectivity  # noqa: B018  (raises where there is none yet)
        return self._weights

    def forward(self, x: Variable) -> Variable:
        """Return x W + b for `x` of shape (n_pre,) or (..., n_pre)."""
        if x.ndim > 2:
            rows = self.forward(x.reshape(-1, x.shape[-1]))
            return rows.reshape(*x.shape[:-1], self._n_post)
        y = apply(_Connect(self.connectivity), x, self._weights)
        return y if self.bias is None else y + self.bias

    def parameters(self) -> list[Variable]:
        """Return the weights and, if there is one, the bias."""
        return [self.weights] if self.bias is None else [self.weights, self.bias]

    @property
    def input_shape(self) -> tuple[int, ...] | None:
        """Shape of a sample that the layer needs, (n_pre,); None before it is known."""
        return None if self._connectivity is None else (self._connectivity.n_pre,)

    @property
    def n_synapses(self) -> int:
        """Number of synapses of the connectivity."""
        return self.connectivity.n_synapses

    def multiply_accumulates(self, input_shape: tuple[int, ...]) -> int:
        """Return a product for each synapse, or for each weight of the factors of a low rank."""
        operator = self.connectivity.T if isinstance(self.connectivity, Transposed) else self.connectivity
        once = operator.weights.size if isinstance(operator, LowRank) else operator.n_synapses
        return once * math.prod(input_shape[:-1])

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        if self._connectivity is None:
            weights = np.zeros((sample.shape[-1], self._n_post), sample.dtype)
            self._connect(self._initialise(Dense(weights), rng))
        elif sample.shape[-1] != self._connectivity.n_pre:
            raise ParameterError(
                f"{self.describe()}, input",
                sample.shape[1:],
                f"the shape of a sample must be ({self._connectivity.n_pre},)",
            )

    def _connect(self, connectivity: Connectivity) -> None:
        start = self._checked_bias()
        self._connectivity = connectivity
        self._weights = variable_of(connectivity.weights)
        if start is not None:
            self.bias = Variable(start.astype(self._weights.dtype, copy=False))

    def _checked_bias(self) -> Array | None:
        if self._bias_wanted is False:
            return None
        n_post, wanted = self._n_post, self._bias_wanted
        start = np.zeros(n_post) if wanted is True else read_array("Affine.bias", wanted)
        if start.shape != (n_post,):
            raise ParameterError("Affine.bias", start.shape, f"the shape must be ({n_post},)")
        if start.dtype.kind not in "biuf" or not np.isfinite(start).all():
            raise ParameterError("Affine.bias", start, "must be finite real numbers")
        return start

    def description(self) -> dict[str, Any]:
        """The connectivity and the bias; before the layer is built, what it will be made with."""
        name = next(name for name, known in INITIALISERS.items() if known is self._initialise)
        if self._connectivity is None:
            return {"connectivity": self._n_post, "bias": self._bias_wanted, "initialise": name}
        bias = False if self.bias is None else self.bias.value
        return {"connectivity": self._connectivity, "bias": bias, "initialise": name}

    def describe(self) -> str:
        """Name the Connectivity and its sizes."""
        ending = "" if self._bias_wanted is not False else ", no bias"
        if self._connectivity is None:
            return f"Affine(? → {self._n_post}{ending})"
        return f"Affine({_kind(self._connectivity)} {self._connectivity.n_pre} → {self._n_post}{ending})"


def _kind(connectivity: Connectivity) -> str:
    turned = isinstance(connectivity, Transposed)
    return f"{type(connectivity.T).__name__}.T" if turned else type(connectivity).__name__


class _Connect(Operation):
    """Apply a Connectivity to `x`; the second input is its weights, named so that they get a gradient."""

    def __init__(self, connectivity: Connectivity) -> None:
        self._connectivity = connectivity

    @property
    def name(self) -> str:
        return type(self._connectivity).__name__

    def forward(self, *inputs: Array) -> Array:
        self._x = inputs[0]
        return self._connectivity.forward(self._x)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        return (
            self._connectivity.backward(g) if self.needed[0] else None,
            self._connectivity.weight_gradient(self._x, g) if self.needed[1] else None,
        )

    def tangent(self, *tangents: Array | None) -> Array:
        x_tangent, w_tangent = tangents
        along = [] if x_tangent is None else [self._connectivity.forward(x_tangent)]
        if w_tangent is not None and w_tangent.any():
            along.append(self._along_weights(w_tangent))
        return np.asarray(sum(along))

    def _along_weights(self, tangent: Array) -> Array:
        # A Connectivity is linear in its weights, or quadratic where it is a product of two factors: then the
        # central difference over any distance is exact, and a distance like the weights' own loses no digits.
        weights = self._connectivity.weights
        original = weights.copy()
        reach = float(np.abs(original).max() or 1.0) / float(np.abs(tangent).max())
        try:
            weights[...] = original + reach * tangent
            ahead = self._connectivity.forward(self._x)
            weights[...] = original - reach * tangent
            behind = self._connectivity.forward(self._x)
        finally:
            weights[...] = original
        return np.asarray((ahead - behind) / (2.0 * reach))
