"""The energies at which a memory comes to rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import checked_array
from neurosim.plotting.style import CYCLE, INK, TICK_SIZE, add_legend, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 60


def plot_end_energies(
    energies: Mapping[str, npt.ArrayLike], marks: Mapping[str, float] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw a histogram of the energies of states at rest, stacked by kind.

    Parameters
    ----------
    energies : mapping of str to array_like, shape (states,)
        Kind, and the energies of its states; empty kinds are left out.
    marks : mapping of str to float, optional
        Names of energies to mark by a line.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If there is no energy.
    """
    given = {name: checked_array(f"plot_end_energies({name!r})", e, 1) for name, e in energies.items()}
    if not any(len(values) for values in given.values()):
        raise ParameterError("plot_end_energies(energies)", energies, "there is no energy")
    if ax is None:
        ax = new_figure().add_subplot()
    every = np.concatenate([*given.values(), np.array(list((marks or {}).values()))])
    margin = 0.04 * max(float(np.ptp(every)), 1e-3)
    limits = (float(every.min()) - margin, float(every.max()) + margin)
    shown = [(name, values, CYCLE[k]) for k, (name, values) in enumerate(given.items()) if len(values)]
    ax.hist(
        [values for _, values, _ in shown],
        bins=BINS,
        range=limits,
        stacked=True,
        color=[colour for _, _, colour in shown],
        label=[f"{name} ({len(values)})" for name, values, _ in shown],
    )
    for name, energy in (marks or {}).items():
        ax.axvline(energy, color=INK, linewidth=1.0, linestyle=(0, (4, 3)))
        ax.annotate(
            name,
            (energy, 1.0),
            xycoords=ax.get_xaxis_transform(),
            xytext=(-3, -3),
            textcoords="offset points",
            rotation=90,
            ha="right",
            va="top",
            fontsize=TICK_SIZE,
            color=INK,
        )
    ax.set_xlim(*limits)
    add_legend(ax)
    return dress(ax, "Energy a unit", "States at rest")
