"""Firing rates of populations over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.plotting.style import BLUE, GREY, PALE, dress, new_figure, span_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_rate(
    monitor: Any,
    ax: Axes | None = None,
    *,
    width: Any = None,
    kernel: str = "gaussian",
    colour: str = BLUE,
    label: str | None = None,
) -> Axes:
    """Draw the rate of a population in bins, or smoothed over its bins; over trials, the mean.

    Parameters
    ----------
    monitor : rate monitor
        Any object with the middles of bins ``t`` in ms and ``rate`` in Hz, (n_bins,) or (n_bins, trials).
    ax : Axes, optional
        Where to draw; a new figure if left out.
    width : float, str or quantity, optional
        Also draw ``monitor.smoothed(width, kernel)``, the bins pale behind it.
    kernel : {"gaussian", "box", "exponential"}, default "gaussian"
    colour : str, default blue
        Colour of the curve.
    label : str, optional
        Its name in a legend.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If this is no rate monitor, or there is no bin yet.
    """
    if not (hasattr(monitor, "t") and hasattr(monitor, "rate")):
        remedy = "Such as RateMonitor(cells, '5 ms')."
        raise ParameterError("plot_rate(monitor)", monitor, "must be a rate monitor", remedy)
    times = np.asarray(monitor.t)
    if not len(times):
        raise ParameterError("plot_rate(monitor)", monitor, "has no bin yet", "Run the network first.")
    bin_width = float(times[1] - times[0]) if len(times) > 1 else 2 * float(times[0])
    edges = np.append(times - bin_width / 2, times[-1] + bin_width / 2)
    if ax is None:
        ax = new_figure().add_subplot()
    heights = _mean(monitor.rate)
    if width is None:
        ax.stairs(heights, edges, baseline=None, color=colour, linewidth=1.2, label=label)
    else:
        ax.stairs(heights, edges, fill=True, color=PALE)
        ax.stairs(heights, edges, baseline=None, color=GREY, linewidth=0.4)
        ax.plot(times, _mean(monitor.smoothed(width, kernel)), color=colour, linewidth=1.5, label=label)
    span_time(ax, float(edges[0]), float(edges[-1]))
    ax.set_ylim(bottom=0.0)
    return dress(ax, "Time (ms)", "Rate (Hz)")


def _mean(rate: Any) -> np.ndarray:
    """The rate, averaged over trials where there are several."""
    rates = np.asarray(rate, dtype=float)
    return rates if rates.ndim == 1 else np.asarray(rates.mean(axis=1))
