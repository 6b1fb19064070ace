"""Weights as an image: what a unit listens to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import checked_array
from neurosim.plotting.style import GREY, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_weights(weights: npt.ArrayLike, ax: Axes | None = None, *, largest: float | None = None) -> Axes:
    """Draw weights that lie on a plane: red excites, blue inhibits, white is none.

    Parameters
    ----------
    weights : array_like, shape (n_rows, n_columns)
        Weight of the input at each place.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    largest : float, optional
        Absolute weight at which the colours are strongest, to give several images one scale; the largest
        of these weights if left out.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If this is no matrix of finite numbers, or `largest` is not above 0.
    """
    values = checked_array("plot_weights(weights)", weights, 2)
    if largest is not None and not largest > 0:
        raise ParameterError("plot_weights(largest)", largest, "must be above 0")
    if ax is None:
        ax = new_figure(2.4, 2.4).add_subplot()
    if largest is None:
        largest = float(np.abs(values).max(initial=0.0)) or 1.0
    ax.imshow(values, cmap="RdBu_r", vmin=-largest, vmax=largest, interpolation="nearest")
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set(visible=True, color=GREY, linewidth=0.6)
    return ax
