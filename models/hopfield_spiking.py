"""One memory in four kinds of unit: binary (Hopfield 1982, doi:10.1073/pnas.79.8.2554), rate, LIF and HH.

The same connections, learned once by Hebb's rule, drive all four from the same damaged pattern.
"""

from __future__ import annotations

import numpy as np
from neurosim.models import ModelRun
from neurosim.models.hopfield import Hopfield
from neurosim.models.hopfield.experiments import corrupt, random_patterns
from neurosim.models.hopfield.spiking import Course, recall_in_units

from neurosim.output import OutputFolder

N_UNITS, N_PATTERNS, DAMAGE, SOUGHT = 120, 6, 0.2, 2
"""Size of the memory, share of the probe's units that are flipped, and the pattern it is made of."""


def recall(seed: int = 0, duration: float = 400.0) -> dict[str, Course]:
    """Recall one pattern in all four kinds of unit.

    Parameters
    ----------
    seed : int, default 0
        Of patterns and damage.
    duration : float, default 400
        ms.
    """
    rng = np.random.default_rng(seed)
    patterns = random_patterns(N_PATTERNS, N_UNITS, rng)
    memory = Hopfield(random_state=seed).fit(patterns)
    probe = corrupt(patterns[SOUGHT : SOUGHT + 1], DAMAGE, rng)[0]
    return recall_in_units(memory, probe, SOUGHT, duration=duration)


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``overlaps.png`` and ``states.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Simulate 200 ms instead of 400.
    seed : int, default 0
        Of patterns and damage.
    progress
        Nothing takes long.

    Returns
    -------
    ModelRun
        The figures, and the last overlap of the LIF units.
    """
    from neurosim.plotting import new_figure, unit_colour, unit_name
    from neurosim.plotting.style import PALE, add_legend, add_title, dress

    courses = recall(seed, 200.0 if quick else 400.0)
    names = {name: "Binary (sweeps of 20 ms)" if name == "binary" else unit_name(name) for name in courses}
    overlaps = new_figure()
    ax = overlaps.subplots()
    ax.axvspan(0, 60, color=PALE, linewidth=0, label="Cue")
    for k, (name, course) in enumerate(courses.items()):
        colour = "#009E73" if name == "binary" else unit_colour(name, k)
        ax.plot(course.t, course.overlaps, marker="o", markersize=3, color=colour, label=names[name])
    ax.set_ylim(0, 1.03)
    ax.set_xlim(left=0)
    add_legend(dress(ax, "Time (ms)", "Overlap with the stored pattern"), "lower right")

    states = new_figure(7.0, 5.2)
    for ax, (name, course) in zip(states.subplots(2, 2, sharey=True).flat, courses.items(), strict=True):
        ax.pcolormesh(
            np.append(course.t, course.t[-1] + 20.0), np.arange(N_UNITS + 1), course.states.T, cmap="Greys"
        )
        add_title(dress(ax, "Time (ms)", "Unit"), names[name])
    return ModelRun(
        f"overlap of LIF units with the pattern: {100 * courses['lif'].overlaps[-1]:.1f} %",
        [folder.write_figure("overlaps.png", overlaps), folder.write_figure("states.png", states)],
    )
