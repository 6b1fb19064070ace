"""State variables over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import check_length, checked_array
from neurosim.plotting.style import CYCLE, INK, TICK_SIZE, add_legend, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_traces(
    times_ms: npt.ArrayLike,
    values: npt.ArrayLike,
    labels: Sequence[str] | None = None,
    unit: str = "mV",
    ax: Axes | None = None,
    *,
    quantity: str = "Membrane potential",
    stacked: bool = False,
    colour: str | None = None,
) -> Axes:
    """Draw one curve or several over time.

    Parameters
    ----------
    times_ms : array_like, shape (n_times,)
        Time in ms.
    values : array_like, shape (n_times,) or (n_traces, n_times)
        One row per curve, in ``unit``; NaN leaves a gap.
    labels : sequence of str, optional
        Name of each curve.
    unit : str, default "mV"
        Unit of the values; ``"1"`` or an empty string for none.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    quantity : str, default "Membrane potential"
        What is drawn, for the axis.
    stacked : bool, default False
        One above the other, the first on top, with a scale bar instead of an axis.
    colour : str, optional
        One colour for all; by default each has its own, or, if stacked, all are dark grey.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If lengths differ, labels are missing, or the times are not finite.
    """
    times = checked_array("plot_traces(times_ms)", times_ms, 1)
    traces = np.atleast_2d(checked_array("plot_traces(values)", values, 1, 2, finite=False))
    check_length("plot_traces(values)", traces, len(times), "times_ms")
    if traces.size == 0:
        raise ParameterError("plot_traces(values)", values, "must hold at least one value")
    if labels is not None and len(labels) != len(traces):
        raise ParameterError("plot_traces(labels)", labels, f"must be {len(traces)}, one for each trace")

    if ax is None:
        ax = new_figure().add_subplot()
    if stacked:
        _draw_stack(ax, times, traces, labels, unit, colour or INK)
        dress(ax, "Time (ms)", quantity)
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)
    else:
        for position, trace in enumerate(traces):
            ax.plot(
                times,
                trace,
                color=colour or CYCLE[position % len(CYCLE)],
                linewidth=1.2,
                label=labels[position] if labels else None,
            )
        dress(ax, "Time (ms)", f"{quantity} ({unit})" if unit not in ("", "1") else quantity)
        if labels:
            add_legend(ax, "above")
    ax.set_xlim(times[0], times[-1] if times[-1] > times[0] else times[0] + 1)
    return ax


def _draw_stack(
    ax: Axes,
    times: npt.NDArray[Any],
    traces: npt.NDArray[Any],
    labels: Sequence[str] | None,
    unit: str,
    colour: str,
) -> None:
    finite = traces[np.isfinite(traces)]
    lowest, highest = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
    height = float(highest - lowest) or 1.0
    offsets = 1.15 * height * np.arange(len(traces))[::-1]
    for trace, offset in zip(traces, offsets, strict=True):
        ax.plot(times, trace - lowest + offset, color=colour, linewidth=0.9)
    ax.set_yticks(offsets + 0.5 * height, labels or [""] * len(traces))
    ax.set_ylim(-0.05 * height, offsets[0] + 1.05 * height)

    bar = _round_length(0.6 * height)
    ax.plot(
        [1.015, 1.015], [0, bar], color=INK, linewidth=1.5, transform=ax.get_yaxis_transform(), clip_on=False
    )
    ax.annotate(
        f"{bar:g} {unit}" if unit not in ("", "1") else f"{bar:g}",
        (1.025, 0.5 * bar),
        xycoords=ax.get_yaxis_transform(),
        va="center",
        fontsize=TICK_SIZE,
        color=INK,
    )


def _round_length(longest: float) -> float:
    """The largest of 1, 2, 5, 10, 20, ... (and 0.5, 0.2, ...) not above a length."""
    decade = 10.0 ** np.floor(np.log10(longest))
    return float(decade * max(step for step in (1, 2, 5) if step * decade <= longest * (1 + 1e-12)))
