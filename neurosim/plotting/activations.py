"""Activation functions with their derivatives."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.style import BLUE, GREY, INK, PALE, TICK_SIZE, VERMILLION, add_title, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from neurosim.analysis.activation_curves import Activations

_COLUMNS = 6


def plot_activations(
    activations: Activations = None,
    x: npt.ArrayLike | None = None,
    figure: Figure | None = None,
) -> list[Axes]:
    """Draw activation functions and their derivatives, each in axes of its own.

    Parameters
    ----------
    activations : str, Layer, list of them or mapping of name to them, optional
        What to draw: all the library has by default. A layer may be the tuning curve of any spiking model:
        ``{"LIF": TuningCurve(neurosim.neurons.LIF)}``.
    x : array_like, shape (n,), optional
        Drives; from -4 to 4 by default.
    figure : Figure, optional
        Where to draw; a new one if left out.

    Returns
    -------
    list of Axes
        One for each activation, in order.

    Raises
    ------
    ParameterError
        If there is no such activation, none is given, or `x` is not a row of finite numbers.
    """
    from neurosim.analysis import activation_curves

    curves = activation_curves(activations, x)
    if not curves:
        raise ParameterError("plot_activations(activations)", activations, "there is nothing to draw")
    columns = min(len(curves), _COLUMNS)
    rows = ceil(len(curves) / columns)
    if figure is None:
        figure = new_figure(1.9 * columns + 0.4, 1.75 * rows + 0.4)
    panels: list[Axes] = []
    for place, (name, curve) in enumerate(curves.items(), start=1):
        ax = figure.add_subplot(rows, columns, place)
        for zero in (ax.axhline, ax.axvline):
            zero(0.0, color=PALE, linewidth=0.8, zorder=0)
        ax.plot(curve.x, curve.value, color=BLUE, linewidth=1.6, label="value")
        ax.plot(
            curve.x, curve.derivative, color=VERMILLION, linewidth=1.2, linestyle="--", label="derivative"
        )
        dress(ax)
        ax.tick_params(labelsize=7, color=GREY)
        add_title(ax, name.replace("_", " "))
        panels.append(ax)
    figure.legend(
        *panels[0].get_legend_handles_labels(),
        loc="upper right" if figure.get_layout_engine() is None else "outside upper right",
        ncols=2,
        frameon=False,
        fontsize=TICK_SIZE,
        labelcolor=INK,
    )
    return panels
