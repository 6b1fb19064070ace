"""Images a network is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import checked_array
from neurosim.plotting.style import GREY, INK, LABEL_SIZE, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Rectangle


def plot_image(image: npt.ArrayLike, ax: Axes | None = None) -> Axes:
    """Draw an image as ink on paper.

    Parameters
    ----------
    image : array_like, shape (n_rows, n_columns)
        Brightness as in the data sets: 0 paper, the largest value ink.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If this is no image of finite numbers.
    """
    pixels = checked_array("plot_image(image)", image, 2)
    if pixels.size == 0:
        raise ParameterError("plot_image(image)", image, "must have at least one pixel")
    if ax is None:
        ax = new_figure(2.4, 2.4).add_subplot()
    ax.imshow(pixels, cmap="Greys", vmin=0)
    dress(ax)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set(visible=True, color=GREY, linewidth=0.8)
    return ax


def plot_image_rows(rows: Mapping[str, npt.ArrayLike], ax: Axes | None = None) -> Axes:
    """Draw images in named rows, those of one column belonging together.

    Parameters
    ----------
    rows : mapping of str to array_like, shape (n_images, n_rows, n_columns)
        Name of a row, and its images: 0 paper, 1 ink; as many of one size in each row.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If rows have no names, there are no images, or rows differ in shape.
    """
    if not isinstance(rows, Mapping):
        limit = "must map the name of each row to its images"
        raise ParameterError("plot_image_rows(rows)", rows, limit, "Such as {'seen': images}.")
    images = [checked_array(f"plot_image_rows(rows[{name!r}])", row, 3) for name, row in rows.items()]
    shapes = {row.shape for row in images}
    if len(shapes) != 1 or 0 in images[0].shape:
        limit = "must be images of one size, as many in each row"
        raise ParameterError("plot_image_rows(rows), shapes", sorted(shapes), limit)
    count, height, width = images[0].shape
    if ax is None:
        ax = new_figure(0.9 * count + 1.1, 0.9 * len(images) * height / width + 0.3).add_subplot()
    gap = 0.15 * max(height, width)
    for row, pictures in enumerate(images):
        for column, picture in enumerate(pictures):
            left, top = column * (width + gap), row * (height + gap)
            extent = (left, left + width, top + height, top)
            ax.imshow(picture, cmap="Greys", vmin=0, vmax=1, extent=extent, interpolation="nearest")
            ax.add_patch(_frame(left, top, width, height))
    ax.set_xlim(-0.02 * width, count * (width + gap) - gap + 0.02 * width)
    ax.set_ylim(len(images) * (height + gap) - gap + 0.02 * height, -0.02 * height)
    ax.spines[:].set_visible(False)
    ax.set_xticks([])
    centres = np.arange(len(images)) * (height + gap) + height / 2
    ax.set_yticks(centres, list(rows), fontsize=LABEL_SIZE, color=INK)
    ax.tick_params(length=0)
    return ax


def _frame(left: float, top: float, width: float, height: float) -> Rectangle:
    from matplotlib.patches import Rectangle

    return Rectangle((left, top), width, height, fill=False, edgecolor=GREY, linewidth=0.8)
