"""Where a network looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import checked_array
from neurosim.plotting.image import plot_image

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_saliency(image: npt.ArrayLike, saliency: npt.ArrayLike, ax: Axes | None = None) -> Axes:
    """Draw an image, and over it what speaks for a decision (red) and against it (blue).

    Parameters
    ----------
    image : array_like, shape (n_rows, n_columns)
        Brightness: 0 paper, the largest value ink.
    saliency : array_like, shape (n_rows, n_columns)
        As `neurosim.rate.gradient_saliency` or `occlusion_saliency` gives it, of one channel.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If these are no images of finite numbers, or differ in shape.
    """
    pixels = checked_array("plot_saliency(image)", image, 2)
    weights = checked_array("plot_saliency(saliency)", saliency, 2)
    if pixels.shape != weights.shape:
        limit = f"must have the shape of the image, {pixels.shape}"
        raise ParameterError("plot_saliency(saliency)", weights.shape, limit)
    ax = plot_image(pixels, ax)
    largest = float(np.abs(weights).max(initial=0.0)) or 1.0
    strength = np.abs(weights) / largest
    ax.imshow(weights, cmap="RdBu_r", vmin=-largest, vmax=largest, alpha=0.85 * np.sqrt(strength))
    return ax
