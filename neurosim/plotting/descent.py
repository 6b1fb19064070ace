"""Paths over a surface."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import checked_array
from neurosim.plotting.style import CYCLE, GREY, INK, PALE, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINES = ("-", (0, (3, 1.5)))
"""Styles of line; each goes once through the colours."""

_FINENESS = 300  # points of the surface along an axis


def plot_descent(
    height: Callable[[Any, Any], Any],
    paths: Mapping[str, npt.ArrayLike],
    frame: tuple[float, float, float, float],
    ax: Axes | None = None,
    *,
    minima: Iterable[tuple[float, float]] = (),
) -> Axes:
    """Draw contours of a function of the plane, and paths over it.

    Parameters
    ----------
    height : callable
        Takes arrays of x and y.
    paths : mapping of str to array_like, shape (n_points, 2)
        By name; a ring marks the first point, a dot the last.
    frame : tuple of four float
        Least and largest x, least and largest y.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    minima : iterable of pairs of float, optional
        Marked by crosses.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If a path is not of that shape or not finite, or the frame is empty.
    """
    left, right, bottom, top = checked_array("plot_descent(frame)", frame, 1)
    if not (left < right and bottom < top):
        raise ParameterError("plot_descent(frame)", frame, "must rise from left to right and upwards")
    lines = {name: _checked_path(name, path) for name, path in paths.items()}
    x, y = np.meshgrid(np.linspace(left, right, _FINENESS), np.linspace(bottom, top, _FINENESS))
    surface = checked_array("plot_descent(height)", height(x, y), 2)
    if ax is None:
        ax = new_figure(5.2, 4.2).add_subplot()
    # As many lines where it is flat as where it is steep.
    levels = np.unique(np.quantile(surface, np.linspace(0.0, 1.0, 18)[1:-1]))
    ax.contourf(x, y, surface, levels=levels, cmap="Greys", alpha=0.25, extend="both")
    ax.contour(x, y, surface, levels=levels, colors=PALE, linewidths=0.6)
    for k, (name, points) in enumerate(lines.items()):
        colour = CYCLE[k % len(CYCLE)]
        ax.plot(*points.T, color=colour, linestyle=line_style(k), linewidth=1.3, label=name)
        ax.plot(*points[0], marker="o", color=INK, markerfacecolor="none", markersize=6)
        ax.plot(
            *points[-1],
            marker="o",
            color=CYCLE[k % len(CYCLE)],
            markeredgecolor="white",
            markersize=5,
            zorder=5,
        )
    for place in minima:
        ax.plot(*place, marker="+", color=INK, markersize=10, markeredgewidth=1.6, zorder=4)
    ax.set(xlim=(left, right), ylim=(bottom, top))
    ax.spines[["left", "bottom"]].set_color(GREY)
    return dress(ax, "x", "y")


def line_style(position: int) -> Any:
    """Style of the line at a place in the order of paths."""
    return LINES[position // len(CYCLE) % len(LINES)]


def _checked_path(name: str, path: npt.ArrayLike) -> npt.NDArray[Any]:
    where = f"plot_descent(paths[{name!r}])"
    points = checked_array(where, path, 2)
    if points.shape[1] != 2 or len(points) == 0:
        raise ParameterError(where, points.shape, "the shape must be (n_points, 2)")
    return points
