"""Samples and responses as estimators take them: matrices of finite numbers, their columns perhaps named.

scikit-learn's own checks of an estimator look for certain words in the errors; they stand in these messages.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import read_array, read_numbers
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array

Names = NDArray[np.object_]

_MOST_NAMES_SHOWN = 5


class NotNumbersError(ParameterError, TypeError):
    """An array of objects holds something that is no number: a TypeError too, as NumPy has it."""


def read_samples(where: str, X: ArrayLike, dtype: str) -> Array:
    """Return samples as a matrix of finite numbers, itself where it is one of that dtype.

    Parameters
    ----------
    where : str
        What to call the samples in an error.
    X : array of shape (n_samples, n_features)
        Or a data frame. Objects are read as numbers.
    dtype : {"float32", "float64"}

    Raises
    ------
    ParameterError
        If it is no such matrix or a sparse one, is empty, or holds something that is not a finite, real
        number within the range of `dtype`.
    """
    numbers = _read_reals(where, X)
    if numbers.ndim != 2:
        limit = "the shape must be (n_samples, n_features)"
        remedy = "Reshape your data: X.reshape(-1, 1) for one feature, X.reshape(1, -1) for one sample."
        raise ParameterError(where, numbers.shape, limit, remedy)
    for axis, name in enumerate(("sample", "feature")):
        if not numbers.shape[axis]:
            limit = f"0 {name}(s) (shape={numbers.shape}) while a minimum of 1 is required"
            raise ParameterError(where, numbers.shape, limit)
    return _finite(where, numbers, dtype)


def read_responses(where: str, y: ArrayLike, n_samples: int, dtype: str) -> Array:
    """Return the numbers to predict, of shape (n_samples,) or (n_samples, n_outputs).

    Parameters
    ----------
    where : str
        What to call them in an error.
    y : array of shape (n_samples,) or (n_samples, n_outputs)
    n_samples : int
    dtype : {"float32", "float64"}

    Raises
    ------
    ParameterError
        If the shape is another one, or something is not a finite, real number within the range of `dtype`.
    """
    check_given(where, y)
    numbers = _read_reals(where, y)
    if numbers.ndim not in (1, 2) or len(numbers) != n_samples or 0 in numbers.shape:
        limit = f"the shape must be ({n_samples},) or ({n_samples}, n_outputs), a row for each sample"
        raise ParameterError(where, numbers.shape, limit)
    return _finite(where, numbers, dtype)


def check_given(where: str, y: ArrayLike | None) -> None:
    """Raise ParameterError if there is no target to learn."""
    if y is None:
        raise ParameterError(where, y, "requires y to be passed, but the target y is None")


def read_names(where: str, X: Any) -> Names | None:
    """Return the names of the columns of a data frame; None where they are no text, or it is something else.

    Raises
    ------
    ParameterError
        If only some of the names are text.
    """
    names = np.asarray(getattr(X, "columns", ()), dtype=object)
    texts = [isinstance(name, str) for name in names.tolist()]
    if any(texts) and not all(texts):
        raise ParameterError(f"{where}.columns", names.tolist(), "must all be text, or none of them")
    return names if any(texts) else None


def compare_names(where: str, names: Names, learnt: Names) -> None:
    """Raise ParameterError unless the names are those learnt, in the same order."""
    if np.array_equal(names, learnt):
        return
    lines = ["The feature names should match those that were passed during fit."]
    for title, odd in (
        ("unseen at fit time", set(names) - set(learnt)),
        ("seen at fit time, yet now missing", set(learnt) - set(names)),
    ):
        if odd:
            shown = sorted(odd)[:_MOST_NAMES_SHOWN]
            lines += [f"Feature names {title}:", *(f"- {name}" for name in shown)]
            lines += ["- ..."] * (len(odd) > len(shown))
    if len(lines) == 1:
        lines.append("Feature names must be in the same order as they were in fit")
    raise ParameterError(f"{where}.columns", names.tolist(), "\n".join(lines))


def _read_reals(where: str, given: Any) -> NDArray[Any]:
    if hasattr(given, "tocsr"):
        kind = type(given).__name__
        raise ParameterError(where, kind, "sparse input is not supported", "Give its toarray().")
    if np.ma.is_masked(given):
        kind = type(given).__name__
        raise ParameterError(where, kind, "holds masked values", "Fill them, or leave their samples out.")
    values = read_array(where, given)
    if values.dtype.kind == "c":
        raise ParameterError(where, values.dtype, "must be real numbers: Complex data not supported")
    if values.dtype.kind != "O":
        return read_numbers(where, given)
    try:
        return values.astype(np.float64)
    except TypeError as error:
        limit = "each entry of the argument must be a number, or a string that reads as a number"
        raise NotNumbersError(where, values, limit) from error
    except ValueError as error:
        raise ParameterError(where, values, "must be real numbers") from error


def _finite(where: str, numbers: NDArray[Any], dtype: str) -> Array:
    with np.errstate(over="ignore"):
        converted: Array = numbers.astype(dtype, copy=False)
    finite = np.isfinite(converted)
    if not finite.all():
        place = [int(i) for i in np.argwhere(~finite)[0]]
        value = float(numbers[tuple(place)])
        large = f"must fit {np.dtype(dtype)}"
        limit = large if np.isfinite(value) else "must be finite, neither NaN nor infinity"
        raise ParameterError(f"{where}{place}", value, limit)
    return converted
