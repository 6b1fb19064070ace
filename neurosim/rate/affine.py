"""The layer y = x W + b on any Connectivity."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity import Connectivity
from neurosim.connectivity.checks import read_array
from neurosim.errors import ParameterError
from neurosim.rate.layer import Layer
from neurosim.rate.operations import Array, Operation
from neurosim.rate.variable import Variable, apply


class Affine(Layer):
    """Weighted input plus bias, through a Connectivity that is shared, not copied.

    Its weight variable is the Connectivity's own array: what an optimiser learns, every other network built
    on the same Connectivity uses at once.

    Parameters
    ----------
    connectivity : Connectivity
        From n_pre inputs to n_post outputs.
    bias : bool or array of shape (n_post,), default True
        True: a bias that starts at 0. False: none. An array is kept where its dtype is that of the weights.

    Attributes
    ----------
    weights : Variable
        Shares its memory with ``connectivity.weights``.
    bias : Variable or None

    Raises
    ------
    ParameterError
        If `connectivity` is not a Connectivity, or the bias has the wrong shape or is not finite.
    """

    def __init__(self, connectivity: Connectivity, bias: bool | ArrayLike = True) -> None:
        if not isinstance(connectivity, Connectivity):
            raise ParameterError(
                "Affine.connectivity", connectivity, "must be a Connectivity", "Wrap a matrix in Dense."
            )
        self.connectivity = connectivity
        self.weights = Variable(connectivity.weights)
        self.bias: Variable | None = None
        if bias is not False:
            start = np.zeros(connectivity.n_post) if bias is True else read_array("Affine.bias", bias)
            if start.shape != (connectivity.n_post,):
                raise ParameterError(
                    "Affine.bias", start.shape, f"the shape must be ({connectivity.n_post},)"
                )
            if start.dtype.kind not in "biuf" or not np.isfinite(start).all():
                raise ParameterError("Affine.bias", start, "must be finite real numbers")
            self.bias = Variable(start.astype(self.weights.dtype, copy=False))

    def forward(self, x: Variable) -> Variable:
        """Return x W + b for `x` of shape (n_pre,) or (batch, n_pre)."""
        y = apply(_Connect(self.connectivity), x, self.weights)
        return y if self.bias is None else y + self.bias

    def parameters(self) -> list[Variable]:
        """Return the weights and, if there is one, the bias."""
        return [self.weights] if self.bias is None else [self.weights, self.bias]

    def describe(self) -> str:
        """Name the Connectivity and its sizes."""
        kind = type(self.connectivity).__name__
        ending = "" if self.bias is not None else ", no bias"
        return f"Affine({kind} {self.connectivity.n_pre} → {self.connectivity.n_post}{ending})"


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
