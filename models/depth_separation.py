"""Saw-teeth: what few units in many layers draw, one layer needs very many for.

A hidden layer of w rectifying units makes at most w + 1 straight pieces of one, so that layers of w_1, w_2,
... units make at most (w_1 + 1)(w_2 + 1)... The tent map doubles the pieces with two units: composed k times
it has 2^k of them, for which a single layer needs 2^k - 1 units or more (Telgarsky 2015, arXiv:1509.08101).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from neurosim.models import ModelRun

from neurosim.connectivity import Dense
from neurosim.output import OutputFolder
from neurosim.rate import Affine, Layer, ReLU, Sequential

DOUBLINGS = 12
"""Of the pieces, in the comparison of depths."""

DEPTHS = (1, 2, 4)
"""Numbers of hidden layers, divisors of `DOUBLINGS`."""

FITTED = 6
"""Doublings of the saw-tooth that a single layer is fitted to."""


def sawtooth_network(pieces: Sequence[int]) -> Sequential:
    """Build a network that draws a saw-tooth from 0 up to 1, down to 0, ... over [0, 1].

    Parameters
    ----------
    pieces : sequence of int
        For each hidden layer the straight pieces of its own saw-tooth, and its units; the network composes
        them, and has as many pieces as the product.

    Returns
    -------
    Sequential
        From one input to one output through a hidden layer for each entry.
    """
    layers: list[Layer] = []
    weights, offset = np.ones((1, 1)), 0.0
    for n in pieces:
        # Unit j begins at the j-th corner and turns the slope from n to -n, or back.
        layers += [Affine(Dense(np.repeat(weights, n, axis=1)), bias=offset - np.arange(n) / n), ReLU()]
        turns = 2.0 * n * (-1.0) ** np.arange(n)
        turns[0] = n
        weights = turns[:, None]
    return Sequential(*layers, Affine(Dense(weights), bias=False))


def n_units(network: Sequential) -> int:
    """Number of hidden units."""
    return sum(layer.connectivity.n_pre for layer in network if isinstance(layer, Affine)) - 1


def evaluate(network: Sequential, x: np.ndarray) -> np.ndarray:
    """Output of a network of one input at every x."""
    return np.asarray(network(x[:, None]).value[:, 0])


def count_pieces(network: Sequential, n_points: int = 2**14 + 1) -> int:
    """Count the straight pieces of a network of one input over [0, 1], from its slopes between even points.

    Corners should lie on the points, or far apart compared with them: one that lies between two points
    counts once if the interval that holds it is not counted as a piece of its own.
    """
    x = np.linspace(0.0, 1.0, n_points)
    slopes = np.diff(evaluate(network, x)) * (n_points - 1)
    turned = np.abs(np.diff(slopes)) > 1e-6 * max(1.0, float(np.abs(slopes).max()))
    # Between points, a corner changes the slope twice in a row.
    return 1 + int(np.count_nonzero(turned & ~np.append(False, turned[:-1])))


def best_single_layer(n_hidden: int, doublings: int) -> float:
    """Fit a single layer, its corners evenly spread, to a saw-tooth; return the root mean squared error.

    Parameters
    ----------
    n_hidden : int
        Units; corners lie at j/n_hidden.
    doublings : int
        The saw-tooth has ``2**doublings`` pieces.
    """
    x = (np.arange(2 ** (doublings + 5)) + 0.5) / 2 ** (doublings + 5)
    wanted = evaluate(sawtooth_network([2] * doublings), x)
    nearest = np.abs(x[:, None] * n_hidden - np.arange(n_hidden + 1))
    hats = np.maximum(1.0 - nearest, 0.0)  # span the same functions as the units, and are well conditioned
    shares = np.linalg.lstsq(hats, wanted, rcond=None)[0]
    return float(np.sqrt(np.mean((hats @ shares - wanted) ** 2)))


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``sawtooth.png`` and ``units.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Fit fewer single layers.
    seed : int, default 0
        Nothing here is random.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the units of the deepest network as a share of those of the shallowest.
    """
    deep, shallow = (n_units(_of_depth(depth, DOUBLINGS)) for depth in (DOUBLINGS, 1))
    sizes = range(4, 2**FITTED + 1, 12 if quick else 4)
    written = [
        folder.write_figure("sawtooth.png", _draw_sawtooth()),
        folder.write_figure("units.png", _draw_units(sizes)),
    ]
    return ModelRun(
        f"{2**DOUBLINGS} pieces: {deep} units in {DOUBLINGS} layers, {shallow} in one; "
        f"the deep network has {100 * deep / shallow:.1f} %",
        written,
    )


def _of_depth(depth: int, doublings: int) -> Sequential:
    return sawtooth_network([2 ** (doublings // depth)] * depth)


def _draw_sawtooth() -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, add_title, dress

    x = np.linspace(0.0, 1.0, 2**11 + 1)
    figure = new_figure(9.6, 3.0)
    panels = figure.subplots(1, 4, sharey=True)
    for depth, ax in zip((1, 2, 4, 6), panels, strict=True):
        network = sawtooth_network([2] * depth)
        ax.plot(x, evaluate(network, x), color=BLUE, linewidth=1.2)
        layers = "1 layer" if depth == 1 else f"{depth} layers"
        add_title(ax, f"{layers}, {n_units(network)} units: {count_pieces(network)} pieces")
        ax.title.set_fontsize(9)
        dress(ax, "Input", "Output" if depth == 1 else "")
    return figure


def _draw_units(sizes: Sequence[int]) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, CYCLE, GREY, VERMILLION, add_legend, dress

    figure = new_figure(9.6, 3.6)
    needed, fit = figure.subplots(1, 2)
    for depth, colour in zip(DEPTHS, CYCLE, strict=False):
        doublings = np.arange(depth, DOUBLINGS + 1, depth)
        units = [n_units(_of_depth(depth, k)) for k in doublings]
        label = "1 hidden layer" if depth == 1 else f"{depth} hidden layers"
        needed.plot(2.0**doublings, units, "o-", markersize=4, color=colour, label=label)
    doublings = np.arange(1, DOUBLINGS + 1)
    units = [n_units(_of_depth(k, k)) for k in doublings]
    needed.plot(2.0**doublings, units, "o-", markersize=4, color=CYCLE[-1], label="A layer for each doubling")
    needed.set_xscale("log", base=2)
    needed.set_yscale("log")
    add_legend(needed, "upper left")
    dress(needed, "Straight pieces", "Units")

    errors = [best_single_layer(n, FITTED) for n in sizes]
    fit.plot(
        sizes,
        errors,
        "o-",
        color=BLUE,
        markersize=4,
        label="Best fit, 1 layer, corners evenly spread",
    )
    fit.axhline(1 / np.sqrt(12), color=GREY, linestyle="--", linewidth=1, label="Best constant")
    deep = n_units(sawtooth_network([2] * FITTED))
    fit.plot(deep, 0.0, "D", color=VERMILLION, clip_on=False, label=f"{FITTED} layers")
    fit.set_ylim(bottom=0)
    add_legend(fit, "lower left")
    dress(fit, f"Units (saw-tooth of {2**FITTED} pieces)", "Root mean squared error")
    return figure
