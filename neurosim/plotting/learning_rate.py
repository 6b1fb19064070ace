"""Learning rates over steps, and the search for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.plotting.checks import check_length, checked_array
from neurosim.plotting.style import BLUE, GREY, INK, PALE, VERMILLION, add_legend, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_schedule(
    schedule: Callable[[int], float],
    n_steps: int,
    ax: Axes | None = None,
    *,
    colour: str = BLUE,
    label: str | None = None,
) -> Axes:
    """Draw the learning rate that a schedule gives to each step.

    Parameters
    ----------
    schedule : callable
        Takes the number of steps taken before, returns the rate.
    n_steps : int
        At least 1.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    colour : str, default blue
    label : str, optional
        Its name in a legend.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If `schedule` cannot be called, or `n_steps` is not a positive whole number.
    """
    if not callable(schedule):
        raise ParameterError("plot_schedule(schedule)", schedule, "must be a function of the step")
    if not isinstance(n_steps, int | np.integer) or n_steps < 1:
        raise ParameterError("plot_schedule(n_steps)", n_steps, "must be a whole number, at least 1")
    rates = checked_array("plot_schedule(schedule)", [schedule(step) for step in range(n_steps)], 1)
    if ax is None:
        ax = new_figure().add_subplot()
    edges = np.arange(n_steps + 1) - 0.5
    if n_steps > 400:  # stairs too narrow to be seen
        ax.plot(np.arange(n_steps), rates, color=colour, linewidth=1.5, label=label)
    else:
        ax.stairs(rates, edges, baseline=None, color=colour, linewidth=1.5, label=label)
    ax.set_xlim(0, max(n_steps - 1, 1))
    ax.set_ylim(bottom=0.0)
    if label is not None:
        add_legend(ax, "above")
    return dress(ax, "Step", "Learning rate")


def plot_rate_search(search: Any, ax: Axes | None = None) -> Axes:
    """Draw the loss against the learning rate that was tried, and mark the suggested one.

    Parameters
    ----------
    search : RateSearch
        Any object with arrays ``rates``, ``losses`` and ``smoothed``, and the ``suggestion``.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If the lengths differ, or a value is not finite.
    """
    rates = checked_array("plot_rate_search(search.rates)", search.rates, 1)
    losses = checked_array("plot_rate_search(search.losses)", search.losses, 1)
    smoothed = checked_array("plot_rate_search(search.smoothed)", search.smoothed, 1)
    check_length("plot_rate_search(search.losses)", losses, len(rates), "rates")
    check_length("plot_rate_search(search.smoothed)", smoothed, len(rates), "rates")
    if ax is None:
        ax = new_figure().add_subplot()
    ax.set_xscale("log")
    ax.axvline(search.suggestion, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
    ax.plot(rates, losses, color=PALE, linewidth=1.2, label="each batch")
    ax.plot(rates, smoothed, color=INK, linewidth=1.6, label="smoothed")
    ax.plot(
        search.suggestion,
        np.interp(search.suggestion, rates, smoothed),
        marker="o",
        markersize=6,
        color=VERMILLION,
        markeredgecolor="white",
        linestyle="none",
        label=f"suggested: {search.suggestion:.2g}",
        zorder=3,
    )
    highest, lowest = float(smoothed.max()), float(losses.min())
    margin = 0.1 * (highest - lowest or 1.0)  # what diverged may leave the figure
    ax.set_ylim(lowest - margin, highest + margin)
    add_legend(ax, "lower left")
    return dress(ax, "Learning rate", "Loss")
