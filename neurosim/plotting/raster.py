"""Spike rasters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import check_length, checked_array
from neurosim.plotting.style import INK, dress, new_figure, span_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS_PER_INCH = 72


def plot_raster(
    times_ms: Any,
    indices: npt.ArrayLike | None = None,
    ax: Axes | None = None,
    *,
    n_units: int | None = None,
    duration_ms: float | None = None,
    colour: str = INK,
    y_label: str = "Neuron",
) -> Axes:
    """Draw each spike as a dash at its time, in the row of its neuron.

    Parameters
    ----------
    times_ms : array_like, shape (n_spikes,), or a spike monitor
        Spike times in ms; or any object with times ``t`` in ms and neuron numbers ``i``. Spikes of several
        trials share the rows; those of one are ``monitor.t[monitor.trial == 0]``.
    indices : array_like of int, shape (n_spikes,), optional
        Number of the neuron of each spike; left out if a monitor is given.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    n_units : int, optional
        Number of rows; by default that of a monitor's neurons, or up to the largest index.
    duration_ms : float, optional
        Right end of the time axis in ms; by default that of a monitor's recording, or the last spike.
    colour : str, default dark grey
        Colour of the dashes.
    y_label : str, default "Neuron"
        What a row is.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If times and indices differ in number, are not finite, or an index is no row.
    """
    from matplotlib.ticker import MaxNLocator

    if indices is None:
        if not (hasattr(times_ms, "t") and hasattr(times_ms, "i")):
            raise ParameterError("plot_raster(indices)", None, "is needed beside bare times")
        n_units = getattr(times_ms, "n", None) if n_units is None else n_units
        duration_ms = (getattr(times_ms, "duration", 0.0) or None) if duration_ms is None else duration_ms
        times_ms, indices = times_ms.t, times_ms.i
    times = checked_array("plot_raster(times_ms)", times_ms, 1)
    rows = checked_array("plot_raster(indices)", indices, 1)
    check_length("plot_raster(indices)", rows, len(times), "times_ms")
    if n_units is None:
        n_units = max(1, int(rows.max(initial=0)) + 1)
    if n_units < 1:
        raise ParameterError("plot_raster(n_units)", n_units, "must be at least 1")
    if len(rows) and (rows.min() < 0 or rows.max() >= n_units):
        raise ParameterError("plot_raster(indices)", rows, f"must lie in 0..{n_units - 1}")
    if duration_ms is None:
        duration_ms = float(times.max()) if len(times) else 1.0
    if not duration_ms > 0:
        raise ParameterError("plot_raster(duration_ms)", duration_ms, "must be above 0 ms")

    if ax is None:
        ax = new_figure().add_subplot()
    points_per_pixel = POINTS_PER_INCH / ax.figure.dpi
    width, height = ax.bbox.width * points_per_pixel, ax.bbox.height * points_per_pixel
    row_height = height / n_units
    dash_height = min(max(0.8 * row_height, 2.2), 9)
    dash_width = min(max(0.25 * row_height, 0.8), 1.2)
    coverage = len(times) * dash_height * dash_width / (width * height)
    ax.plot(
        times,
        rows,
        linestyle="none",
        marker="|",
        markersize=dash_height,
        markeredgewidth=dash_width,
        alpha=min(1, max(0.05, 0.7 / coverage))
        if coverage
        else 1,  # where dashes overlap, shade shows the rate
        color=colour,
        rasterized=True,  # a million dashes would make a vector file unreadable
    )
    span_time(ax, 0.0, duration_ms)
    ax.set_ylim(-0.5, n_units - 0.5)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    return dress(ax, "Time (ms)", y_label)
