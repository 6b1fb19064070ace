"""Depth with and without skips (He, Zhang, Ren & Sun 2016, doi:10.1109/CVPR.2016.90, arXiv:1512.03385).

Networks of 8, 20 and 44 layers of 3x3 kernels on the bundled digits. Stacked plainly, the deeper one learns
worse, on the training images too: the paper's figure 1. Where each pair of layers adds to its input instead
(figure 2), the deeper one learns better. Before the first step, the gradient of a plain stack grows by a
factor from each layer to the one before; a path around the layers keeps it about the same.
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
    Convolution,
    GlobalAveragePool,
    History,
    Layer,
    ReLU,
    Residual,
    Sequential,
    fit,
    softmax_cross_entropy,
)

DEPTHS = (8, 20, 44)
N_CHANNELS = 12
N_EPOCHS = 8


def network(depth: int, *, skips: bool, seed: int = 0) -> Sequential:
    """Return a network for the bundled digits, in single precision.

    Parameters
    ----------
    depth : int
        Layers with weights: an even number, at least 4.
    skips : bool
        Whether each pair of layers adds to its input.
    seed : int, default 0
        Of the first weights.
    """
    layers: list[Layer] = [*_normalised(), ReLU()]
    for _ in range((depth - 2) // 2):
        pair = [*_normalised(), ReLU(), *_normalised()]
        layers += [*([Residual(*pair)] if skips else pair), ReLU()]
    return Sequential(
        *layers, GlobalAveragePool(), Affine(10), input_shape=(1, 8, 8), dtype="float32", seed=seed
    )


def _normalised() -> list[Layer]:
    return [Convolution(N_CHANNELS, 3, False, padding="same"), BatchNorm()]


def learn(
    net: Sequential,
    train: Dataset,
    test: Dataset,
    *,
    n_epochs: int = N_EPOCHS,
    seed: int = 0,
    progress: bool = False,
) -> History:
    """Train, and measure the accuracy on test images after each epoch."""
    return fit(
        net,
        "softmax_cross_entropy",
        Adam(net.parameters(), 0.003),
        images_of(train),
        train.labels,
        epochs=n_epochs,
        batch_size=64,
        rng=seed,
        validation=(images_of(test), test.labels),
        progress=progress,
    )


def images_of(data: Dataset) -> np.ndarray:
    """Return the images in shape (n, 1, 8, 8) and float32."""
    return data.images.reshape(-1, 1, *data.image_shape).astype(np.float32)


def gradients_by_layer(net: Sequential, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Root mean square of the gradient for the kernels of each convolution, the first one first."""
    net.train()
    for parameter in net.parameters():
        parameter.zero_grad()
    softmax_cross_entropy(net(images), labels).backward()
    net.evaluate()
    return np.array(
        [np.sqrt(np.mean(p.grad**2)) for p in net.parameters() if p.ndim == 4 and p.grad is not None]
    )


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``training.png`` and ``gradients.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        One epoch of the two shallower networks instead of eight of all three.
    seed : int, default 0
        Of the split, the weights and the order of the images.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the accuracy of the deepest network without and with skips.
    """
    train, test = load_digits().split(0.25, seed)
    depths, n_epochs = (DEPTHS[:2], 1) if quick else (DEPTHS, N_EPOCHS)
    losses, gradients, accuracy = {}, {}, {}
    for skips in (False, True):
        for depth in depths:
            net = network(depth, skips=skips, seed=seed)
            gradients[skips, depth] = gradients_by_layer(net, images_of(train)[:256], train.labels[:256])
            net = network(depth, skips=skips, seed=seed)
            history = learn(net, train, test, n_epochs=n_epochs, seed=seed, progress=progress)
            losses[skips, depth] = history.loss
            accuracy[skips, depth] = history.validation_accuracy[-1]
    plain, residual = (100 * accuracy[skips, depths[-1]] for skips in (False, True))
    return ModelRun(
        f"{depths[-1]} layers read digits correctly: plain {plain:.1f} %, with skips {residual:.1f} %",
        [
            folder.write_figure("training.png", _draw(losses, "Epoch", "Training loss")),
            folder.write_figure("gradients.png", _draw(gradients, "Layer", "Gradient before training, rms")),
        ],
    )


def _draw(courses: dict[tuple[bool, int], Any], x_label: str, y_label: str) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import CYCLE, add_legend, add_title, count_along_x, dress, point_marker

    figure = new_figure(8.0, 3.4)
    panels = figure.subplots(1, 2, sharey=True)
    for (skips, depth), values in courses.items():
        ax, colour = panels[int(skips)], CYCLE[DEPTHS.index(depth)]
        places = np.arange(1, len(values) + 1)
        ax.plot(places, values, color=colour, label=f"{depth} layers", marker=point_marker(len(values)))
    for ax, title in zip(panels, ("Plain", "With skips"), strict=True):
        ax.set(yscale="log")
        count_along_x(ax)
        dress(ax, x_label, y_label if ax is panels[0] else "")
        add_title(ax, title)
    add_legend(panels[1])
    return figure
