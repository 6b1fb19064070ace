"""Responses of synapses to one spike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import check_length, checked_array
from neurosim.plotting.style import CYCLE, add_legend, dress, new_figure, span_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_filters(
    times_ms: npt.ArrayLike,
    responses: Mapping[str, npt.ArrayLike],
    ax: Axes | None = None,
    *,
    y_label: str = "Postsynaptic current (1/ms)",
) -> Axes:
    """Draw what a spike at time 0 leaves behind, for one PSC filter or several.

    Parameters
    ----------
    times_ms : array_like, shape (n_times,)
        Time after the spike, in ms.
    responses : mapping of str to array_like, shape (n_times,)
        Per filter its response; in 1/ms for filters of area 1.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    y_label : str, default "Postsynaptic current (1/ms)"
        What the responses are.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If there is no filter, lengths differ or a value is not finite.
    """
    times = checked_array("plot_filters(times_ms)", times_ms, 1)
    if not responses or len(times) == 0:
        raise ParameterError("plot_filters(responses)", responses, "must hold at least one value")
    curves = {}
    for name, response in responses.items():
        curves[name] = checked_array(f"plot_filters(responses[{name!r}])", response, 1)
        check_length(f"plot_filters(responses[{name!r}])", curves[name], len(times), "times_ms")

    if ax is None:
        ax = new_figure(4.8, 3.6).add_subplot()
    for position, (name, curve) in enumerate(curves.items()):
        colour = CYCLE[position % len(CYCLE)]
        ax.plot(times, curve, color=colour, linewidth=1.6, label=name)
        ax.fill_between(times, curve, color=colour, alpha=0.08, linewidth=0)
    span_time(ax, float(times[0]), float(times[-1]))
    add_legend(ax)
    return dress(ax, "Time after the spike (ms)", y_label)
