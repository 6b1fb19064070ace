"""The energy of a memory as a landscape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import checked_array
from neurosim.plotting.style import INK, TICK_SIZE, VERMILLION, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEVELS = 16


def plot_energy_landscape(
    coordinates: npt.ArrayLike,
    energies: npt.ArrayLike,
    ax: Axes | None = None,
    *,
    paths: npt.ArrayLike | None = None,
    names: tuple[str, str] = ("Pattern 0", "Pattern 1"),
) -> Axes:
    """Draw energy over the plane of two patterns, and paths of states as seen from above.

    Parameters
    ----------
    coordinates : array_like, shape (points,)
        Of both axes.
    energies : array_like, shape (points, points)
        Second pattern by row, first by column; NaN where there are no states.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    paths : array_like, shape (sweeps + 1, batch, 2), optional
        Coordinates of states; a dot where each comes to rest.
    names : tuple of two str
        Of the patterns.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If the shapes do not fit each other.
    """
    axis = checked_array("plot_energy_landscape(coordinates)", coordinates, 1)
    values = checked_array("plot_energy_landscape(energies)", energies, 2, finite=False)
    if values.shape != (len(axis), len(axis)) or len(axis) < 2:
        limit = f"the shape must be ({len(axis)}, {len(axis)}), two points or more"
        raise ParameterError("plot_energy_landscape(energies)", values.shape, limit)
    if ax is None:
        ax = new_figure(5.4, 4.6).add_subplot()
    shown = ax.contourf(axis, axis, values, LEVELS, cmap="Blues_r")
    ax.contour(axis, axis, values, LEVELS, colors="white", linewidths=0.4, linestyles="solid")
    bar = ax.get_figure().colorbar(shown, ax=ax)  # type: ignore[union-attr]
    bar.set_label("Energy", fontsize=TICK_SIZE)
    bar.ax.tick_params(labelsize=TICK_SIZE)
    bar.outline.set_visible(False)
    if paths is not None:
        lines = checked_array("plot_energy_landscape(paths)", paths, 3)
        for k in range(lines.shape[1]):
            ax.plot(*lines[:, k].T, color=VERMILLION, linewidth=0.9, alpha=0.7)
        ax.plot(*lines[0].T, ".", color=VERMILLION, markersize=3)
        ax.plot(*lines[-1].T, "o", color=INK, markersize=4)
    ax.set_aspect("equal")
    return dress(ax, f"Along {names[0].lower()}", f"Along {names[1].lower()}")
