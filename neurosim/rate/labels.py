"""Class labels: numbered, and split class by class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import ParameterError


def encode_labels(where: str, y: ArrayLike, n_samples: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Number the classes among labels.

    Parameters
    ----------
    where : str
        What to call the labels in an error.
    y : array of shape (n_samples,)
        Of any type that can be sorted.
    n_samples : int

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Sorted.
    numbers : ndarray of int64, shape (n_samples,)
        Such that ``classes[numbers]`` equals `y`.

    Raises
    ------
    ParameterError
        If there is not one label for each sample, one is not finite, or all are the same.
    """
    labels = np.asarray(y)
    if labels.shape != (n_samples,):
        raise ParameterError(
            where, labels.shape, f"the shape must be ({n_samples},), one label for each sample"
        )
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise ParameterError(where, labels, "every label must be finite")
    try:
        classes, numbers = np.unique(labels, return_inverse=True)
    except TypeError as error:
        raise ParameterError(where, labels, "labels of mixed types cannot be sorted") from error
    if len(classes) < 2:
        raise ParameterError(where, classes.tolist(), "needs at least two classes")
    return classes, numbers.astype(np.int64)


def split_stratified(
    labels: NDArray[np.int64], fraction: float, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Set aside the same share of every class.

    Parameters
    ----------
    labels : ndarray of shape (n_samples,)
    fraction : float
        Share to set aside, from 0 up to 1; at least one sample of each class stays.
    rng : numpy.random.Generator
        Source of the choice.

    Returns
    -------
    kept, set_aside : ndarrays of indices, sorted
    """
    chosen = np.zeros(len(labels), dtype=bool)
    if fraction:
        for c in np.unique(labels):
            members = rng.permutation(np.flatnonzero(labels == c))
            chosen[members[: min(round(fraction * members.size), members.size - 1)]] = True
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)
