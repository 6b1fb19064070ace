"""Samples and targets: what they must be, and which are held out."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity.checks import read_numbers
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.layers.course import running_steps
from neurosim.rate.training.labels import split_stratified


class Samples(NamedTuple):
    """What to learn from, or to evaluate.

    Attributes
    ----------
    inputs, targets : ndarray
        Of one length.
    lengths : ndarray of int64, shape (n_samples,), or None
        Where the samples are sequences, the steps of each that count; None: all.
    """

    inputs: Array
    targets: Array
    lengths: Array | None = None

    def taken(self, rows: Any) -> Samples:
        """Return some of the samples."""
        return Samples(
            self.inputs[rows], self.targets[rows], None if self.lengths is None else self.lengths[rows]
        )


def checked_data(where: str, X: ArrayLike, y: ArrayLike, lengths: ArrayLike | None = None) -> Samples:
    """Return samples and targets as arrays of finite numbers and of one length, or raise a ParameterError.

    Of sequences with lengths, what comes after their ends may be anything in `X`; it is 0 in the result.
    """
    inputs, targets = read_numbers(f"{where}.X", X), read_numbers(f"{where}.y", y)
    if inputs.ndim == 0 or len(inputs) == 0:
        raise ParameterError(f"{where}.X", inputs.shape, "needs at least one sample")
    if targets.shape[:1] != inputs.shape[:1]:
        raise ParameterError(
            f"{where}.y", targets.shape, f"needs {len(inputs)} entries, one for each sample in X"
        )
    counted = None
    if lengths is not None:
        if inputs.ndim < 2:
            limit = "with lengths, the shape must be (n_samples, time, ...)"
            raise ParameterError(f"{where}.X", inputs.shape, limit)
        n_samples, n_times = inputs.shape[:2]
        counted = running_steps(where, n_samples, n_times, lengths, None).T
        inputs = _without_padding(inputs, counted)
    for name, array in (("X", inputs), ("y", targets)):
        # Most often the sum of squares tells, at once and without an array of as many truth values.
        plain = array.flags.c_contiguous and array.dtype.char in "fd" and array.dtype.isnative
        if plain and np.isfinite(_sum_of_squares(array)):
            continue
        finite = np.isfinite(array)
        if not finite.all():
            place = [int(i) for i in np.argwhere(~finite)[0]]
            raise ParameterError(f"{where}.{name}{place}", float(array[tuple(place)]), "must be finite")
    return Samples(inputs, targets, None if counted is None else counted.sum(axis=1))


def _sum_of_squares(array: Array) -> float:
    from neurosim.kernels.rate.descent import sum_of_squares

    return float(sum_of_squares(array.reshape(-1)))


def _without_padding(array: Array, counted: Array) -> Array:
    """Return sequences that are 0 after their end, themselves where they are so already."""
    after = array[~counted]
    if not np.any(after):
        return array
    clean = array.copy()
    clean[~counted] = 0
    return clean


def hold_out(data: Samples, share: float, rng: np.random.Generator) -> tuple[Samples, Samples]:
    """Divide samples at random into those to learn from and those to validate with.

    Where the targets are class labels, each class gives the same share.

    Raises
    ------
    ParameterError
        If nothing is held out, or nothing is left.
    """
    inputs, targets, _ = data
    if targets.ndim == 1 and targets.dtype.kind in "iu":
        learn, validate = split_stratified(targets.astype(np.int64, copy=False), share, rng)
    else:
        order = rng.permutation(len(inputs))
        n_held_out = round(share * len(inputs))
        learn, validate = np.sort(order[n_held_out:]), np.sort(order[:n_held_out])
    if not (len(learn) and len(validate)):
        limit = f"must leave at least one of {len(inputs)} samples on either side"
        raise ParameterError("fit.validation", share, limit)
    return data.taken(learn), data.taken(validate)
