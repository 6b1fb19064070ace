"""Which classes are taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import checked_array
from neurosim.plotting.style import INK, PALE, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_confusion(
    matrix: npt.ArrayLike,
    class_names: Sequence[str] | None = None,
    ax: Axes | None = None,
    *,
    colour: str = INK,
) -> Axes:
    """Draw a confusion matrix: counts as numbers, the share of each true class as shade.

    Parameters
    ----------
    matrix : array_like of int, shape (n_classes, n_classes)
        How often a sample of the row's class was given the column's class.
    class_names : sequence of str, optional
        Name of each class; its number if left out.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    colour : str, default dark grey
        Shade of a class that is always given.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If the matrix is not square or holds anything but counts, or the names do not fit.
    """
    from matplotlib.colors import LinearSegmentedColormap

    counts = checked_array("plot_confusion(matrix)", matrix, 2)
    n = len(counts)
    if counts.shape != (n, n) or n == 0:
        raise ParameterError("plot_confusion(matrix)", matrix, f"must be square, has shape {counts.shape}")
    if (counts < 0).any() or (counts != np.floor(counts)).any():
        raise ParameterError(
            "plot_confusion(matrix)", matrix, "must hold counts: whole numbers of 0 or above"
        )
    names = [str(i) for i in range(n)] if class_names is None else list(class_names)
    if len(names) != n:
        raise ParameterError("plot_confusion(class_names)", class_names, f"must be {n}, one for each class")

    if ax is None:
        ax = new_figure(4.6, 4.6).add_subplot()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    # A square root lifts the few mistakes out of the white.
    ax.imshow(
        np.sqrt(shares), cmap=LinearSegmentedColormap.from_list("shade", ["white", colour]), vmin=0, vmax=1
    )
    for row, column in np.argwhere(counts > 0):
        ax.text(
            column,
            row,
            f"{counts[row, column]:.0f}",
            ha="center",
            va="center",
            fontsize=8,
            color="white" if shares[row, column] > 0.3 else INK,
        )
    dress(ax, "Decision", "True class")
    ax.set_xticks(range(n), names)
    ax.set_yticks(range(n), names)
    ax.set_xticks(np.arange(n + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(n + 1) - 0.5, minor=True)
    ax.grid(which="minor", color=PALE, linewidth=0.8)
    ax.tick_params(which="both", length=0)
    ax.spines[:].set_visible(False)
    return ax
