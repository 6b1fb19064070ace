"""Sequences, and what a network should make of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from neurosim.data.dataset import Dataset
from neurosim.errors import ParameterError


@dataclass(frozen=True, eq=False, repr=False)
class Sequences:
    """Sequences of inputs with their targets, in the layout recurrent layers take.

    Attributes
    ----------
    inputs : ndarray of float64, shape (n, time, n_inputs)
    targets : ndarray
        Of the whole sequence, shape (n,) or (n, n_targets), or of every step, shape (n, time) or
        (n, time, n_targets); the function that made the sequences tells.
    lengths : ndarray of int64, shape (n,)
        Steps of each sequence; what comes after them is 0.
    name : str
    """

    inputs: npt.NDArray[np.float64]
    targets: npt.NDArray[np.float64] | npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    name: str

    def __len__(self) -> int:
        return len(self.inputs)

    def __repr__(self) -> str:
        n, time, n_inputs = self.inputs.shape
        return f"Sequences({self.name!r}, {n} of up to {time} steps, {n_inputs} inputs)"


def of_one_length(
    inputs: npt.NDArray[np.float64], targets: npt.NDArray[np.float64] | npt.NDArray[np.int64], name: str
) -> Sequences:
    """Return sequences that all have as many steps as the array."""
    n, time, _ = inputs.shape
    return Sequences(inputs, targets, np.full(n, time), name)


def image_rows(dataset: Dataset) -> Sequences:
    """Return images as sequences of their rows, from the top, each to be told its class at the end.

    Parameters
    ----------
    dataset : Dataset

    Returns
    -------
    Sequences
        ``inputs`` of shape (n, rows, columns), ``targets`` the labels, shape (n,). Both share the memory of
        the set.

    Raises
    ------
    ParameterError
        If it is not a Dataset.
    """
    if not isinstance(dataset, Dataset):
        raise ParameterError("image_rows(dataset)", dataset, "must be a Dataset", "Such as load_digits().")
    return of_one_length(
        dataset.images.reshape(-1, *dataset.image_shape), dataset.labels, f"rows of {dataset.name}"
    )
