"""How like a stored pattern the states of a memory are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import checked_array
from neurosim.plotting.style import (
    BLUE,
    CYCLE,
    PALE,
    add_legend,
    count_along_x,
    dress,
    layered_widths,
    new_figure,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_LINES = 200


def plot_overlaps(overlaps: npt.ArrayLike, ax: Axes | None = None) -> Axes:
    """Draw overlaps with a stored pattern: against sweeps, or as a histogram.

    Parameters
    ----------
    overlaps : array_like, shape (n_sweeps + 1, batch) or (batch,)
        From -1 to 1; a line for each state, the first 200 of them, or the last overlap of each.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If the array is empty or has more axes.
    """
    values = np.asarray(overlaps)
    if values.ndim not in (1, 2) or values.size == 0:
        raise ParameterError(
            "plot_overlaps(overlaps)", values.shape, "the shape must be (sweeps, batch) or (batch,)"
        )
    values = checked_array("plot_overlaps(overlaps)", values, values.ndim)
    if ax is None:
        ax = new_figure().add_subplot()
    if values.ndim == 1:
        ax.hist(values, bins=40, range=(min(0.0, float(values.min())), 1.0), color=BLUE)
        return dress(ax, "Overlap with the nearest pattern", "Probes")
    plot_recall_course(values, "Overlap with the nearest pattern", ax)
    ax.set_ylim(min(0.0, float(values.min())), 1.02)
    return ax


def plot_recall_course(
    values: npt.ArrayLike, y_label: str, ax: Axes | None = None, *, first: int = 0
) -> Axes:
    """Draw what changes from sweep to sweep, a line for each probe.

    Parameters
    ----------
    values : array_like, shape (n_sweeps, batch)
        Such as energies, or units that flipped; the first 200 of the batch are drawn. Up to seven have
        colours and names, and widths that let lines on top of one another all be seen.
    y_label : str
        What they are.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    first : int, default 0
        Sweep of the first values; 0 is the state before any.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If these are no finite numbers with two axes.
    """
    shown = checked_array("plot_recall_course(values)", values, 2)[:, :MOST_LINES]
    if ax is None:
        ax = new_figure().add_subplot()
    ax.set_axisbelow(True)
    ax.grid(axis="y", color=PALE, linewidth=0.8)
    sweeps = np.arange(first, first + len(shown))
    batch = shown.shape[1]
    if 1 < batch <= len(CYCLE):
        for k, (line, width) in enumerate(zip(shown.T, layered_widths(batch), strict=True)):
            ax.plot(sweeps, line, color=CYCLE[k], linewidth=width, label=f"Probe {k}")
        add_legend(ax, "above")
    else:
        ax.plot(sweeps, shown, color=BLUE, linewidth=1.2, alpha=max(0.15, max(1, batch) ** -0.5))
    count_along_x(ax)
    return dress(ax, "Sweeps", y_label)


def plot_pattern_overlaps(overlaps: npt.ArrayLike, ax: Axes | None = None) -> Axes:
    """Draw the overlaps of one state with all stored patterns against sweeps, a line for each pattern.

    Parameters
    ----------
    overlaps : array_like, shape (n_sweeps + 1, m)
        From -1 to 1. The legend names up to eight patterns by their numbers.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If the array is empty or has other axes.
    """
    values = checked_array("plot_pattern_overlaps(overlaps)", overlaps, 2)
    if values.size == 0:
        raise ParameterError(
            "plot_pattern_overlaps(overlaps)", values.shape, "must hold a sweep and a pattern"
        )
    if ax is None:
        ax = new_figure().add_subplot()
    ax.set_axisbelow(True)
    ax.grid(axis="y", color=PALE, linewidth=0.8)
    for k, line in enumerate(values.T):
        ax.plot(line, color=CYCLE[k % len(CYCLE)], linewidth=1.5, label=f"Pattern {k}")
    ax.set_ylim(min(0.0, float(values.min())) - 0.02, 1.05)
    if values.shape[1] <= 8:
        add_legend(ax, "above")
    count_along_x(ax)
    return dress(ax, "Sweeps", "Overlap")
