"""Any continuous function from pairs of units, after the constructive proof.

A steep unit is a step; a pair of opposite weights is a bump; bumps side by side follow any continuous
function (Cybenko 1989, doi:10.1007/BF02551274). With n bumps on [0, 1] none is farther from the function than
what this changes by over 1/(2n), so that the error for a function of slope at most L is at most L/(2n).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from neurosim.models import ModelRun

from neurosim.connectivity import Dense
from neurosim.errors import ParameterError
from neurosim.output import OutputFolder
from neurosim.rate import Activation, Affine, Logistic, Sequential

STEEPNESS = 40.0
"""Slope of a unit's drive over the width of a bump; its step then takes about a tenth of the width."""

SHOWN = (8, 32)
SIZES = (4, 8, 16, 32, 64, 128)

SLOPE = 1.5 * np.pi
"""No slope of `target` is larger."""


def target(x: np.ndarray) -> np.ndarray:
    """0.5 + 0.3 sin(2 pi x) + 0.15 sin(6 pi x + 1)."""
    return 0.5 + 0.3 * np.sin(2 * np.pi * x) + 0.15 * np.sin(6 * np.pi * x + 1.0)


def bump_network(
    function: Callable[[np.ndarray], np.ndarray], n_bumps: int, activation: Activation | None = None
) -> Sequential:
    """Build a network with one hidden layer that follows a function on [0, 1], without learning.

    Parameters
    ----------
    function : callable
        From an array to an array of its shape.
    n_bumps : int
        Bumps of equal width side by side, each as high as the function in its middle and made of two units.
        The first and the last reach beyond the interval.
    activation : Activation, optional
        Rises from 0 to 1; `Logistic` if left out.

    Returns
    -------
    Sequential
        From one input through ``2*n_bumps`` units to one output.

    Raises
    ------
    ParameterError
        If there is to be no bump.
    """
    if n_bumps < 1:
        raise ParameterError("bump_network.n_bumps", n_bumps, "must be at least 1")
    width = 1.0 / n_bumps
    edges = np.linspace(0.0, 1.0, n_bumps + 1)
    rise, fall = edges[:-1].copy(), edges[1:].copy()
    rise[0], fall[-1] = -width, 1.0 + width
    heights = function(edges[:-1] + width / 2)
    steep = np.full((1, 2 * n_bumps), STEEPNESS / width)
    places = np.ravel([rise, fall], order="F")
    signed = np.ravel([heights, -heights], order="F")
    return Sequential(
        Affine(Dense(steep), bias=-steep[0] * places),
        Logistic() if activation is None else activation,
        Affine(Dense(signed[:, None]), bias=False),
    )


def approximate(network: Sequential, x: np.ndarray) -> np.ndarray:
    """Output of a network of one input at every x."""
    return np.asarray(network(x[:, None]).value[:, 0])


def largest_error(network: Sequential, function: Callable[[np.ndarray], np.ndarray]) -> float:
    """Largest distance from the function on 5,001 points of [0, 1]."""
    x = np.linspace(0.0, 1.0, 5001)
    return float(np.abs(approximate(network, x) - function(x)).max())


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``construction.png`` and ``error.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Without the two largest networks.
    seed : int, default 0
        Nothing here is random.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the largest error of the largest network as a share of the function's range.
    """
    sizes = SIZES[:-2] if quick else SIZES
    errors = [largest_error(bump_network(target, n), target) for n in sizes]
    written = [
        folder.write_figure("construction.png", _draw_construction()),
        folder.write_figure("error.png", _draw_errors(sizes, errors)),
    ]
    share = 100 * errors[-1] / np.ptp(target(np.linspace(0, 1, 2001)))
    return ModelRun(
        f"largest error of {2 * sizes[-1]} units, of the function's range: {share:.1f} %", written
    )


def _draw_construction() -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, GREY, INK, VERMILLION, add_legend, add_title, dress

    x = np.linspace(0.0, 1.0, 2001)
    figure = new_figure(9.6, 4.6)
    grid = figure.add_gridspec(2, 3)
    parts, whole = [figure.add_subplot(grid[row, 0]) for row in (0, 1)], figure.add_subplot(grid[:, 1:])

    network = bump_network(lambda x: np.ones_like(x), 5)
    units = network[1](network[0](x[:, None])).value[:, 2:4]
    for unit, colour, label in zip(units.T, (BLUE, VERMILLION), ("Weight +1", "Weight −1"), strict=True):
        parts[0].plot(x, unit, color=colour, linewidth=1.5, label=label)
    add_title(parts[0], "Two steep units")
    add_legend(parts[0], "center right")
    parts[1].fill_between(x, units[:, 0] - units[:, 1], color=BLUE, alpha=0.25, linewidth=0)
    parts[1].plot(x, units[:, 0] - units[:, 1], color=BLUE, linewidth=1.5)
    add_title(parts[1], "Their difference: a bump")
    for ax in parts:
        dress(ax, "Input" if ax is parts[1] else "", "Output")

    whole.plot(x, target(x), color=INK, linewidth=2.5, alpha=0.35, label="Function")
    for n, colour in zip(SHOWN, (VERMILLION, BLUE), strict=True):
        label = f"{n} bumps, {2 * n} units"
        whole.plot(x, approximate(bump_network(target, n), x), color=colour, linewidth=1.2, label=label)
    whole.axhline(0.0, color=GREY, linewidth=0.6)
    add_title(whole, "Bumps side by side")
    add_legend(whole, "upper right")
    dress(whole, "Input")
    return figure


def _draw_errors(sizes: tuple[int, ...], errors: list[float]) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, GREY, add_legend, dress

    figure = new_figure()
    ax = figure.subplots()
    units = 2.0 * np.array(sizes)
    ax.plot(units, errors, "o-", color=BLUE, label="Largest error")
    ax.plot(units, SLOPE / units, "--", color=GREY, label="Bound: largest slope over the number of units")
    ax.set(xscale="log", yscale="log", xlim=(5, 400), ylim=(0.01, 1))
    add_legend(ax, "lower left")
    dress(ax, "Hidden units", "Error")
    return figure
