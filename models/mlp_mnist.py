"""A multilayer perceptron on handwritten digits: MNIST (LeCun et al. 1998, doi:10.1109/5.726791).

256 rectified units with dropout (Srivastava et al. 2014, JMLR 15:1929) give at least 98.0 % on the 10,000
test images, as networks without convolution do. Without a folder with the files of MNIST the same network
learns the bundled digits of 8x8 pixels (Alpaydin & Kaynak 1998, doi:10.24432/C50P49).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from neurosim.models import ModelRun

from neurosim.data import Dataset, load_digits, load_mnist
from neurosim.output import OutputFolder
from neurosim.rate import Adam, Affine, CosineDecay, Dropout, History, ReLU, Sequential, fit, softmax

N_HIDDEN = 256
DROPOUT = 0.2
HIGHEST_RATE = 0.002
VALIDATION = 1 / 12
MNIST = {"n_epochs": 10, "batch_size": 128}
DIGITS = {"n_epochs": 30, "batch_size": 32}
"""The bundled digits are 45 times fewer, so an epoch has fewer steps."""

SHOWN_MISTAKES = 24


class Trained(NamedTuple):
    """A network and how it was trained.

    Attributes
    ----------
    network : Sequential
        Gives logits.
    history : History
        With the loss and accuracy on images kept out of training.
    """

    network: Sequential
    history: History


def train(data: Dataset, *, n_epochs: int, batch_size: int, seed: int = 0, progress: bool = False) -> Trained:
    """Train by Adam, its rate falling as a cosine from 0.002 to 0.

    Parameters
    ----------
    data : Dataset
        A twelfth of each class is kept out.
    n_epochs, batch_size : int
    seed : int, default 0
        Of weights, dropout, the order of images and which are kept out.
    progress : bool, default False
    """
    images = data.images.astype(np.float32)
    network = Sequential(
        Affine(N_HIDDEN, initialise="he_normal"),
        ReLU(),
        Dropout(DROPOUT),
        Affine(data.n_classes),
        input_shape=images.shape[1],
        dtype="float32",
        seed=seed,
    )
    n_steps = n_epochs * -(-round((1 - VALIDATION) * len(images)) // batch_size)
    optimiser = Adam(network.parameters(), CosineDecay(HIGHEST_RATE, n_steps, restarts=False))
    history = fit(
        network,
        "softmax_cross_entropy",
        optimiser,
        images,
        data.labels,
        epochs=n_epochs,
        batch_size=batch_size,
        rng=seed,
        validation=VALIDATION,
        progress=progress,
    )
    return Trained(network, history)


def probabilities(network: Sequential, data: Dataset) -> np.ndarray:
    """Return the probability of each class for each image, shape (n_images, n_classes)."""
    return softmax(network(data.images.astype(np.float32))).value


def run(
    folder: OutputFolder,
    *,
    quick: bool = False,
    seed: int = 0,
    progress: bool = False,
    mnist_dir: Path | None = None,
) -> ModelRun:
    """Write ``training.png``, ``confusion.png`` and ``mistakes.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        3 epochs.
    seed : int, default 0
        Of training, and of the split of the bundled digits.
    progress : bool, default False
    mnist_dir : path, optional
        Folder with the four files of MNIST; the bundled digits if left out.

    Returns
    -------
    ModelRun
        The figures, and the share of test images classified correctly.
    """
    from neurosim.plotting import plot_confusion

    train_set, test = load_digits().split(0.25, seed) if mnist_dir is None else load_mnist(mnist_dir)
    settings = DIGITS if mnist_dir is None else MNIST
    if quick:
        settings = settings | {"n_epochs": 3}
    trained = train(train_set, **settings, seed=seed, progress=progress)
    share = probabilities(trained.network, test)
    found = share.argmax(axis=1)
    confusion = np.zeros((test.n_classes, test.n_classes), dtype=np.int64)
    np.add.at(confusion, (test.labels, found), 1)
    confused: Any = plot_confusion(confusion).figure
    return ModelRun(
        f"{test.name}, test accuracy: {100 * (found == test.labels).mean():.1f} %",
        [
            folder.write_figure("training.png", _draw_training(trained.history)),
            folder.write_figure("confusion.png", confused),
            folder.write_figure("mistakes.png", _draw_mistakes(test, share)),
        ],
    )


def _draw_training(history: History) -> Any:
    from neurosim.plotting import new_figure, plot_history
    from neurosim.plotting.style import BLUE, VERMILLION, dress

    figure = new_figure(8.6, 3.4)
    losses, errors = figure.subplots(1, 2)
    plot_history(history, losses)
    epochs = np.arange(1, history.n_epochs + 1)
    for accuracy, colour in ((history.accuracy, BLUE), (history.validation_accuracy, VERMILLION)):
        errors.plot(epochs, 100 * (1 - np.array(accuracy)), color=colour, linewidth=1.5)
    errors.set_ylim(bottom=0)
    errors.locator_params(axis="x", integer=True)
    dress(errors, "Epoch", "Classified wrongly (%)")
    return figure


def _draw_mistakes(test: Dataset, share: np.ndarray) -> Any:
    """Draw the images the network was most sure of, and wrong."""
    from neurosim.plotting import new_figure, plot_image

    found = share.argmax(axis=1)
    wrong = np.flatnonzero(found != test.labels)
    worst = wrong[np.argsort(-share[wrong, found[wrong]])][:SHOWN_MISTAKES]
    n_rows = max(-(-len(worst) // 8), 1)
    figure = new_figure(8.0, 0.6 + 1.3 * n_rows)
    panels = figure.subplots(n_rows, 8).ravel()
    for ax, i in zip(panels, worst, strict=False):
        plot_image(test.images[i].reshape(test.image_shape), ax)
        ax.set_title(f"{test.labels[i]}, not {found[i]}", fontsize=8)
    for ax in panels[len(worst) :]:
        ax.set_axis_off()
    figure.suptitle("Taken for another digit, the surest first", fontsize=10)
    return figure
