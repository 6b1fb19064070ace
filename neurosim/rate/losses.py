"""What training makes small: functions of a network's output and the targets."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import read_array
from neurosim.errors import ParameterError
from neurosim.rate.operations import Array, Operation
from neurosim.rate.variable import Variable, apply


def softmax_cross_entropy(logits: Variable, labels: ArrayLike) -> Variable:
    """Mean over the batch of -log softmax(logits)[label].

    Computed from the logits with the largest subtracted, so that neither large nor small ones overflow.

    Parameters
    ----------
    logits : Variable of shape (batch, n_classes)
    labels : integer array of shape (batch,)
        Class of each sample, from 0 to n_classes - 1.

    Returns
    -------
    Variable of shape ()

    Raises
    ------
    ParameterError
        If the shapes do not meet, or a label is not a class.
    """
    if logits.ndim != 2 or 0 in logits.shape:
        raise ParameterError("softmax_cross_entropy(logits)", logits.shape, "must be (batch, n_classes)")
    classes = read_array("softmax_cross_entropy(labels)", labels)
    n, n_classes = logits.shape
    if classes.shape != (n,):
        raise ParameterError(
            "softmax_cross_entropy(labels)",
            classes.shape,
            f"the shape must be ({n},), one for each row of logits",
        )
    if classes.dtype.kind not in "iu":
        raise ParameterError("softmax_cross_entropy(labels)", classes.dtype, "must be whole numbers")
    if not (classes.min() >= 0 and classes.max() < n_classes):
        wrong = classes[(classes < 0) | (classes >= n_classes)][0]
        raise ParameterError(
            "softmax_cross_entropy(labels)", int(wrong), f"classes are numbered from 0 to {n_classes - 1}"
        )
    return apply(_SoftmaxCrossEntropy(classes), logits)


def mean_squared_error(prediction: Variable, target: ArrayLike) -> Variable:
    """Mean over all elements of (prediction - target)^2.

    Parameters
    ----------
    prediction : Variable
    target : array of the same shape

    Returns
    -------
    Variable of shape ()

    Raises
    ------
    ParameterError
        If the shapes differ: they are not broadcast, which would hide a mistake.
    """
    values = read_array("mean_squared_error(target)", target)
    if values.shape != prediction.shape:
        raise ParameterError(
            "mean_squared_error(target)",
            values.shape,
            f"the shape must be {prediction.shape} like the prediction",
        )
    difference = prediction - values.astype(prediction.dtype)
    return (difference * difference).mean()


class _SoftmaxCrossEntropy(Operation):
    def __init__(self, labels: NDArray[np.integer[Any]]) -> None:
        self._labels = labels

    def forward(self, *inputs: Array) -> Array:
        (x,) = inputs
        shifted = x - x.max(axis=1, keepdims=True)
        raised = np.exp(shifted)
        total = raised.sum(axis=1, keepdims=True)
        self._p = raised / total
        chosen = shifted[np.arange(len(x)), self._labels]
        return np.asarray((np.log(total[:, 0]) - chosen).mean())

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        gradient = self._p.copy()
        gradient[np.arange(len(gradient)), self._labels] -= 1.0
        return (gradient * (g / len(gradient)),)
