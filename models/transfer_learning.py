"""Features learnt on the digits 0 to 4, reused for 5 to 9 (Yosinski, Clune, Bengio & Lipson 2014).

arXiv:1411.1792. A network of convolutions learns to tell five digits apart, wherever in the image they stand.
All but its last layer then stays as it is, and a new last layer learns the other five digits from a few
examples of each. The same network from nothing has to learn from these few that the place does not matter;
from many examples it learns features that fit these digits better than those of others do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from neurosim.models import ModelRun

from neurosim.data import Dataset, RandomShift, load_digits
from neurosim.output import OutputFolder
from neurosim.rate import (
    Adam,
    Affine,
    Convolution,
    Flatten,
    Layer,
    MaxPool,
    ReLU,
    Sequential,
    fit,
    no_grad,
)

SIDE = 16
N_CLASSES = 5
EXAMPLES = (1, 2, 5, 10, 20, 50)
"""Of each digit from 5 to 9."""

ANYWHERE = RandomShift((1, SIDE, SIDE), 4)

N_DRAWS = 3
"""Choices of examples to average over."""


def network(seed: int = 0) -> Sequential:
    """Return a network for 1x16x16 pixels and five classes; its last layer reads the features of the others.

    Parameters
    ----------
    seed : int, default 0
        Of the first weights.
    """
    return Sequential(
        *(Convolution(16, 3, padding="same"), ReLU(), MaxPool(2)),
        *(Convolution(32, 3, padding="same"), ReLU(), MaxPool(2)),
        *(Flatten(), Affine(64, initialise="he_normal"), ReLU(), Affine(N_CLASSES)),
        input_shape=(1, SIDE, SIDE),
        dtype="float32",
        seed=seed,
    )


def part(data: Dataset, first: int) -> tuple[np.ndarray, np.ndarray]:
    """Return five digits, from `first` on, in the middle of images (n, 1, 16, 16), and labels 0 to 4."""
    chosen = (data.labels >= first) & (data.labels < first + N_CLASSES)
    margin = (SIDE - data.image_shape[0]) // 2
    images = data.images[chosen].reshape(-1, 1, *data.image_shape).astype(np.float32)
    framed = np.pad(images, ((0, 0), (0, 0), (margin, margin), (margin, margin)))
    return framed, data.labels[chosen] - first


def features(net: Sequential, images: np.ndarray) -> np.ndarray:
    """Return what the last layer of a network sees."""
    with no_grad():
        values = images
        for layer in net.layers[:-1]:
            values = layer(values).value
    return values


def learn(
    net: Layer,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    n_steps: int,
    seed: int = 0,
    augment: RandomShift | None = None,
) -> None:
    """Train for about so many steps of at most 32 samples."""
    batches = -(-len(images) // 32)
    optimiser = Adam(net.parameters(), 0.002)
    fit(
        net,
        "softmax_cross_entropy",
        optimiser,
        images,
        labels,
        epochs=max(1, n_steps // batches),
        batch_size=32,
        rng=seed,
        augment=augment,
        progress=False,
    )


def accuracy(net: Layer, images: np.ndarray, labels: np.ndarray) -> float:
    """Share of images of which the largest score is that of their class."""
    with no_grad():
        return float((net(images).value.argmax(axis=1) == labels).mean())


def compare(
    source: Sequential,
    train: Dataset,
    test: Dataset,
    n_examples: int,
    *,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> tuple[float, float]:
    """Accuracy on the digits 5 to 9 with the features of a network, and from nothing.

    Parameters
    ----------
    source : Sequential
        Trained on the digits 0 to 4; it is not changed.
    train, test : Dataset
    n_examples : int
        Of each digit, drawn from `train`.
    n_draws : int, default 3
        Over how many choices of examples to average.
    seed : int, default 0
    """
    (images, labels), (test_images, test_labels) = part(train, N_CLASSES), part(test, N_CLASSES)
    rng = np.random.default_rng(seed)
    images, test_images = ANYWHERE(images, rng), ANYWHERE(test_images, rng)
    known, test_known = features(source, images), features(source, test_images)
    reached = []
    for draw in range(n_draws):
        rng = np.random.default_rng((seed, draw))
        chosen = np.concatenate(
            [rng.choice(np.flatnonzero(labels == c), n_examples, replace=False) for c in range(N_CLASSES)]
        )
        top = Sequential(Affine(N_CLASSES), input_shape=known.shape[1], dtype="float32", seed=draw)
        learn(top, known[chosen], labels[chosen], n_steps=400, seed=draw)
        fresh = network(seed=1000 + draw)
        learn(fresh, images[chosen], labels[chosen], n_steps=400, seed=draw)
        reached.append((accuracy(top, test_known, test_labels), accuracy(fresh, test_images, test_labels)))
    reused, anew = np.mean(reached, axis=0)
    return float(reused), float(anew)


def pretrained(train: Dataset, *, n_steps: int = 1500, seed: int = 0) -> Sequential:
    """Return a network that has learnt the digits 0 to 4."""
    net = network(seed)
    learn(net, *part(train, 0), n_steps=n_steps, seed=seed, augment=ANYWHERE)
    return net


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``accuracy.png`` and ``features.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        One number of examples, drawn once, and a tenth of the steps before.
    seed : int, default 0
        Of the split, the weights and the examples.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the accuracy with five examples of each digit.
    """
    train, test = load_digits().split(0.25, seed)
    source = pretrained(train, n_steps=150 if quick else 1500, seed=seed)
    numbers = (5,) if quick else EXAMPLES
    n_draws = 1 if quick else N_DRAWS
    reached = np.array([compare(source, train, test, n, n_draws=n_draws, seed=seed) for n in numbers])
    reused, anew = 100 * reached[numbers.index(5)]
    return ModelRun(
        f"five examples a digit, read correctly: from nothing {anew:.1f} %, features reused {reused:.1f} %",
        [
            folder.write_figure("accuracy.png", _draw_accuracy(numbers, reached)),
            folder.write_figure("features.png", _draw_features(source, test)),
        ],
    )


def _draw_accuracy(numbers: tuple[int, ...], reached: np.ndarray) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, GREY, add_legend, dress

    ax = new_figure(5.4, 3.4).add_subplot()
    for course, colour, label in zip(
        reached.T, (BLUE, GREY), ("Features of the digits 0 to 4", "From nothing"), strict=True
    ):
        ax.plot(numbers, 100 * course, "o-", color=colour, label=label, markersize=4)
    ax.set(xscale="log", xticks=numbers, xticklabels=[str(n) for n in numbers])
    ax.minorticks_off()
    dress(ax, "Examples of each of the digits 5 to 9", "Read correctly (%)")
    add_legend(ax, "above")
    return ax.figure


def _draw_features(source: Sequential, test: Dataset) -> Any:
    from neurosim.plotting import new_figure, plot_feature_maps, plot_image
    from neurosim.plotting.style import add_title

    figure = new_figure(8.4, 4.6)
    for row, first in enumerate((0, N_CLASSES)):
        image = ANYWHERE(part(test, first)[0][:1], np.random.default_rng(first))
        with no_grad():
            maps = source[1](source[0](image)).value[0]
        shown, seen = figure.add_subplot(2, 2, 2 * row + 1), figure.add_subplot(2, 2, 2 * row + 2)
        plot_image(image[0, 0], shown)
        plot_feature_maps(maps, seen, n_columns=8)
        add_title(shown, "A digit it has learnt" if first == 0 else "One it has never seen")
        add_title(seen, "What its first layer shows")
    return figure
