"""State variables over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import check_length, checked_array
from neurosim.plotting.style import (
    CYCLE,
    INK,
    TICK_SIZE,
    add_legend,
    dress,
    new_figure,
    pretty_unit,
    span_time,
    with_unit,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_NAMES = 8
"""More neurons than these are not named."""


def plot_traces(
    times_ms: Any,
    values: npt.ArrayLike | str,
    labels: Sequence[str] | None = None,
    unit: str | None = None,
    ax: Axes | None = None,
    *,
    quantity: str | None = None,
    stacked: bool = False,
    colour: str | None = None,
) -> Axes:
    """Draw one curve or several over time.

    Parameters
    ----------
    times_ms : array_like, shape (n_times,), or a state monitor
        Time in ms; or any object with times ``t`` in ms that gives a variable's values by its name.
    values : array_like, shape (n_times,), (n_traces, n_times) or (n_times, n_traces), or str
        One curve or several, in ``unit``; NaN leaves a gap. A square array holds a curve in each row. With a
        monitor, the name of a variable it has recorded.
    labels : sequence of str, optional
        Name of each curve; by default those of a monitor are called after their neurons, if these are 2 to 8.
    unit : str, optional
        Unit of the values; ``"1"`` or an empty string for none. By default that of a monitor's variable; bare
        arrays have none.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    quantity : str, optional
        What is drawn, for the axis; by default the name of a monitor's variable, or "Membrane potential".
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
        If lengths differ, labels are missing, the times are not finite, or a monitor has several trials.
    """
    if isinstance(values, str):
        monitor, variable = times_ms, values
        if not (hasattr(monitor, "t") and hasattr(monitor, "__getitem__")):
            raise ParameterError("plot_traces(values)", values, "names a variable, but there is no monitor")
        times_ms, values = monitor.t, np.asarray(monitor[variable]).T
        if values.ndim == 3:
            remedy = f"Draw one of them: plot_traces(monitor.t, monitor[{variable!r}][:, 0])."
            raise ParameterError("plot_traces(values)", variable, "was recorded in several trials", remedy)
        labels = labels or _neuron_names(monitor)
        unit = _unit_of(monitor, variable) if unit is None else unit
        quantity = variable if quantity is None else quantity
    times = checked_array("plot_traces(times_ms)", times_ms, 1)
    traces = np.atleast_2d(checked_array("plot_traces(values)", values, 1, 2, finite=False))
    if traces.shape[1] != len(times) == traces.shape[0]:
        traces = traces.T
    unit, quantity = unit or "", "Membrane potential" if quantity is None else quantity
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
        dress(ax, "Time (ms)", with_unit(quantity, unit))
        if labels:
            add_legend(ax, "above")
    interval = float(times[-1] - times[-2]) if len(times) > 1 else 0.0
    span_time(ax, float(times[0]), float(times[-1]), interval)
    return ax


def _neuron_names(monitor: Any) -> list[str] | None:
    recorded = getattr(monitor, "record", ())
    return [f"neuron {i}" for i in recorded] if 2 <= len(recorded) <= MOST_NAMES else None


def _unit_of(monitor: Any, variable: str) -> str:
    """The unit in which a monitor gives a variable, where it tells."""
    return str(getattr(monitor, "units", {}).get(variable, ""))


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
        f"{bar:g} {pretty_unit(unit)}" if unit not in ("", "1") else f"{bar:g}",
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
