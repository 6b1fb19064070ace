"""The linear operator every kind of connection is."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import (
    Floats,
    checked_weights,
    read_numbers,
)
from neurosim.connectivity.spike_delivery import SpikeDelivery
from neurosim.description import Described
from neurosim.errors import ParameterError


class Connectivity(SpikeDelivery, Described):
    """Connections from `n_pre` to `n_post` units, as a linear operator with weights that may change.

    The convention is W[pre, post]; rows of `x` are samples; ``y = x @ W``. A member of the family stores its
    weights once, in an array of its own shape, and never copies them: whoever changes `weights` in place
    (backpropagation, a plasticity rule, a user) changes what every network built on the object computes.

    Parameters
    ----------
    n_pre, n_post : int
        Number of units on either side, at least 1.
    weights : ndarray of float32 or float64
        The storage; its shape belongs to the member.

    Notes
    -----
    A member implements `n_synapses`, `to_sparse`, and `_forward`, `_backward`, `_weight_gradient` and
    `_delivery`, which may rely on checked arguments. `check_connectivity` tests the result. What else starts
    with an underscore has a general version here, made from `to_sparse`, and may be replaced by a quick one.
    Where an argument is not an attribute of the same name, it implements `description` too, to be saved.
    """

    def __init__(self, n_pre: int, n_post: int, weights: Floats) -> None:
        super().__init__(n_pre, n_post)
        self._weights = weights

    @property
    def weights(self) -> Floats:
        """The weights themselves, not a copy; assigning writes the new values into the same storage."""
        return self._weights

    @weights.setter
    def weights(self, values: ArrayLike) -> None:
        new = checked_weights(f"{type(self).__name__}.weights", values)
        if new.shape not in ((), self._weights.shape):
            raise ParameterError(
                f"{type(self).__name__}.weights", new.shape, f"the shape must be {self._weights.shape}"
            )
        self._weights[...] = new

    @property
    def T(self) -> Connectivity:
        """The transpose, from `n_post` to `n_pre` units, on the same weights."""
        from neurosim.connectivity.transposed import Transposed

        return Transposed(self)

    def forward(self, x: ArrayLike) -> Floats:
        """Apply the operator: ``x @ W``.

        Parameters
        ----------
        x : array of shape (n_pre,) or (batch, n_pre)
            Rates or currents of the presynaptic units.

        Returns
        -------
        ndarray of shape (n_post,) or (batch, n_post)

        Raises
        ------
        ParameterError
            If the last axis of `x` is not `n_pre` long, or `x` has more than two axes.
        """
        return self._forward(self._operand("forward", "x", x, "n_pre", self.n_pre))

    def add_forward(self, x: NDArray[np.float64], out: NDArray[np.float64]) -> None:
        """Add ``forward(x)`` to `out`, without a check: for loops over time.

        Parameters
        ----------
        x : ndarray of float64, shape (batch, n_pre)
        out : ndarray of float64, shape (batch, n_post)
            Changed in place.
        """
        out += self._forward(x)

    def forward_into(self, x: Floats, out: Floats) -> None:
        """Write ``forward(x)`` into `out`, without a check: for loops over time.

        Parameters
        ----------
        x : ndarray of shape (batch, n_pre)
        out : ndarray of shape (batch, n_post)
            Overwritten.
        """
        out[...] = self._forward(x)

    def backward_into(self, g: Floats, out: Floats) -> None:
        """Write ``backward(g)`` into `out`, without a check: for loops over time.

        Parameters
        ----------
        g : ndarray of shape (batch, n_post)
        out : ndarray of shape (batch, n_pre)
            Overwritten.
        """
        out[...] = self._backward(g)

    def backward(self, g: ArrayLike) -> Floats:
        """Apply the transpose: ``g @ W.T``.

        Parameters
        ----------
        g : array of shape (n_post,) or (batch, n_post)
            Gradients, or anything else that lives on the postsynaptic side.

        Returns
        -------
        ndarray of shape (n_pre,) or (batch, n_pre)

        Raises
        ------
        ParameterError
            If the last axis of `g` is not `n_post` long, or `g` has more than two axes.
        """
        return self._backward(self._operand("backward", "g", g, "n_post", self.n_post))

    def weight_gradient(self, x: ArrayLike, g: ArrayLike) -> Floats:
        """Accumulate pre x post over the batch: the gradient of ``sum(forward(x)*g)`` for each weight.

        Backpropagation and Hebbian learning are this one call, with an error or an activity as `g`.

        Parameters
        ----------
        x : array of shape (n_pre,) or (batch, n_pre)
            Presynaptic values.
        g : array of shape (n_post,) or (batch, n_post)
            Postsynaptic values, of the same batch.

        Returns
        -------
        ndarray of the shape of `weights`

        Raises
        ------
        ParameterError
            If a shape does not fit the operator, or the two batches differ.
        """
        pre = self._operand("weight_gradient", "x", x, "n_pre", self.n_pre)
        post = self._operand("weight_gradient", "g", g, "n_post", self.n_post)
        if pre.shape[:-1] != post.shape[:-1]:
            raise ParameterError(
                f"{type(self).__name__}.weight_gradient(x, g)",
                (pre.shape, post.shape),
                "x and g must belong to the same batch",
            )
        return self._weight_gradient(np.atleast_2d(pre), np.atleast_2d(post))

    @abstractmethod
    def _forward(self, x: Floats) -> Floats: ...

    @abstractmethod
    def _backward(self, g: Floats) -> Floats: ...

    @abstractmethod
    def _weight_gradient(self, x: Floats, g: Floats) -> Floats: ...

    def _operand(self, method: str, name: str, array: ArrayLike, side: str, n: int) -> Floats:
        where = f"{type(self).__name__}.{method}({name})"
        values = read_numbers(where, array)
        if values.ndim not in (1, 2) or values.shape[-1] != n:
            raise ParameterError(
                where, values.shape, f"the shape must be ({n},) or (batch, {n}), since {side} = {n}"
            )
        if (
            values.dtype.char not in "fd"
        ):  # quicker than a comparison of types, which counts in small networks
            values = values.astype(self._weights.dtype)
        return values

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.n_pre} → {self.n_post}, {self.n_synapses} synapses, "
            f"{self._weights.dtype})"
        )
