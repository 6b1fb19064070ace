"""How networks of several kinds of unit come to a pattern, over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Course:
    """How one network comes to a pattern.

    Attributes
    ----------
    t : ndarray, shape (n_times,)
        Ends of the windows, ms.
    states : ndarray of int8, shape (n_times, n)
        1 for units whose rate, read through an exponential filter, is more than half of the full rate, or
        whose output is positive; else -1.
    overlaps : ndarray, shape (n_times,)
        With the pattern that was sought.
    n_spikes : int or None
        Of all neurons; None for units without spikes.
    """

    t: np.ndarray
    states: np.ndarray
    overlaps: np.ndarray
    n_spikes: int | None = None


class Courses(dict[str, Course]):
    """The course of each kind of unit, by name."""

    def __init__(self, courses: Mapping[str, Course], cue: float) -> None:
        super().__init__(courses)
        self.cue = cue

    def plot(self, ax: Any = None) -> Any:
        """Draw overlaps against time, a line for each kind of unit, with the time of the cue shaded.

        Parameters
        ----------
        ax : Axes, optional
            A new figure's otherwise.
        """
        from neurosim.plotting import new_figure, unit_colour, unit_name
        from neurosim.plotting.style import PALE, add_legend, dress, layered_widths

        axes = new_figure().add_subplot() if ax is None else ax
        axes.axvspan(0, self.cue, color=PALE, linewidth=0, label="Cue")
        for width, (name, course) in zip(layered_widths(len(self)), self.items(), strict=True):
            axes.plot(
                course.t, course.overlaps, linewidth=width, color=unit_colour(name), label=unit_name(name)
            )
        axes.set_ylim(min(0.0, *(course.overlaps.min() for course in self.values())), 1.03)
        axes.set_xlim(left=0)
        add_legend(axes, "lower right")
        return dress(axes, "Time (ms)", "Overlap with the stored pattern")

    def plot_states(self) -> Any:
        """Draw the states against time, a panel for each kind of unit; returns the figure."""
        from neurosim.plotting import new_figure, unit_name
        from neurosim.plotting.style import INK, LABEL_SIZE, add_title, dress

        columns = min(2, len(self))
        rows = -(-len(self) // columns)
        figure = new_figure(3.5 * columns, 0.8 + 2.2 * rows)
        panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
        for k, (ax, (name, course)) in enumerate(zip(panels, self.items(), strict=False)):
            ends, units = np.append(0.0, course.t), np.arange(course.states.shape[1] + 1)
            ax.pcolormesh(ends, units, course.states.T, cmap="Greys", vmin=-1, vmax=1)
            lowest = k + columns >= len(self)
            ax.tick_params(labelbottom=lowest)
            add_title(
                dress(ax, "Time (ms)" if lowest else "", "" if k % columns else "Unit"), unit_name(name)
            )
        for ax in panels[len(self) :]:
            ax.remove()
        told = f"Dark: the unit is up. Driven by the probe up to {self.cue:g} ms."
        figure.suptitle(told, fontsize=LABEL_SIZE, color=INK, x=0.02, ha="left")
        return figure
