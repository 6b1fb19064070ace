"""Samples and targets: what they must be, and which are held out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity.checks import read_numbers
from neurosim.errors import ParameterError
from neurosim.rate.labels import split_stratified
from neurosim.rate.operations import Array

Samples = tuple[Array, Array]
"""Inputs and targets, of one length."""


def checked_data(where: str, X: ArrayLike, y: ArrayLike) -> Samples:
    """Return samples and targets as arrays of finite numbers and of one length, or raise a ParameterError."""
    inputs, targets = read_numbers(f"{where}.X", X), read_numbers(f"{where}.y", y)
    if inputs.ndim == 0 or len(inputs) == 0:
        raise ParameterError(f"{where}.X", inputs.shape, "needs at least one sample")
    if targets.shape[:1] != inputs.shape[:1]:
        raise ParameterError(
            f"{where}.y", targets.shape, f"needs {len(inputs)} entries, one for each sample in X"
        )
    for name, array in (("X", inputs), ("y", targets)):
        # Most often the sum of squares tells, at once and without an array of as many truth values.
        if array.flags.c_contiguous and array.dtype.kind == "f" and np.isfinite(np.vdot(array, array)):
            continue
        finite = np.isfinite(array)
        if not finite.all():
            place = [int(i) for i in np.argwhere(~finite)[0]]
            raise ParameterError(f"{where}.{name}{place}", float(array[tuple(place)]), "must be finite")
    return inputs, targets


def hold_out(data: Samples, share: float, rng: np.random.Generator) -> tuple[Samples, Samples]:
    """Divide samples at random into those to learn from and those to validate with.

    Where the targets are class labels, each class gives the same share.

    Raises
    ------
    ParameterError
        If nothing is held out, or nothing is left.
    """
    inputs, targets = data
    if targets.ndim == 1 and targets.dtype.kind in "iu":
        learn, validate = split_stratified(targets.astype(np.int64, copy=False), share, rng)
    else:
        order = rng.permutation(len(inputs))
        n_held_out = round(share * len(inputs))
        learn, validate = np.sort(order[n_held_out:]), np.sort(order[:n_held_out])
    if not (len(learn) and len(validate)):
        limit = f"must leave at least one of {len(inputs)} samples on either side"
        raise ParameterError("fit.validation", share, limit)
    return (inputs[learn], targets[learn]), (inputs[validate], targets[validate])
