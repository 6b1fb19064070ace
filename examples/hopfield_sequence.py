"""A memory that counts: late, asymmetric connections call up one pattern after the other.

Hebb's symmetric connections hold a pattern. Connections from each pattern to the next, which act after a
delay of eight sweeps, push the state on once it has been held for so long, if they are stronger than those
that hold it. Above: twice as strong, and the memory goes through its six patterns, the first of which was
damaged, round and round. Below: at four fifths of the strength it stays (Sompolinsky & Kanter 1986).
"""

import sys

import numpy as np
from neurosim.models.hopfield import SequenceMemory
from neurosim.models.hopfield.experiments import corrupt, random_patterns

from neurosim.output import OutputFolder
from neurosim.plotting import new_figure

N, M, DELAY, SWEEPS = 500, 6, 8, 80


def main(folder="."):
    rng = np.random.default_rng(0)
    patterns = random_patterns(M, N, rng)
    probe = corrupt(patterns[:1], 0.25, rng)
    figure = new_figure(8.0, 5.4)
    for ax, strength in zip(figure.subplots(2, 1, sharex=True), (2.0, 0.8), strict=True):
        found = SequenceMemory(strength=strength, delay=DELAY).fit(patterns).recall(probe, sweeps=SWEEPS)
        found.plot(ax, probe=0)
        seen = found.trajectory_overlaps[:, 0].argmax(axis=1)
        print(
            f"strength {strength}: patterns {seen[:: DELAY + 1].tolist()}, period {found.periods[0]} sweeps"
        )
        ax.set_ylabel(f"Overlap, strength {strength:g}")
    figure.axes[0].set_xlabel("")
    figure.axes[1].get_legend().remove()
    print(OutputFolder(folder).write_figure("hopfield_sequence.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
