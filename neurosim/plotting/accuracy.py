"""Accuracy over simulated time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import check_length, checked_array
from neurosim.plotting.style import (
    GREY,
    PALE,
    add_legend,
    dress,
    new_figure,
    span_time,
    unit_colour,
    unit_name,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_accuracy_over_time(
    times_ms: npt.ArrayLike,
    accuracy: Mapping[str, npt.ArrayLike],
    ax: Axes | None = None,
    *,
    reference: float | None = None,
    settling_times_ms: Mapping[str, float | None] | None = None,
) -> Axes:
    """Draw how the share of right decisions grows while the networks run.

    Parameters
    ----------
    times_ms : array_like, shape (n_times,)
        Time since the image appeared, in ms.
    accuracy : mapping of str to array_like, shape (n_times,)
        Per network the share of right decisions, 0 to 1. ``"rate"``, ``"lif"`` and ``"hh"`` have colours
        of their own.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    reference : float, optional
        A share, 0 to 1, to compare with: drawn as a dashed line.
    settling_times_ms : mapping of str to float, optional
        Per network the time from which its accuracy counts as final; marked by a dot. None marks nothing.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If lengths differ, a share is outside 0..1, or a settling time is that of no curve.
    """
    times = checked_array("plot_accuracy_over_time(times_ms)", times_ms, 1)
    curves = {name: _checked_shares(f"accuracy[{name!r}]", shares) for name, shares in accuracy.items()}
    for name, curve in curves.items():
        check_length(f"plot_accuracy_over_time(accuracy[{name!r}])", curve, len(times), "times_ms")
    if not curves or len(times) == 0:
        raise ParameterError("plot_accuracy_over_time(accuracy)", accuracy, "must hold at least one value")
    settling = dict(settling_times_ms or {})
    for name in settling:
        if name not in curves:
            raise ParameterError(
                "plot_accuracy_over_time(settling_times_ms)", name, f"must be one of {', '.join(curves)}"
            )
    if reference is not None:
        reference = float(_checked_shares("reference", [reference])[0])

    if ax is None:
        ax = new_figure().add_subplot()
    ax.set_axisbelow(True)
    ax.grid(axis="y", color=PALE, linewidth=0.8)
    for position, (name, curve) in enumerate(curves.items()):
        colour, settled = unit_colour(name, position), settling.get(name)
        label = f"{unit_name(name)}: {100 * curve[-1]:.1f} %"
        ax.plot(
            times,
            100 * curve,
            color=colour,
            linewidth=1.8,
            label=label if settled is None else f"{label}, settled at {settled:.3g} ms",
        )
        if settled is not None:
            ax.plot(
                settled,
                100 * np.interp(settled, times, curve),
                marker="o",
                markersize=7,
                color=colour,
                markeredgecolor="white",
                zorder=3,
            )
    if reference is not None:
        ax.axhline(
            100 * reference,
            color=GREY,
            linewidth=1,
            linestyle=(0, (4, 3)),
            label=f"Rate, one pass: {100 * reference:.1f} %",
            zorder=1.5,
        )
    interval = float(times[-1] - times[-2]) if len(times) > 1 else 0.0
    span_time(ax, min(0.0, float(times[0])), float(times[-1]), interval)
    ax.set_ylim(0, 102)
    add_legend(ax, "lower right")
    return dress(ax, "Simulated time (ms)", "Test accuracy (%)")


def _checked_shares(argument: str, shares: npt.ArrayLike) -> npt.NDArray[np.float64]:
    where = f"plot_accuracy_over_time({argument})"
    array = checked_array(where, shares, 1).astype(np.float64)
    if ((array < 0) | (array > 1)).any():
        raise ParameterError(where, shares, "must lie in 0..1", "Divide per cent by 100.")
    return array
