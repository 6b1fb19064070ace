"""MNIST, read from the four IDX files it is published as."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from neurosim.data.dataset import Dataset
from neurosim.data.idx import read_idx
from neurosim.errors import DataError, ParameterError

BRIGHTEST = 255


def load_mnist(folder: str | os.PathLike[str]) -> tuple[Dataset, Dataset]:
    """Read MNIST, or any set in its form (Fashion-MNIST, EMNIST digits), from a folder.

    Parameters
    ----------
    folder : str or path
        Holds ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte`` and
        ``t10k-labels-idx1-ubyte``, each plain or compressed (``.gz``).

    Returns
    -------
    train, test : Dataset
        For MNIST itself 60,000 and 10,000 images of 28x28 pixels, 0 to 1; labels 0 to 9.

    Raises
    ------
    ParameterError
        If `folder` is no path.
    DataError
        If a file is missing, damaged or of another kind, or images and labels differ in number. The message
        names the file.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition",
    Proceedings of the IEEE 86, 2278-2324 (1998), doi:10.1109/5.726791.
    """
    if not isinstance(folder, str | os.PathLike):
        raise ParameterError("load_mnist(folder)", folder, "must be the path of a folder")
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise DataError(
            f"{folder}: expected the folder with the MNIST files, found none. Give the folder's path."
        )
    train, test = _load_part(folder, "train"), _load_part(folder, "t10k")
    if train.image_shape != test.image_shape:
        raise DataError(
            f"{folder}: expected images of one size, found {train.image_shape} pixels for training and "
            f"{test.image_shape} for testing. Check that the files belong to one set."
        )
    return train, test


def _load_part(folder: Path, part: str) -> Dataset:
    image_file = _find(folder, f"{part}-images-idx3-ubyte")
    label_file = _find(folder, f"{part}-labels-idx1-ubyte")
    images, labels = read_idx(image_file, n_axes=3), read_idx(label_file, n_axes=1)
    if len(images) != len(labels):
        raise DataError(
            f"{label_file}: expected {len(images)} labels, one for each image in {image_file.name}, found "
            f"{len(labels)}. Check that the files belong together."
        )
    if images.size == 0:
        raise DataError(f"{image_file}: expected images, found shape {images.shape}. Fetch the file again.")
    n, rows, columns = images.shape
    return Dataset(
        images.reshape(n, rows * columns) / BRIGHTEST, labels.astype(np.int64), (rows, columns), "mnist"
    )


def _find(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise DataError(
        f"{folder / name}: expected this file, or the same with .gz, found neither. "
        "Fetch the four MNIST files into the folder."
    )
