"""Cases of classical networks: training on the images of MNIST."""

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
        Of the layers from the first to the classes: units, and maps of convolutions. Those of a published
        network are its own.
    image : tuple of int
        Shape in which a network is given an image: (pixels,), (channels, height, width), or (time, inputs)
        for one that reads it row by row.
    n_images : int
        How many of MNIST an epoch has.
    batch_size, epochs : int
        The time counts for one epoch; accuracies agree more closely after several.
    learning_rate : float
    """

    sizes: tuple[int, ...] = ()
    image: tuple[int, ...] = (784,)
    n_images: int = 60_000
    batch_size: int = 128
    epochs: int = 1
    learning_rate: float = 0.001


FEWER = 12_800
"""Images for what takes long."""


def _by_rows(kind: str, about: str) -> ClassicalCase:
    about = f"{about} of 128 units over rows of 28, 12,800 images"
    return ClassicalCase(f"{kind}_128", about, kind, (128, 10), SHAPE, FEWER, epochs=4)


CLASSICAL = by_name(
    ClassicalCase("mlp_256", "perceptron 784-256-10, an epoch of MNIST", "mlp", (256, 10)),
    ClassicalCase("mlp_512_512", "perceptron 784-512-512-10, an epoch", "mlp", (512, 512, 10)),
    ClassicalCase("lenet5", "LeNet-5, an epoch", "lenet5", image=(1, *SHAPE)),
    ClassicalCase(
        "conv_32_64",
        "3x3 kernels to 32 and 64 maps, max pooling, 128 units, 12,800 images",
        "convolutional",
        (32, 64, 128, 10),
        (1, *SHAPE),
        FEWER,
    ),
    _by_rows("rnn", "simple recurrent network"),
    _by_rows("lstm", "long short-term memory"),
    _by_rows("gru", "gated recurrent network"),
)

KINDS = tuple(dict.fromkeys(case.kind for case in CLASSICAL.values()))
"""Of networks."""


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
