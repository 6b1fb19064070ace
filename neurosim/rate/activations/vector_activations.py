"""Activation functions in which the units of a layer compete."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array, Operation
from neurosim.rate.autodiff.softmax import log_softmax, softmax
from neurosim.rate.autodiff.variable import Variable, apply
from neurosim.rate.checks import checked_count
from neurosim.rate.layers.layer import Layer


class VectorActivation(Layer):
    """A function of the drives of all units of a layer, the last axis; its derivative is a matrix."""

    stepwise = True

    @abstractmethod
    def jacobian(self, x: Array) -> Array:
        """Return the derivative of each output by each drive, shape (..., n_out, n_in)."""


class Softmax(VectorActivation):
    """y_i = exp(x_i)/sum_j exp(x_j): drives to probabilities."""

    def forward(self, x: Variable) -> Variable:
        """Return the probabilities."""
        return softmax(x)

    def jacobian(self, x: Array) -> Array:
        """Return y_i (delta_ij - y_j)."""
        y = softmax(x).value
        return np.asarray(y[..., :, np.newaxis] * (_identity(x) - y[..., np.newaxis, :]))


class LogSoftmax(VectorActivation):
    """y_i = x_i - log(sum_j exp(x_j)): drives to log probabilities."""

    def forward(self, x: Variable) -> Variable:
        """Return the log probabilities."""
        return log_softmax(x)

    def jacobian(self, x: Array) -> Array:
        """Return delta_ij - softmax(x)_j."""
        return np.asarray(_identity(x) - softmax(x).value[..., np.newaxis, :])


class OneHot(VectorActivation):
    """1 for the unit with the largest drive, the first of equal ones, and 0 for all others.

    The extreme of the softmax. Its derivative is 0 wherever it has one: no gradient passes.
    """

    def forward(self, x: Variable) -> Variable:
        """Return the indicator of the largest drive."""
        return apply(_OneHot(), x)

    def jacobian(self, x: Array) -> Array:
        """Return 0."""
        return np.zeros_like(x[..., np.newaxis] * x[..., np.newaxis, :])


class Maxout(VectorActivation):
    """The largest of several drives of a unit: a convex function made of as many straight pieces.

    Parameters
    ----------
    pieces : int
        Drives of each unit; those of one unit are neighbours. An Affine layer before it computes
        ``pieces*n_units`` of them. Equal ones share the derivative evenly.

    Raises
    ------
    ParameterError
        If `pieces` is not a positive whole number; and when applied, if the number of drives is no multiple.

    References
    ----------
    Goodfellow et al. 2013, arXiv:1302.4389, section 3.
    """

    def __init__(self, pieces: int) -> None:
        self.pieces = checked_count("Maxout.pieces", pieces)

    def forward(self, x: Variable) -> Variable:
        """Return the largest drive of each unit, shape (..., n_units)."""
        self._check(x.shape)
        return x.reshape((*x.shape[:-1], -1, self.pieces)).max(axis=-1)

    def jacobian(self, x: Array) -> Array:
        """Return 1 for the drive that won, 0 for all others."""
        self._check(x.shape)
        n_units = x.shape[-1] // self.pieces
        drives = x.reshape((*x.shape[:-1], n_units, self.pieces))
        won = drives == drives.max(axis=-1, keepdims=True)
        share = won / won.sum(axis=-1, keepdims=True, dtype=x.dtype)
        units = np.eye(n_units, dtype=x.dtype)
        return np.asarray(share[..., np.newaxis, :, :] * units[:, :, np.newaxis]).reshape(
            (*x.shape[:-1], n_units, x.shape[-1])
        )

    def _check(self, shape: tuple[int, ...]) -> None:
        if not shape or shape[-1] == 0 or shape[-1] % self.pieces:
            raise ParameterError(
                "Maxout(x)", shape, f"the last axis must be a positive multiple of {self.pieces}, the pieces"
            )

    def describe(self) -> str:
        """Name the number of pieces."""
        return f"Maxout(pieces={self.pieces})"


def _identity(x: Array) -> Array:
    return np.eye(x.shape[-1], dtype=x.dtype)


class _OneHot(Operation):
    @property
    def name(self) -> str:
        return "OneHot"

    def forward(self, *inputs: Array) -> Array:
        (self._drive,) = inputs
        return np.asarray(
            self._drive.argmax(axis=-1)[..., np.newaxis] == np.arange(self._drive.shape[-1]),
            self._drive.dtype,
        )

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        return (np.zeros_like(self._drive),)

    def tangent(self, *tangents: Array | None) -> Array:
        return np.zeros_like(self._drive)
