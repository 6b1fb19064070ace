"""LeNet-5 reads handwritten digits (LeCun, Bottou, Bengio & Haffner 1998, doi:10.1109/5.726791, figure 2).

Two layers of 5x5 kernels, each followed by pooling, then 120, 84 and 10 units: 61,706 weights. As in later
practice, units rectify, the largest value of a window is pooled, every map of the second layer sees all six
maps of the first, and the scores are read by a softmax. The paper has 0.95 % errors on MNIST.

`run` reads MNIST where it is given the folder of its four files, and otherwise enlarges the bundled digits of
8x8 pixels (Alpaydin & Kaynak 1998, doi:10.24432/C50P49).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from neurosim.models import ModelRun

from neurosim.data import Dataset, RandomShift, load_digits, load_mnist
from neurosim.output import OutputFolder
from neurosim.rate import (
    Adam,
    Affine,
    Convolution,
    CosineDecay,
    Flatten,
    History,
    MaxPool,
    ReLU,
    Sequential,
    Upsample,
    fit,
    gradient_saliency,
    no_grad,
    occlusion_saliency,
)

SIDE = 28
SHOWN_DIGITS = 4


def network(seed: int = 0) -> Sequential:
    """Return the network for images of 1x28x28 pixels, in single precision.

    Parameters
    ----------
    seed : int, default 0
        Of the first weights.
    """
    return Sequential(
        *(Convolution(6, 5, padding=2), ReLU(), MaxPool(2)),
        *(Convolution(16, 5), ReLU(), MaxPool(2)),
        *(Flatten(), Affine(120, initialise="he_normal"), ReLU()),
        *(Affine(84, initialise="he_normal"), ReLU(), Affine(10)),
        input_shape=(1, SIDE, SIDE),
        dtype="float32",
        seed=seed,
    )


def images_of(data: Dataset) -> np.ndarray:
    """Return the images in shape (n, 1, 28, 28) and float32; those of 8x8 pixels enlarged, with a margin."""
    images = data.images.reshape(-1, 1, *data.image_shape).astype(np.float32)
    factor = SIDE // data.image_shape[0]
    if factor > 1:
        images = Upsample(factor, "bilinear")(images).value
    margin = (SIDE - images.shape[-1]) // 2
    return np.pad(images, ((0, 0), (0, 0), (margin, margin), (margin, margin)))


def learn(
    train: Dataset, test: Dataset, *, epochs: int, seed: int = 0, progress: bool = False
) -> tuple[Sequential, History]:
    """Train on randomly shifted images, and measure the accuracy on others.

    Parameters
    ----------
    train, test : Dataset
        Of digits of 8x8 or 28x28 pixels.
    epochs : int
    seed : int, default 0
        Of the first weights, the order of the images and their shifts.
    progress : bool, default False

    Returns
    -------
    network : Sequential
        With the weights of the last epoch.
    history : History
        ``history.validation_accuracy`` is that on the test images.
    """
    net = network(seed)
    batch = 128 if len(train) > 10_000 else 32
    n_steps = epochs * -(-len(train) // batch)
    history = fit(
        net,
        "softmax_cross_entropy",
        Adam(net.parameters(), CosineDecay(0.002, n_steps)),
        images_of(train),
        train.labels,
        epochs=epochs,
        batch_size=batch,
        rng=seed,
        augment=RandomShift((1, SIDE, SIDE), 2),
        validation=(images_of(test), test.labels),
        progress=progress,
    )
    return net, history


def run(
    folder: OutputFolder,
    *,
    quick: bool = False,
    seed: int = 0,
    progress: bool = False,
    mnist_dir: Path | None = None,
) -> ModelRun:
    """Write ``kernels.png``, ``feature_maps.png`` and ``saliency.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Train for 3 epochs instead of 12.
    seed : int, default 0
        Of the split, the weights and the training.
    progress : bool, default False
    mnist_dir : Path, optional
        Folder with the four IDX files of MNIST; without, the bundled digits are learnt.

    Returns
    -------
    ModelRun
        The figures, and the share of test images read correctly.
    """
    train, test = load_digits().split(0.25, seed) if mnist_dir is None else load_mnist(mnist_dir)
    net, history = learn(train, test, epochs=3 if quick else 12, seed=seed, progress=progress)
    images = images_of(test)[: 10 * SHOWN_DIGITS]
    written = [
        folder.write_figure("kernels.png", _draw_kernels(net)),
        folder.write_figure("feature_maps.png", _draw_maps(net, images[0])),
        folder.write_figure("saliency.png", _draw_saliency(net, images, test.labels)),
    ]
    accuracy = history.validation_accuracy[-1]
    return ModelRun(f"{len(test):,} {test.name} read correctly: {100 * accuracy:.1f} %", written)


def _draw_kernels(net: Sequential) -> Any:
    from neurosim.plotting import new_figure, plot_kernels
    from neurosim.plotting.style import add_title

    figure = new_figure(8.0, 3.6)
    first, second = figure.subplots(1, 2, width_ratios=(1, 1.9))
    plot_kernels(net[0].parameters()[0].value[:, 0], first, n_columns=2)
    plot_kernels(net[3].parameters()[0].value.swapaxes(0, 1), second)
    add_title(first, "Six kernels of the first layer")
    add_title(second, "Those of the second: a row for each map they look at")
    return figure


def _draw_maps(net: Sequential, image: np.ndarray) -> Any:
    from neurosim.plotting import new_figure, plot_feature_maps, plot_image
    from neurosim.plotting.style import add_title

    figure = new_figure(9.0, 3.6)
    shown, first, second = figure.subplots(1, 3, width_ratios=(1, 1.5, 1.9))
    plot_image(image[0], shown)
    add_title(shown, "Image")
    with no_grad():
        maps = image[np.newaxis]
        for i, layer in enumerate(net.layers[:6]):
            maps = layer(maps).value
            if i in (2, 5):
                plot_feature_maps(maps[0], first if i == 2 else second, n_columns=2 if i == 2 else 4)
    add_title(first, "6 maps of 14×14")
    add_title(second, "16 maps of 5×5")
    return figure


def _draw_saliency(net: Sequential, images: np.ndarray, labels: np.ndarray) -> Any:
    from neurosim.plotting import new_figure, plot_saliency
    from neurosim.plotting.style import add_title

    figure = new_figure(2.2 * SHOWN_DIGITS, 4.6)
    chosen = [int(np.flatnonzero(labels[: len(images)] == digit)[0]) for digit in (2, 4, 7, 9)]
    for k, place in enumerate(chosen):
        image, label = images[place], int(labels[place])
        by_gradient, by_occlusion = figure.add_subplot(2, 4, k + 1), figure.add_subplot(2, 4, k + 5)
        plot_saliency(image[0], gradient_saliency(net, image, label)[0], by_gradient)
        plot_saliency(image[0], occlusion_saliency(net, image, label, size=5), by_occlusion)
        add_title(by_gradient, f"Score of {label}: gradient")
        add_title(by_occlusion, f"Score of {label}: occlusion")
    return figure
