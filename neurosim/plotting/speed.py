"""Running times of simulators beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from neurosim.errors import ParameterError
from neurosim.plotting.style import CYCLE, TICK_SIZE, add_legend, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_speed(seconds: Mapping[str, Mapping[str, float]], ax: Axes | None = None) -> Axes:
    """Draw running times as dots, a line for each case and a colour for each simulator.

    Parameters
    ----------
    seconds : mapping of str to mapping of str to float
        Case to simulator to its time, s.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes
        With a logarithmic axis of time.

    Raises
    ------
    ParameterError
        If there is nothing to draw, or a time is not positive.
    """
    for case, times in seconds.items():
        for simulator, time in times.items():
            if not 0 < time < np.inf:
                raise ParameterError(f"plot_speed.seconds[{case!r}][{simulator!r}]", time, "must be positive")
    simulators = [*dict.fromkeys(simulator for times in seconds.values() for simulator in times)]
    if not simulators:
        raise ParameterError("plot_speed.seconds", seconds, "must hold at least one time")
    from matplotlib.ticker import LogFormatter

    if ax is None:
        ax = new_figure(7.5, 1.2 + 0.4 * len(seconds)).subplots()
    cases = [*seconds]
    dress(ax, "Time (s)")
    for position, simulator in enumerate(simulators):
        found = [(times[simulator], row) for row, times in enumerate(seconds.values()) if simulator in times]
        # A second round through the colours gets another marker.
        marker = "os"[position // len(CYCLE) % 2]
        ax.plot(*zip(*found, strict=True), marker, color=CYCLE[position % len(CYCLE)], label=simulator, ms=7)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.xaxis.set_minor_formatter(LogFormatter())  # numbers where there is hardly a decade
    ax.tick_params(which="minor", labelsize=TICK_SIZE)
    ax.set_yticks(range(len(cases)), cases)
    ax.set_ylim(len(cases) - 0.5, -0.5)
    ax.grid(axis="y", alpha=0.3)
    add_legend(ax, "above")
    return ax
