"""How many patterns a Hopfield memory holds.

Up to 0.1379 patterns a unit a stored pattern stays almost as it was, with an overlap that falls from 1 to
0.967; beyond, all are lost at once (Amit, Gutfreund & Sompolinsky 1985, doi:10.1103/PhysRevLett.55.1530). In
memories of few units the fall is rounded off.
"""

from __future__ import annotations

import numpy as np
from neurosim.models import ModelRun
from neurosim.models.hopfield.experiments import (
    basin_of_attraction,
    capacity,
    one_step_errors,
    phase_diagram,
    spurious_states,
)
from neurosim.models.hopfield.mean_field import critical_load, one_step_error, retrieval_overlap

from neurosim.output import OutputFolder

SIZES = (200, 500, 2000)


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``capacity.png``, ``basins.png``, ``one_step.png``, ``phases.png`` and ``spurious.png``.

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
    from neurosim.plotting.style import GREY, add_legend

    sizes, trials = (SIZES[:2], 3) if quick else (SIZES, 20)
    critical, _ = critical_load()
    ax = None
    for n in sizes:
        curve = capacity(n, trials=trials, seed=seed, progress=progress)
        ax = curve.plot(ax, theory=_kept_in_theory if n == sizes[-1] else None)
    named = f"Critical load: {critical:.3f}"
    ax.axvline(critical, color=GREY, linewidth=1, linestyle=(0, (4, 3)), label=named)
    add_legend(ax)
    ax.set_ylim(0, 1.03)
    at_a_tenth = 100 * float(curve.mean[np.argmin(np.abs(curve.x - 0.1))])

    basins = None
    for load in (0.02, 0.05, 0.1):
        basin = basin_of_attraction(
            sizes[-1] // 2, load, trials=trials, seed=seed, connectivity="dense", progress=progress
        )
        basins = basin.plot(basins, label=f"{load} patterns a unit")
    basins.set_ylim(0, 1.03)

    errors = one_step_errors(sizes[0], trials=trials, seed=seed).plot(theory=one_step_error)
    if quick:
        phases = phase_diagram(100, (0.02, 0.08, 0.14), (0.1, 0.5, 0.9), trials=1, sweeps=10, seed=seed)
    else:
        phases = phase_diagram(seed=seed, progress=progress)
    spurious = spurious_states(200 if quick else 1000, trials=trials, seed=seed)
    figures = {
        "capacity": ax,
        "basins": basins,
        "one_step": errors,
        "phases": phases.plot(),
        "spurious": spurious.plot(),
    }
    return ModelRun(
        f"overlap at 0.1 patterns a unit, {sizes[-1]} units: {at_a_tenth:.1f} %",
        [folder.write_figure(f"{name}.png", drawn.figure) for name, drawn in figures.items()],
    )


def _kept_in_theory(load: float) -> float:
    """Overlap of many units; NaN breaks the line where it falls."""
    return retrieval_overlap(load) or float("nan")
