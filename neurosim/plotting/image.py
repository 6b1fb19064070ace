"""An image a network is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import checked_array
from neurosim.plotting.style import GREY, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
