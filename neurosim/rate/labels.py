"""Class labels: numbered, and split class by class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import read_array
from neurosim.errors import ParameterError


def read_labels(where: str, y: ArrayLike, n_samples: int) -> tuple[NDArray[Any], str]:
    """Return labels as an array, and what they are: ``"numbers"`` or the name of their type.

    Raises
    ------
    ParameterError
        If there is not one label for each sample, one is not finite, or they are complex or of mixed types.
    """
    labels = read_array(where, y)
    if labels.shape != (n_samples,):
        raise ParameterError(
            where, labels.shape, f"the shape must be ({n_samples},), one label for each sample"
        )
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise ParameterError(where, labels, "every label must be finite")
    if labels.dtype.kind in "biuf":
        return labels, "numbers"
    # As objects: an array of text does not tell that a number was among its labels.
    kinds = {_kind(label) for label in np.asarray(y, dtype=object)}
    if "complex" in kinds:
        raise ParameterError(where, labels, "complex labels cannot be sorted")
    if len(kinds) > 1:
        raise ParameterError(where, labels, "labels of mixed types cannot be sorted")
    return labels, kinds.pop()


def _kind(label: object) -> str:
    if isinstance(label, bool | np.bool_ | int | float | np.integer | np.floating):
        return "numbers"
    return next(
        (kind.__name__ for kind in (str, bytes, complex) if isinstance(label, kind)), type(label).__name__
    )


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
        If `read_labels` refuses them, they cannot be sorted, or all are the same.
    """
    labels, _ = read_labels(where, y, n_samples)
    try:
        classes, numbers = np.unique(labels, return_inverse=True)
    except TypeError as error:
        raise ParameterError(where, labels, "labels of this type cannot be sorted") from error
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
