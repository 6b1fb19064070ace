"""A memory that cools runs downhill: the energy over the plane of its two patterns, and ways into it.

At the four corners lie the two patterns and their negatives, each at the bottom of a valley; a memory cannot
tell a pattern from its negative. Forty random states begin near the middle, the top of the hill. While it is
hot they wander; at a temperature of about 1 they must choose, and as it cools each falls into one valley.
Left: their ways, dots where they end. Right: their energies, and the temperature (dashed).
"""

import sys

import numpy as np
from neurosim.models.hopfield import Hopfield
from neurosim.models.hopfield.experiments import energy_landscape, random_patterns

from neurosim.output import OutputFolder
from neurosim.plotting import new_figure
from neurosim.plotting.style import GREY, INK, add_legend, dress

N, M, SWEEPS, PROBES = 600, 2, 60, 40
SCALE = N / M  # Hebb's weights are (1/M) sum x^T x; temperatures below are for (1/N) sum x^T x


def main(folder="."):
    rng = np.random.default_rng(3)
    memory = Hopfield().fit(random_patterns(M, N, rng))
    temperatures = np.linspace(1.3, 0.0, SWEEPS)
    starts = random_patterns(PROBES, N, rng)
    found = memory.recall(starts, sweeps=SWEEPS, temperature=SCALE * temperatures, trajectory=True)
    ends = np.bincount(2 * found.nearest + (found.overlaps.max(axis=1) < 0.5), minlength=4)
    print("ends at pattern 0, its negative, pattern 1, its negative:", ends.tolist())

    figure = new_figure(10.4, 4.4)
    plane, course = figure.subplots(1, 2, width_ratios=[1.15, 1])
    energy_landscape(memory).plot(plane, recall=found)
    plane.set(xlim=(-1.15, 1.15), ylim=(-1.15, 1.15))
    course.plot(found.trajectory_energies / (N * SCALE), color=INK, linewidth=0.8, alpha=0.4)
    dress(course, "Sweeps", "Energy a unit")
    heat = course.twinx()
    heat.plot(
        1 + np.arange(SWEEPS), temperatures, color=GREY, linestyle=(0, (4, 3)), label="Temperature (right)"
    )
    add_legend(heat, "upper right")
    dress(heat, "", "Temperature").spines["right"].set_visible(True)
    print(OutputFolder(folder).write_figure("hopfield_landscape.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
