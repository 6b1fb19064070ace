"""What a memory does against one thing that is varied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy.typing as npt

from neurosim.plotting.checks import check_length, checked_array
from neurosim.plotting.style import CYCLE, INK, PALE, add_legend, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_memory_curve(
    x: npt.ArrayLike,
    mean: npt.ArrayLike,
    error: npt.ArrayLike,
    ax: Axes | None = None,
    *,
    x_label: str,
    y_label: str,
    label: str = "",
    theory: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
) -> Axes:
    """Draw means with their standard errors, and what theory says.

    Parameters
    ----------
    x, mean, error : array_like, shape (points,)
    ax : Axes, optional
        Where to draw, in the next colour; a new figure if left out.
    x_label, y_label : str
    label : str, default ""
        Of these points in the legend.
    theory : tuple of two array_like, optional
        Points of a line, which NaN breaks.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If there are no numbers, or they differ in length.
    """
    points = checked_array("plot_memory_curve(x)", x, 1)
    means = checked_array("plot_memory_curve(mean)", mean, 1)
    errors = checked_array("plot_memory_curve(error)", error, 1)
    check_length("plot_memory_curve(mean)", means, len(points), "x")
    check_length("plot_memory_curve(error)", errors, len(points), "x")
    if ax is None:
        ax = new_figure().add_subplot()
    ax.set_axisbelow(True)
    ax.grid(axis="y", color=PALE, linewidth=0.8)
    colour = CYCLE[len(ax.containers) % len(CYCLE)]
    ax.errorbar(
        points, means, errors, marker="o", markersize=4, linewidth=1.3, capsize=2, color=colour, label=label
    )
    if theory is not None:
        line = [checked_array("plot_memory_curve(theory)", part, 1, finite=False) for part in theory]
        ax.plot(*line, color=INK, linewidth=1.2, linestyle=(0, (4, 2)), label="Theory", zorder=3)
    if ax.get_legend_handles_labels()[1]:
        add_legend(ax)
    return dress(ax, x_label, y_label)
