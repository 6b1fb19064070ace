"""How many patterns a Hopfield memory holds.

Up to 0.1379 patterns a unit a stored pattern stays almost as it was, with an overlap that falls from 1 to
0.967; beyond, all are lost at once (Amit, Gutfreund & Sompolinsky 1985, doi:10.1103/PhysRevLett.55.1530). In
memories of few units the fall is rounded off.
"""

from __future__ import annotations

import numpy as np
from neurosim.models import ModelRun
from neurosim.models.hopfield.experiments import LOADS, basin_of_attraction, capacity
from neurosim.models.hopfield.mean_field import critical_load, order_parameters, retrieval_overlap

from neurosim.output import OutputFolder

SIZES = (200, 500, 2000)


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``capacity.png``, ``basins.png`` and ``phases.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Smaller memories and fewer trials.
    seed : int, default 0
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the overlap at 0.1 patterns a unit.
    """
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import GREY, INK, add_legend, dress

    sizes, trials = (SIZES[:2], 3) if quick else (SIZES, 20)
    loads = np.array(LOADS)
    figure = new_figure()
    ax = figure.subplots()
    for n in sizes:
        curve = capacity(n, loads, trials=trials, seed=seed, progress=progress)
        ax.errorbar(loads, curve.mean, curve.error, marker="o", markersize=4, capsize=2, label=f"{n} units")
    load, _ = critical_load()
    theory = np.linspace(0.005, load * (1 - 1e-6), 200)
    ax.plot(
        theory, [retrieval_overlap(a) for a in theory * (1 - 1e-9)], color=INK, label="Theory, many units"
    )
    ax.axvline(load, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    ax.set_ylim(0, 1.03)
    add_legend(dress(ax, "Load (patterns a unit)", "Final overlap"), "lower left")
    at_a_tenth = 100 * float(curve.mean[np.argmin(np.abs(loads - 0.1))])

    basins = new_figure()
    ax = basins.subplots()
    for load_of in (0.02, 0.05, 0.1):
        basin = basin_of_attraction(
            sizes[-1] // 2, load_of, trials=trials, seed=seed, connectivity="dense", progress=progress
        )
        ax.plot(100 * basin.x, basin.mean, marker="o", markersize=4, label=f"{load_of} patterns a unit")
    ax.set_ylim(0, 1.03)
    add_legend(dress(ax, "Units flipped in the probe (%)", "Final overlap"), "lower left")

    phases = new_figure()
    ax = phases.subplots()
    temperatures = np.linspace(0.02, 1.0, 12 if quick else 50)
    grid = np.linspace(0.002, 0.15, 12 if quick else 60)
    overlaps = [[order_parameters(a, T, steps=2000)[0] for a in grid] for T in temperatures]
    shown = ax.pcolormesh(grid, temperatures, overlaps, vmin=0, vmax=1, cmap="Blues", shading="nearest")
    figure_bar = phases.colorbar(shown, ax=ax)
    figure_bar.set_label("Overlap (theory)")
    dress(ax, "Load (patterns a unit)", "Temperature (of weights of scale 1/n)")
    return ModelRun(
        f"overlap at 0.1 patterns a unit, {sizes[-1]} units: {at_a_tenth:.1f} %",
        [
            folder.write_figure("capacity.png", figure),
            folder.write_figure("basins.png", basins),
            folder.write_figure("phases.png", phases),
        ],
    )
