"""Losses of predicted classes, from logits or scores."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import read_array
from neurosim.errors import ParameterError
from neurosim.rate.activations.activations import logistic, softplus
from neurosim.rate.autodiff.elementwise import Elementwise
from neurosim.rate.autodiff.operations import Array, Operation
from neurosim.rate.autodiff.softmax import log_softmax
from neurosim.rate.autodiff.variable import Variable, apply, as_variable
from neurosim.rate.losses.targets import as_targets

_SUM_TOLERANCE = 1e-4  # float32 probabilities of many classes still add up to 1 within this


def softmax_cross_entropy(logits: Variable | ArrayLike, labels: ArrayLike) -> Variable:
    """Categorical cross-entropy: mean over the batch of -sum_k target_k log softmax(logits)_k.

    Computed from the logits with the largest subtracted, so that neither large nor small ones overflow. For
    sequences it is the mean over their steps too.

    Parameters
    ----------
    logits : Variable of shape (batch, n_classes) or (batch, time, n_classes)
    labels : integer array of shape (batch,) or (batch, time), or array of the shape of the logits
        Class of each sample, from 0 to n_classes - 1; or the probability of each class, one-hot or not.

    Returns
    -------
    Variable of shape ()

    Raises
    ------
    ParameterError
        If the shapes do not meet, a label is not a class, or the probabilities of a sample are negative or do
        not add up to 1.
    """
    given = as_variable(logits)
    classes = read_array("softmax_cross_entropy(labels)", labels)
    if given.ndim == 3:  # all steps are samples
        if classes.shape not in (given.shape, given.shape[:2]):
            limit = f"the shape must be {given.shape[:2]}, one for each step, or {given.shape}"
            raise ParameterError("softmax_cross_entropy(labels)", classes.shape, limit)
        classes = classes.reshape(-1, *classes.shape[2:])
        given = given.reshape(-1, given.shape[2])
    scores = _checked_logits("softmax_cross_entropy", given)
    if classes.ndim == 2:
        target = _checked_probabilities("softmax_cross_entropy(labels)", classes, scores)
        return -(log_softmax(scores) * target).sum() / len(scores)
    n, n_classes = scores.shape
    if classes.shape != (n,):
        raise ParameterError(
            "softmax_cross_entropy(labels)",
            classes.shape,
            f"the shape must be ({n},), one for each row of logits, or {scores.shape}",
        )
    if classes.dtype.kind not in "iu":
        raise ParameterError("softmax_cross_entropy(labels)", classes.dtype, "must be whole numbers")
    if not (classes.min() >= 0 and classes.max() < n_classes):
        wrong = classes[(classes < 0) | (classes >= n_classes)][0]
        raise ParameterError(
            "softmax_cross_entropy(labels)", int(wrong), f"classes are numbered from 0 to {n_classes - 1}"
        )
    return apply(_SoftmaxCrossEntropy(classes), scores)


def softmax_kl_divergence(logits: Variable | ArrayLike, target: ArrayLike) -> Variable:
    """Mean over the batch of the Kullback-Leibler divergence of softmax(logits) from a distribution, in nats.

    This is sum_k target_k log(target_k/softmax(logits)_k): the cross-entropy less the entropy of the target,
    and so 0 for a perfect prediction.

    Parameters
    ----------
    logits : Variable of shape (batch, n_classes)
    target : array of shape (batch, n_classes)
        Probabilities of the classes.

    Returns
    -------
    Variable of shape ()

    Raises
    ------
    ParameterError
        If the shapes differ, or the probabilities of a sample are negative or do not add up to 1.
    """
    scores = _checked_logits("softmax_kl_divergence", logits)
    wanted = read_array("softmax_kl_divergence(target)", target)
    p = _checked_probabilities("softmax_kl_divergence(target)", wanted, scores)
    surprise: Variable = -log_softmax(scores) + np.log(np.where(p > 0.0, p, 1.0))
    return (surprise * p).sum() / len(scores)


def binary_cross_entropy(logits: Variable | ArrayLike, target: Variable | ArrayLike) -> Variable:
    """Mean over all elements of -t log(p) - (1 - t) log(1 - p), with p = 1/(1 + exp(-logits)).

    Computed from the logits, as log(1 + exp(x)) - t x: no logarithm of 0 for a sure and wrong prediction.

    Parameters
    ----------
    logits : Variable
    target : array of the same shape
        Truth, 0 or 1, or its probability.

    Returns
    -------
    Variable of shape ()

    Raises
    ------
    ParameterError
        If the shapes differ or are empty, or a target is not from 0 to 1.
    """
    x, t = as_targets("binary_cross_entropy", logits, target)
    outside = ~((t.value >= 0.0) & (t.value <= 1.0))
    if outside.any():
        wrong = float(t.value[outside][0])
        raise ParameterError("binary_cross_entropy(target)", wrong, "must be from 0 to 1")
    return apply(Elementwise(_binary_cross_entropy, *_LOGISTIC_SLOPES), x, t).mean()


def hinge(scores: Variable | ArrayLike, target: Variable | ArrayLike) -> Variable:
    """Mean over all elements of max(0, 1 - target*score); at the hinge the derivative is 0.

    Parameters
    ----------
    scores : Variable
        Positive for one class and negative for the other.
    target : array of the same shape
        Classes, -1 or 1.

    Returns
    -------
    Variable of shape ()

    Raises
    ------
    ParameterError
        If the shapes differ or are empty, or a target is neither -1 nor 1.

    References
    ----------
    Rosasco et al. 2004, doi:10.1162/089976604773135104, section 3.1.
    """
    x, t = as_targets("hinge", scores, target)
    outside = np.abs(t.value) != 1.0
    if outside.any():
        wrong = float(t.value[outside][0])
        raise ParameterError("hinge(target)", wrong, "must be -1 or 1", "Turn 0 and 1 into 2*target - 1.")
    return apply(Elementwise(_hinge, *_HINGE_SLOPES), x, t).mean()


def _binary_cross_entropy(x: Array, t: Array) -> Array:
    return np.asarray(softplus(x) - t * x)


_LOGISTIC_SLOPES = (lambda y, x, t: logistic(x) - t, lambda y, x, t: -x)


def _hinge(x: Array, t: Array) -> Array:
    return np.asarray(np.maximum(1.0 - t * x, 0.0))


_HINGE_SLOPES = (lambda y, x, t: np.where(y > 0.0, -t, 0.0), lambda y, x, t: np.where(y > 0.0, -x, 0.0))


def _checked_logits(loss: str, logits: Variable | ArrayLike) -> Variable:
    scores = as_variable(logits)
    if scores.ndim != 2 or 0 in scores.shape:
        raise ParameterError(f"{loss}(logits)", scores.shape, "must be (batch, n_classes)")
    if scores.shape[1] == 1:
        remedy = "For a single output there is binary_cross_entropy."
        raise ParameterError(f"{loss}(logits)", scores.shape, "needs at least two classes", remedy)
    return scores


def _checked_probabilities(where: str, p: Array, logits: Variable) -> Array:
    if p.shape != logits.shape:
        raise ParameterError(where, p.shape, f"the shape must be {logits.shape} like the logits")
    if p.dtype.kind not in "biuf":
        raise ParameterError(where, p.dtype, "must be real numbers")
    if not (p >= 0.0).all():
        raise ParameterError(where, float(p[~(p >= 0.0)][0]), "probabilities must be at least 0")
    totals = p.sum(axis=1, dtype=np.float64)
    wrong = ~(np.abs(totals - 1.0) <= _SUM_TOLERANCE)
    if wrong.any():
        row = int(wrong.argmax())
        raise ParameterError(f"{where}[{row}]", float(totals[row]), "probabilities must add up to 1")
    return p.astype(logits.dtype, copy=False)


class _SoftmaxCrossEntropy(Operation):
    def __init__(self, labels: NDArray[np.integer[Any]]) -> None:
        self._labels = labels

    @property
    def name(self) -> str:
        return "softmax_cross_entropy"

    def forward(self, *inputs: Array) -> Array:
        from neurosim.kernels.rate.cross_entropy import softmax_cross_entropy

        (x,) = inputs
        self._slope = np.empty(x.shape, x.dtype)
        labels = self._labels.astype(np.int64, copy=False)
        return np.asarray(softmax_cross_entropy(np.ascontiguousarray(x), labels, self._slope), x.dtype)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        return (self._slope * g,)

    def tangent(self, *tangents: Array | None) -> Array:
        return np.asarray((self._slope * tangents[0]).sum())
