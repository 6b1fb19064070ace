"""Newton's method for the cross-entropy of a single layer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.rate.activations.activations import logistic, softplus
from neurosim.rate.autodiff.operations import Array

_ROWS = 4096
"""Samples whose share of the second derivatives is computed at once."""

_DAMPING = 1e-10
"""Added to the diagonal, as a share of its mean: inputs that depend on each other leave a null space."""

_SUFFICIENT = 1e-4
"""Share of the decrease along the gradient that a step has to achieve."""

_SMALLEST_STEP = 2.0**-30


class CrossEntropy:
    """Mean cross-entropy of a layer's softmax, or of one logistic unit, plus a quadratic penalty.

    Parameters
    ----------
    inputs : ndarray of shape (n_samples, n)
    numbers : int array of shape (n_samples,)
        Class of each sample, from 0 on.
    n_units : int
        Number of classes, or 1 for two of them: then the unit stands for class 1.
    decay : ndarray of shape (n,)
        Factor of half the squared weights of each input.
    """

    def __init__(self, inputs: Array, numbers: NDArray[np.int64], n_units: int, decay: Array) -> None:
        self.inputs, self.decay = inputs, decay[:, None]
        own = np.arange(n_units) if n_units > 1 else np.array([1])
        self.targets = (numbers[:, None] == own).astype(np.float64)
        self.shape = inputs.shape[1], n_units

    def value(self, weights: Array) -> float:
        """The loss for weights of shape (n, n_units)."""
        drives = self.inputs @ weights
        right = (self.targets * drives).sum(axis=1)
        if drives.shape[1] == 1:
            surprise = softplus(drives[:, 0]) - right
        else:
            top = drives.max(axis=1)
            surprise = np.log(np.exp(drives - top[:, None]).sum(axis=1)) + top - right
        return float(surprise.mean() + 0.5 * (self.decay * weights**2).sum())

    def derivatives(self, weights: Array) -> tuple[Array, Array]:
        """Gradient of shape (n, n_units), and matrix of second derivatives, units by units of n each."""
        n, n_units = self.shape
        gradient, rows = self.decay * weights, np.zeros((n_units * n, n_units * n))
        blocks = np.zeros((n_units, n, n))
        for first in range(0, len(self.inputs), _ROWS):
            x = self.inputs[first : first + _ROWS]
            p = self._probabilities(x @ weights)
            gradient += x.T @ (p - self.targets[first : first + _ROWS]) / len(self.inputs)
            weighted = p[:, :, None] * x[:, None, :]
            blocks += weighted.transpose(1, 2, 0) @ x
            flat = weighted.reshape(len(x), -1)
            rows -= flat.T @ flat
        for unit, block in enumerate(blocks):
            part = slice(unit * n, (unit + 1) * n)
            rows[part, part] += block
        rows /= len(self.inputs)
        rows.flat[:: len(rows) + 1] += np.tile(self.decay[:, 0], n_units)
        return gradient, rows

    def _probabilities(self, drives: Array) -> Array:
        if drives.shape[1] == 1:
            return logistic(drives)
        raised = np.exp(drives - drives.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def newton(loss: CrossEntropy, max_steps: int, tolerance: float) -> tuple[Array, int, float]:
    """Minimise from weights of 0, halving each step until the loss falls enough.

    Parameters
    ----------
    loss : CrossEntropy
    max_steps : int
    tolerance : float
        Largest entry of the gradient at which to stop.

    Returns
    -------
    weights : ndarray of shape (n, n_units)
    n_steps : int
    largest : float
        Largest entry of the gradient in the end.

    References
    ----------
    Nocedal & Wright 2006, doi:10.1007/978-0-387-40065-5, algorithms 3.1 and 3.2.
    """
    n, n_units = loss.shape
    weights, value = np.zeros(loss.shape), loss.value(np.zeros(loss.shape))
    # Adding the same to the drives of all units changes nothing; the gradient has no part along that.
    shared = np.kron(np.full((n_units, n_units), float(n_units > 1)), np.eye(n))
    for step in range(max_steps + 1):
        gradient, curvature = loss.derivatives(weights)
        largest = float(np.abs(gradient).max())
        if largest <= tolerance or step == max_steps:
            break
        mean = np.trace(curvature) / len(curvature)
        curvature += mean * (shared + _DAMPING * np.eye(n_units * n))
        move = np.linalg.solve(curvature, -gradient.T.ravel()).reshape(n_units, n).T
        slope, size = float((gradient * move).sum()), 1.0
        while (new := loss.value(weights + size * move)) > value + _SUFFICIENT * size * slope:
            size *= 0.5
            if size < _SMALLEST_STEP:  # rounding hides any further decrease
                return weights, step, largest
        weights, value = weights + size * move, new
    return weights, step, largest
