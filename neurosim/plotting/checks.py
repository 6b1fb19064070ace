"""What every figure asks of its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError


def checked_array(where: str, value: Any, *n_axes: int, finite: bool = True) -> npt.NDArray[Any]:
    """Return numbers as an array, or say what is wrong with them.

    Parameters
    ----------
    where : str
        Function and argument, for the message.
    value : array_like
        Plain numbers.
    *n_axes : int
        The numbers of axes allowed.
    finite : bool, default True
        Whether NaN and infinity are refused.

    Raises
    ------
    ParameterError
        If these are no numbers, carry a unit, have another number of axes or are not finite.
    """
    if hasattr(value, "dimensions") or hasattr(value, "dimensionality"):
        raise ParameterError(
            where, value, "must be plain numbers", "Divide by the unit, such as monitor.t/ms."
        )
    try:
        array = np.asarray(value)
    except ParameterError:  # a Variable is none, and says what to do
        raise
    except ValueError as error:
        raise ParameterError(where, value, "must be numbers in rows of one length") from error
    if array.size == 0:
        array = array.astype(float)
    if array.dtype.kind not in "fiub":
        raise ParameterError(where, value, "must be real numbers")
    if array.ndim not in n_axes:
        allowed = " or ".join(map(str, n_axes))
        raise ParameterError(where, value, f"must have {allowed} axes, has shape {array.shape}")
    if finite and not np.isfinite(array).all():
        raise ParameterError(where, value, "must be finite", "Leave out NaN and infinite values.")
    return array


def check_length(where: str, array: npt.NDArray[Any], length: int, other: str) -> None:
    """Raise a ParameterError if the last axis of an array is not as long as that of another."""
    if array.shape[-1] != length:
        raise ParameterError(where, array, f"has {array.shape[-1]} values, but {other} has {length}")
