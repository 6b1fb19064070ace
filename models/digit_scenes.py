"""Digits placed on noise, and how well a network finds their pixels: the task of two models."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from neurosim.models import ModelRun

from neurosim.data import Dataset, load_digits
from neurosim.output import OutputFolder
from neurosim.rate import Adam, CosineDecay, Sequential, fit, no_grad

SIDE = 32
N_DIGITS = 4
NOISE = 0.5
INK = 0.35
"""Brightness from which a pixel of a digit belongs to it."""

N_SHOWN = 5


class Scenes(NamedTuple):
    """Images and which of their pixels belong to a digit.

    Attributes
    ----------
    images : ndarray of float32, shape (n, 1, 32, 32)
    masks : ndarray of float32, shape (n, 1, 32, 32)
        1 for a pixel of a digit, otherwise 0.
    """

    images: np.ndarray
    masks: np.ndarray


def place_digits(data: Dataset, n: int, seed: int = 0) -> Scenes:
    """Return scenes of four digits of 8x8 pixels, one in each quarter, under noise as bright as thin strokes.

    Parameters
    ----------
    data : Dataset
        Where the digits come from.
    n : int
        Number of scenes.
    seed : int, default 0
        Of the digits, their places and the noise.
    """
    rng = np.random.default_rng(seed)
    scenes = np.zeros((n, SIDE, SIDE))
    digits = data.images.reshape(-1, *data.image_shape)[rng.integers(len(data), size=(n, N_DIGITS))]
    half, side = SIDE // 2, data.image_shape[0]
    rows, columns = rng.integers(half - side + 1, size=(2, n, N_DIGITS))
    pixels = np.arange(side)
    for quarter in range(N_DIGITS):
        y = rows[:, quarter, None, None] + half * (quarter // 2) + pixels[:, None]
        x = columns[:, quarter, None, None] + half * (quarter % 2) + pixels
        scenes[np.arange(n)[:, None, None], y, x] = digits[:, quarter]
    masks = scenes > INK
    noise = NOISE * rng.standard_normal(scenes.shape)
    images = scenes + noise
    return Scenes(images[:, None].astype(np.float32), masks[:, None].astype(np.float32))


def overlap(found: np.ndarray, masks: np.ndarray) -> float:
    """Pixels of both over pixels of either (Jaccard's index), for truth values of any shape."""
    wanted = masks > 0.5
    return float((found & wanted).sum() / (found | wanted).sum())


def best_threshold(scenes: Scenes) -> float:
    """Overlap of the pixels above a brightness, for the brightness that does best."""
    return max(overlap(scenes.images > level, scenes.masks) for level in np.linspace(0.0, 1.5, 31))


def learn(
    net: Sequential, train: Scenes, *, n_epochs: int, seed: int = 0, progress: bool = False
) -> Sequential:
    """Train on the cross-entropy of every pixel, and return the network."""
    batch_size = 16
    n_steps = n_epochs * -(-len(train.images) // batch_size)
    fit(
        net,
        "binary_cross_entropy",
        Adam(net.parameters(), CosineDecay(0.004, n_steps)),
        train.images,
        train.masks,
        epochs=n_epochs,
        batch_size=batch_size,
        rng=seed,
        progress=progress,
    )
    return net


def segment(net: Sequential, images: np.ndarray) -> np.ndarray:
    """Return which pixels the network counts as digits."""
    with no_grad():
        return np.asarray(net(images).value > 0.0)


def run_segmentation(
    name: str, net: Sequential, folder: OutputFolder, *, quick: bool, seed: int, progress: bool
) -> ModelRun:
    """Train a network on scenes, and write ``scenes.png`` and ``overlap.png`` of scenes with other digits.

    Parameters
    ----------
    name : str
        Of the network, for the figures.
    net : Sequential
    folder : OutputFolder
    quick : bool
        150 scenes once instead of 600 six times.
    seed : int
    progress : bool
    """
    some, others = load_digits().split(0.25, seed)
    train, test = place_digits(some, 150 if quick else 600, seed), place_digits(others, 100, seed + 1)
    learn(net, train, n_epochs=1 if quick else 6, seed=seed, progress=progress)
    found = segment(net, test.images)
    reached = {name: overlap(found, test.masks), "Best threshold": best_threshold(test)}
    listed = ", ".join(f"{who} {100 * share:.1f} %" for who, share in reversed(reached.items()))
    return ModelRun(
        f"overlap with the digits: {listed}",
        [
            folder.write_figure("scenes.png", _draw_scenes(test, found)),
            folder.write_figure("overlap.png", _draw_overlaps(test, found, name)),
        ],
    )


def _draw_scenes(scenes: Scenes, found: np.ndarray) -> Any:
    from neurosim.plotting import new_figure, plot_image
    from neurosim.plotting.style import add_title

    figure = new_figure(1.7 * N_SHOWN, 5.4)
    rows = (("Image", np.clip(scenes.images, 0.0, None)), ("Digits", scenes.masks), ("Found", found))
    for (title, images), panels in zip(rows, figure.subplots(3, N_SHOWN), strict=True):
        for image, ax in zip(images, panels, strict=False):
            plot_image(image[0], ax)
        add_title(panels[0], title)
    return figure


def _draw_overlaps(scenes: Scenes, found: np.ndarray, name: str) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, GREY, add_legend, dress

    levels = np.linspace(0.0, 1.5, 31)
    ax = new_figure(5.2, 3.4).add_subplot()
    by_level = [overlap(scenes.images > level, scenes.masks) for level in levels]
    ax.plot(levels, by_level, color=GREY, label="Pixels brighter than a threshold")
    ax.axhline(overlap(found, scenes.masks), color=BLUE, label=name)
    ax.set_ylim(0, 1)
    dress(ax, "Threshold", "Overlap with the digits")
    add_legend(ax, "above")
    return ax.figure
