"""Damaged images that a memory makes whole again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from neurosim.models.hopfield.experiments.corruption import check_shape, damaged
from neurosim.models.hopfield.experiments.curve import Curve, refuse_seed, vary
from neurosim.models.hopfield.memory import Hopfield
from neurosim.models.hopfield.recall import Recall


@dataclass(frozen=True)
class ImageRecall:
    """Images stored, damaged and recalled.

    Attributes
    ----------
    stored, probes : ndarray of int8, shape (m, pixels)
        Of the two values of the memory.
    recall : Recall
    shape : tuple of two int
        Rows and columns of an image.
    """

    stored: np.ndarray
    probes: np.ndarray
    recall: Recall
    shape: tuple[int, int]

    @property
    def restored(self) -> np.ndarray:
        """Whether each image is whole again, pixel for pixel; shape (m,)."""
        whole: np.ndarray = (self.recall.states == self.stored).all(axis=1)
        return whole

    def plot(self, ax: Any = None, *, most: int = 10) -> Any:
        """Draw the first images in three rows: stored, damaged, recalled."""
        from neurosim.plotting import plot_image_rows

        rows = {"Stored": self.stored, "Damaged": self.probes, "Recalled": self.recall.states}
        images = {
            name: (row[:most].reshape(-1, *self.shape) == 1).astype(float) for name, row in rows.items()
        }
        return plot_image_rows(images, ax)


def recall_images(
    patterns: Any,
    shape: tuple[int, int],
    *,
    damage: str = "noise",
    share: float = 0.2,
    rule: Any = "pseudo_inverse",
    seed: int = 0,
    **options: Any,
) -> ImageRecall:
    """Store images, damage each and recall it.

    Parameters
    ----------
    patterns : array of shape (m, pixels)
        Of the two `values` of `Hopfield`; see `image_patterns`.
    shape : tuple of two int
        Rows and columns of an image.
    damage : {"noise", "erasure", "occlusion"}, default "noise"
        See `damaged`.
    share : float, default 0.2
        Of the pixels.
    rule : str or Rule, default "pseudo_inverse"
        Images are alike, which Hebb's rule does not bear.
    seed : int, default 0
    **options
        Of `Hopfield`.

    Raises
    ------
    ParameterError
        If the share, the kind of damage or the shape cannot be used.
    """
    refuse_seed("recall_images", options)
    memory = Hopfield(rule, random_state=seed, **options).fit(patterns)
    check_shape("recall_images(shape)", shape, memory.patterns_.shape[1])
    probes = memory._written(damaged(memory.patterns_, damage, share, np.random.default_rng(seed), shape))
    found = memory.recall(probes, trajectory=True)
    return ImageRecall(memory._written(memory.patterns_), probes, found, shape)


def images_restored(
    patterns: Any,
    shape: tuple[int, int],
    shares: Sequence[float] | np.ndarray = tuple(0.05 * k for k in range(11)),
    *,
    damage: str = "noise",
    rule: Any = "pseudo_inverse",
    trials: int = 10,
    seed: int = 0,
    progress: bool = False,
    **options: Any,
) -> Curve:
    """Share of images that become whole again, against the share of the pixels that was damaged.

    Parameters
    ----------
    patterns, shape, damage, rule, seed, **options
        As for `recall_images`.
    shares : sequence of float, default eleven from 0 to 0.5
    trials : int, default 10
        Times that each image is damaged.
    progress : bool, default False
    """
    memory = Hopfield(rule, random_state=seed, **options).fit(patterns)
    stored = memory._written(memory.patterns_)

    def restored(share: float, rng: np.random.Generator) -> float:
        probes = memory._written(damaged(memory.patterns_, damage, share, rng, shape))
        return float((memory.recall(probes, threads=1).states == stored).all(axis=1).mean())

    values = vary("images_restored(shares)", shares, trials, seed, progress, restored)
    n = memory.patterns_.shape[1]
    return Curve(np.asarray(shares), values, n, "Damaged pixels (share)", "Images restored (share)")
