"""Windows of several sizes side by side (Szegedy et al. 2015, doi:10.1109/CVPR.2015.7298594).

arXiv:1409.4842. Each block looks at its input through kernels of 1x1, 3x3 and 5x5 and through the largest
values around, and puts the answers side by side (figure 2b of the paper). Kernels of 1x1 before the large
ones save two thirds of the products that the plain version takes (figure 2a). Two blocks read the bundled
digits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from neurosim.models import ModelRun

from neurosim.data import Dataset, load_digits
from neurosim.output import OutputFolder
from neurosim.rate import (
    Adam,
    Affine,
    BatchNorm,
    Branches,
    Convolution,
    CosineDecay,
    Flatten,
    History,
    Layer,
    MaxPool,
    ReLU,
    Sequential,
    fit,
    no_grad,
)

WIDTHS = (8, 12, 6, 6)
"""Channels of the branches: 1x1, 3x3, 5x5 and the largest values."""


def block(*, reduced: bool = True) -> Branches:
    """Return a block.

    Parameters
    ----------
    reduced : bool, default True
        Whether kernels of 1x1 come before those of 3x3 and 5x5, with half their channels.
    """
    plain, middle, wide, pooled = WIDTHS
    return Branches(
        Sequential(*_convolution(plain, 1)),
        Sequential(*(_convolution(middle // 2, 1) if reduced else []), *_convolution(middle, 3)),
        Sequential(*(_convolution(wide // 2, 1) if reduced else []), *_convolution(wide, 5)),
        Sequential(MaxPool(3, 1, 1), *_convolution(pooled, 1)),
    )


def network(seed: int = 0, *, reduced: bool = True) -> Sequential:
    """Return two blocks with a pooling layer between them, for the bundled digits, in single precision."""
    return Sequential(
        *(block(reduced=reduced), MaxPool(2), block(reduced=reduced)),
        *(Flatten(), Affine(10)),
        input_shape=(1, 8, 8),
        dtype="float32",
        seed=seed,
    )


def _convolution(n_channels: int, side: int) -> list[Layer]:
    return [Convolution(n_channels, side, False, padding="same"), BatchNorm(), ReLU()]


def images_of(data: Dataset) -> np.ndarray:
    """Return the images in shape (n, 1, 8, 8) and float32."""
    return data.images.reshape(-1, 1, *data.image_shape).astype(np.float32)


def learn(
    net: Sequential, train: Dataset, test: Dataset, *, epochs: int, seed: int = 0, progress: bool = False
) -> History:
    """Train, and measure the accuracy on test images after each epoch."""
    n_steps = epochs * -(-len(train) // 32)
    return fit(
        net,
        "softmax_cross_entropy",
        Adam(net.parameters(), CosineDecay(0.01, n_steps)),
        images_of(train),
        train.labels,
        epochs=epochs,
        batch_size=32,
        rng=seed,
        validation=(images_of(test), test.labels),
        progress=progress,
    )


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``branches.png`` and ``training.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Two epochs instead of ten.
    seed : int, default 0
        Of the split, the weights and the order of the images.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the share of test images read correctly.
    """
    from neurosim.plotting import plot_history

    train, test = load_digits().split(0.25, seed)
    net = network(seed)
    history = learn(net, train, test, epochs=2 if quick else 10, seed=seed, progress=progress)
    return ModelRun(
        f"{len(test)} digits read correctly: {100 * history.validation_accuracy[-1]:.1f} %",
        [
            folder.write_figure("branches.png", _draw_branches(net, images_of(test)[:1])),
            folder.write_figure("training.png", plot_history(history).figure),
        ],
    )


def _draw_branches(net: Sequential, image: np.ndarray) -> Any:
    from neurosim.plotting import new_figure, plot_feature_maps, plot_image
    from neurosim.plotting.style import add_title

    figure = new_figure(9.6, 2.6)
    panels = figure.subplots(1, 5)
    plot_image(image[0, 0], panels[0])
    add_title(panels[0], "Image")
    with no_grad():
        maps = net[0](image).value[0]
    cuts = np.cumsum(WIDTHS)[:-1]
    names = ("1×1", "3×3", "5×5", "Largest around")
    for ax, name, shown in zip(panels[1:], names, np.split(maps, cuts), strict=True):
        plot_feature_maps(shown, ax)
        add_title(ax, name)
    return figure
