"""Cases of classical networks: an epoch of training on MNIST."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from neurosim.bench.case import Case, by_name
from neurosim.data import load_mnist
from neurosim.errors import DataError

SHAPE = (28, 28)
"""Of an image."""


@dataclass(frozen=True)
class ClassicalCase(Case):
    """Something to train: with Adam and the softmax cross-entropy, in float32.

    Attributes
    ----------
    sizes : tuple of int
        Units of each layer, from the pixels to the classes; between them lie ReLUs.
    batch_size, epochs : int
    learning_rate : float
    """

    sizes: tuple[int, ...]
    batch_size: int = 128
    epochs: int = 1
    learning_rate: float = 0.001


CLASSICAL = by_name(
    ClassicalCase("mlp_256", "perceptron 784-256-10, an epoch of MNIST", "mlp", (784, 256, 10)),
    ClassicalCase("mlp_512_512", "perceptron 784-512-512-10, an epoch", "mlp", (784, 512, 512, 10)),
)


@contextmanager
def mnist_arrays(folder: Path) -> Iterator[str]:
    """A temporary folder with MNIST as arrays that every program reads alike.

    These are ``train_images.npy`` of shape (60000, 784) and float32, ``train_labels.npy`` of shape (60000,)
    and int64, and the same of ``test``.

    Raises
    ------
    DataError
        If a file of MNIST is missing or damaged, or the images have another size.
    """
    train, test = load_mnist(folder)
    if train.image_shape != SHAPE:
        found, wanted = ("x".join(map(str, shape)) for shape in (train.image_shape, SHAPE))
        raise DataError(
            f"{folder}: expected images of {wanted} pixels, found {found}. Give the files of MNIST."
        )
    with tempfile.TemporaryDirectory(prefix="neurosim-bench-mnist-", ignore_cleanup_errors=True) as place:
        for part, data in (("train", train), ("test", test)):
            np.save(Path(place) / f"{part}_images.npy", data.images.astype(np.float32))
            np.save(Path(place) / f"{part}_labels.npy", data.labels)
        yield place
