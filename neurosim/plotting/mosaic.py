"""Many small images side by side: the kernels of a layer, or what its channels show."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import checked_array
from neurosim.plotting.style import GREY, PALE, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_kernels(kernels: npt.ArrayLike, ax: Axes | None = None, *, n_columns: int | None = None) -> Axes:
    """Draw the kernels of a convolution: red excites, blue inhibits, white is none; one scale for all.

    Parameters
    ----------
    kernels : array_like, shape (n, height, width) or (c_out, c_in, height, width)
        Of the latter, a row for each output channel.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    n_columns : int, optional
        Kernels in a row; about as many as rows if left out.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If these are no kernels of finite numbers.
    """
    panels = checked_array("plot_kernels(kernels)", kernels, 3, 4)
    if panels.ndim == 4 and panels.shape[1] > 1 and n_columns is None:
        n_columns = panels.shape[1]
    largest = float(np.abs(panels).max(initial=0.0)) or 1.0
    colours = {"cmap": "RdBu_r", "vmin": -largest, "vmax": largest}
    return _mosaic("plot_kernels", panels, ax, n_columns, GREY, **colours)  # the pale one looks like a weight


def plot_feature_maps(maps: npt.ArrayLike, ax: Axes | None = None, *, n_columns: int | None = None) -> Axes:
    """Draw what the channels of a layer show of one image, as ink on paper; one scale for all.

    Parameters
    ----------
    maps : array_like, shape (channels, height, width)
        The output of a layer for one sample.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    n_columns : int, optional
        Maps in a row; about as many as rows if left out.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If these are no maps of finite numbers.
    """
    panels = checked_array("plot_feature_maps(maps)", maps, 3)
    return _mosaic("plot_feature_maps", panels, ax, n_columns, PALE, cmap="Greys")


def _mosaic(
    name: str,
    panels: npt.NDArray[Any],
    ax: Axes | None,
    n_columns: int | None,
    gap_colour: str,
    **colours: Any,
) -> Axes:
    height, width = panels.shape[-2:]
    tiles = panels.reshape(-1, height, width).astype(float)
    if tiles.size == 0:
        raise ParameterError(f"{name}()", panels.shape, "there is nothing to draw")
    columns = math.ceil(math.sqrt(len(tiles))) if n_columns is None else n_columns
    if not isinstance(columns, int | np.integer) or columns < 1:
        raise ParameterError(f"{name}(n_columns)", n_columns, "must be a positive whole number")
    rows = -(-len(tiles) // columns)
    gap = max(1, round(0.08 * max(height, width)))
    sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap), np.nan)
    for k, tile in enumerate(tiles):
        y, x = (k // columns) * (height + gap), (k % columns) * (width + gap)
        sheet[y : y + height, x : x + width] = tile
    if ax is None:
        scale = 5.0 / max(sheet.shape)
        ax = new_figure(max(1.5, scale * sheet.shape[1]), max(1.5, scale * sheet.shape[0])).add_subplot()
    ax.imshow(sheet, interpolation="nearest", **colours)
    ax.set_facecolor(gap_colour)
    dress(ax)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    return ax
