"""Small kernels, many layers (Simonyan & Zisserman 2015, arXiv:1409.1556).

Two layers of 3x3 kernels see as much as one of 5x5, with fewer weights and a rectifier between them. Pairs of
such layers, with the largest values pooled in between and the channels doubled each time, read the bundled
digits: configuration B of the paper's table 1, cut down to images of 8x8 pixels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from neurosim.models import ModelRun
from neurosim.models.inception_block import images_of, learn

from neurosim.data import load_digits
from neurosim.output import OutputFolder
from neurosim.rate import Affine, BatchNorm, Convolution, Flatten, Layer, MaxPool, ReLU, Sequential, no_grad

WIDTHS = (12, 24)


def network(seed: int = 0) -> Sequential:
    """Return the network for the bundled digits, in single precision."""
    layers: list[Layer] = []
    for width in WIDTHS:
        for _ in range(2):
            layers += [Convolution(width, 3, False, padding="same"), BatchNorm(), ReLU()]
        layers.append(MaxPool(2))
    return Sequential(
        *layers,
        *(Flatten(), Affine(64, initialise="he_normal"), ReLU(), Affine(10)),
        input_shape=(1, 8, 8),
        dtype="float32",
        seed=seed,
    )


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``feature_maps.png`` and ``training.png``.

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
            folder.write_figure("feature_maps.png", _draw_maps(net, images_of(test)[:1])),
            folder.write_figure("training.png", plot_history(history).figure),
        ],
    )


def _draw_maps(net: Sequential, image: np.ndarray) -> Any:
    from neurosim.plotting import new_figure, plot_feature_maps
    from neurosim.plotting.style import add_title

    figure = new_figure(9.6, 2.9)
    panels = iter(figure.subplots(1, 2 * len(WIDTHS)))
    depth, values = 0, image
    with no_grad():
        for layer in net.layers:
            values = layer(values).value
            if isinstance(layer, ReLU) and values.ndim == 4:
                depth += 1
                ax = next(panels)
                plot_feature_maps(values[0], ax)
                add_title(ax, f"Layer {depth}")
    return figure
