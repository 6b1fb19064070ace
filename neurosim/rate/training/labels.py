"""Class labels: numbered, and split class by class."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import read_array
from neurosim.errors import ParameterError
from neurosim.rate.training.samples import check_given


def read_labels(where: str, y: ArrayLike, n_samples: int) -> tuple[NDArray[Any], str]:
    """Return labels as an array, and what they are: ``"numbers"`` or the name of their type.

    Raises
    ------
    ParameterError
        If there is not one label for each sample, one is not finite or not whole, or they are complex or of
        mixed types.

    Warns
    -----
    UserWarning
        If they are a column, shape (n_samples, 1), instead of a row.
    """
    check_given(where, y)
    labels = read_array(where, y)
    if labels.shape == (n_samples, 1):
        _warn_of_column()
        labels, y = labels[:, 0], np.asarray(y, dtype=object)[:, 0]
    if labels.shape != (n_samples,):
        raise ParameterError(
            where, labels.shape, f"the shape must be ({n_samples},), one label for each sample"
        )
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise ParameterError(where, labels, "every label must be finite, neither NaN nor infinity")
    if labels.dtype.kind == "f" and (labels % 1.0).any():
        limit = "is continuous; a label that is a number must be a whole one"
        raise ParameterError(where, labels, limit, "Predict continuous numbers with a regressor.")
    if labels.dtype.kind in "biuf":
        return labels, "numbers"
    # As objects: an array of text does not tell that a number was among its labels.
    kinds = {_kind(label) for label in np.asarray(y, dtype=object)}
    if "complex" in kinds:
        raise ParameterError(where, labels, "complex labels cannot be sorted: Complex data not supported")
    if len(kinds) > 1:
        raise ParameterError(where, labels, "labels of mixed types cannot be sorted")
    return labels, kinds.pop()


def _warn_of_column() -> None:
    category: type[Warning] = UserWarning
    if "sklearn.exceptions" in sys.modules:
        category = sys.modules["sklearn.exceptions"].DataConversionWarning
    message = "A column-vector y was passed when a 1d array was expected. Give y.ravel()."
    warnings.warn(message, category, stacklevel=2)


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
        raise ParameterError(where, classes.tolist(), "needs at least two classes, there is one class")
    return classes, numbers.astype(np.int64)


def number_labels(where: str, y: ArrayLike, n_samples: int, classes: NDArray[Any]) -> NDArray[np.int64]:
    """Return the place of each label among sorted classes.

    Raises
    ------
    ParameterError
        If `read_labels` refuses them, or one is none of the classes.
    """
    labels, kind = read_labels(where, y, n_samples)
    _check_kind(where, labels, kind, classes)
    places = np.searchsorted(classes, labels).clip(max=len(classes) - 1)
    unknown = classes[places] != labels
    if unknown.any():
        limit = f"must be one of the classes, {classes.tolist()}"
        raise ParameterError(where, labels[unknown].tolist()[0], limit)
    return places.astype(np.int64)


def share_correct(estimator: str, predicted: NDArray[Any], y: ArrayLike, classes: NDArray[Any]) -> float:
    """Return the share of labels that were predicted.

    Raises
    ------
    ParameterError
        If `read_labels` refuses `y`, or its labels are of another type than the classes.
    """
    where = f"{estimator}.score(y)"
    labels, kind = read_labels(where, y, len(predicted))
    _check_kind(where, labels, kind, classes)
    return float((predicted == labels).mean())


def _check_kind(where: str, labels: NDArray[Any], kind: str, classes: NDArray[Any]) -> None:
    _, known = read_labels("classes_", classes, len(classes))
    if kind != known:
        raise ParameterError(where, labels, f"must be {known}, like the labels in fit")


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
