"""How much of the variance a prediction explains."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.training.samples import read_responses


def r_squared(truth: Array, prediction: Array) -> float:
    """Coefficient of determination: 1 for a perfect prediction, 0 for one no better than the mean.

    1 - sum((truth - prediction)^2)/sum((truth - mean)^2), for each output, and the mean over the outputs. An
    output that never varies gives 1 if it is predicted exactly, otherwise 0.

    Parameters
    ----------
    truth, prediction : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        Of the same shape.

    Returns
    -------
    float
        At most 1.
    """
    residual = np.square(truth - prediction, dtype=np.float64).sum(axis=0)
    total = np.square(truth - truth.mean(axis=0, dtype=np.float64)).sum(axis=0)
    varies = total > 0.0
    explained = 1.0 - residual / np.where(varies, total, 1.0)
    return float(np.where(varies, explained, residual == 0.0).mean())


def share_explained(estimator: str, predicted: Array, y: ArrayLike) -> float:
    """Return `r_squared` of what an estimator predicted.

    Raises
    ------
    ParameterError
        If `y` is not an array of finite numbers of the shape of the prediction.
    """
    where = f"{estimator}.score(y)"
    truth = read_responses(where, y, len(predicted), "float64")
    if truth.shape != predicted.shape:
        raise ParameterError(where, truth.shape, f"the shape must be {predicted.shape}, as in fit")
    return r_squared(truth, predicted)
