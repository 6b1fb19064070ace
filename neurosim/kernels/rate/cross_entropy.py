"""Softmax and cross-entropy together, in one pass over the logits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import kernel
from neurosim.kernels.mathematics.simd_math import exp

Floats = NDArray[np.floating[Any]]


@kernel
def softmax_cross_entropy(logits: Floats, labels: NDArray[np.integer[Any]], slope: Floats) -> float:
    """Mean of -log softmax(logits) at the labels, computed in float64.

    Parameters
    ----------
    logits : ndarray of shape (n, n_classes)
    labels : integer ndarray of shape (n,)
        From 0 to n_classes - 1.
    slope : ndarray of shape (n, n_classes)
        The gradient for the logits is written into it.

    Returns
    -------
    float
        Not finite where the largest logit of a sample, or that of its label, is not.
    """
    n, n_classes = logits.shape
    loss = 0.0
    for i in range(n):
        row, out, label = logits[i], slope[i], labels[i]
        largest = np.float64(row[0])
        for j in range(1, n_classes):
            largest = max(largest, np.float64(row[j]))
        total = 0.0
        for j in range(n_classes):
            raised = exp(np.float64(row[j]) - largest)
            total += raised
            out[j] = raised
        for j in range(n_classes):
            out[j] /= total
        out[label] -= 1
        for j in range(n_classes):
            out[j] /= n
        loss += np.log(total) - (np.float64(row[label]) - largest)
    return float(loss / n)
