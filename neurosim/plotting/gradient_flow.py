"""Gradients through time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.plotting.checks import checked_array
from neurosim.plotting.style import CYCLE, add_legend, dress, new_figure, point_marker

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_gradient_flow(flow: Any, ax: Axes | None = None, *, label: str | None = None) -> Axes:
    """Draw the norm of the loss's gradient for the state at each step, on a logarithmic scale.

    Steps without a gradient are left out. Several flows may go into one Axes.

    Parameters
    ----------
    flow : GradientFlow
        Any object with a list ``norms`` of arrays of shape (time,), and as many names in ``layers``.
    ax : Axes, optional
        Where to draw, in the next colours; a new figure if left out.
    label : str, optional
        Its name in the legend, before those of the layers where there are several. The names of the layers by
        default.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If there are no norms or not as many names, or one is negative or not finite.
    """
    names = list(flow.layers)
    where = "plot_gradient_flow(flow.norms)"
    courses = [checked_array(where, norms, 1) for norms in flow.norms]
    if not courses or len(courses) != len(names):
        raise ParameterError(where, len(courses), f"must be one for each of {len(names)} layers")
    for course in courses:
        if not course.size or course.min() < 0.0:
            raise ParameterError(where, course, "must be norms, at least one, none of them negative")
    if label is not None:
        names = [label] if len(names) == 1 else [f"{label}: {name}" for name in names]
    if ax is None:
        ax = new_figure().add_subplot()
    ax.set_yscale("log")
    for name, course in zip(names, courses, strict=True):
        steps = np.arange(1, len(course) + 1)
        colour = CYCLE[len(ax.lines) % len(CYCLE)]
        shown = np.where(course > 0.0, course, np.nan)
        ax.plot(steps, shown, color=colour, label=name, marker=point_marker(len(course)))
    add_legend(ax, "best")
    return dress(ax, "Step", "Gradient for the state")
