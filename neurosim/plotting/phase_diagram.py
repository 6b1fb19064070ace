"""Where in load and temperature a memory works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import checked_array
from neurosim.plotting.style import TICK_SIZE, VERMILLION, add_legend, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_phase_diagram(
    loads: npt.ArrayLike,
    temperatures: npt.ArrayLike,
    overlaps: npt.ArrayLike,
    ax: Axes | None = None,
    *,
    boundary: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
) -> Axes:
    """Draw the overlap that a memory keeps, as a map over load and temperature.

    Parameters
    ----------
    loads : array_like, shape (loads,)
        Patterns a unit, rising.
    temperatures : array_like, shape (temperatures,)
        Rising.
    overlaps : array_like, shape (temperatures, loads)
        From 0 to 1.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    boundary : tuple of two array_like, optional
        Loads and temperatures of a line, up to which theory holds a pattern.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If the map has not a row for each temperature and a column for each load.
    """
    x = checked_array("plot_phase_diagram(loads)", loads, 1)
    y = checked_array("plot_phase_diagram(temperatures)", temperatures, 1)
    values = checked_array("plot_phase_diagram(overlaps)", overlaps, 2)
    if values.shape != (len(y), len(x)) or min(values.shape) < 2:
        limit = f"the shape must be ({len(y)}, {len(x)}), temperatures and loads, two or more of either"
        raise ParameterError("plot_phase_diagram(overlaps)", values.shape, limit)
    if ax is None:
        ax = new_figure(5.6, 4.0).add_subplot()
    shown = ax.pcolormesh(x, y, values, vmin=0, vmax=1, cmap="Blues", shading="nearest")
    bar = ax.get_figure().colorbar(shown, ax=ax)  # type: ignore[union-attr]
    bar.set_label("Overlap", fontsize=TICK_SIZE)
    bar.ax.tick_params(labelsize=TICK_SIZE)
    bar.outline.set_visible(False)
    if boundary is not None:
        line = [checked_array("plot_phase_diagram(boundary)", part, 1) for part in boundary]
        ax.plot(*line, color=VERMILLION, linewidth=1.6, label="Theory, many units")
        add_legend(ax, "upper right")
    # Cells reach to both sides of their points, but there is no load or temperature below 0.
    ax.set_xlim(left=max(0.0, ax.get_xlim()[0]))
    ax.set_ylim(bottom=max(0.0, ax.get_ylim()[0]))
    return dress(ax, "Load (patterns a unit)", "Temperature")
