"""Rules of wiring: who is joined to whom, and how many synapses a neuron gets.

A thousand neurons on a ring, with fifty synapses each on average, by six rules. Above: a corner of the
connection matrix, a dot for each synapse. Below: how many neurons have how many incoming synapses, and what
theory expects (line): a binomial distribution where chance decides alone, one value where the rule does.
"""

import sys

import numpy as np
from scipy.stats import binom, hypergeom, norm

from neurosim import (
    DistanceDependent,
    FixedIndegree,
    FixedOutdegree,
    FixedProbability,
    FixedTotalNumber,
    SmallWorld,
)
from neurosim.output import OutputFolder
from neurosim.plotting import new_figure
from neurosim.plotting.style import BLUE, INK, dress

N, K, SHOWN = 1000, 50, 200
POSITIONS = np.arange(N) / N  # mm
WIDTH = 0.04  # mm
NEAR = np.minimum(POSITIONS, 1 - POSITIONS)
CHANCES = 0.5 * np.exp(-((NEAR / WIDTH) ** 2) / 2)
DEGREES = np.arange(20, 91)


def small_world_degrees(rewiring):
    """Kept synapses are binomial, and those that were moved arrive by chance."""
    kept = binom.pmf(np.arange(DEGREES[-1] + 1), K, 1 - rewiring)
    moved = binom.pmf(np.arange(DEGREES[-1] + 1), N * K, rewiring / N)
    return np.convolve(kept, moved)[DEGREES]


RULES = {
    "FixedProbability": (FixedProbability(K / N), binom.pmf(DEGREES, N, K / N)),
    "FixedIndegree": (FixedIndegree(K), np.where(DEGREES == K, 1.0, 0.0)),
    "FixedOutdegree": (FixedOutdegree(K), binom.pmf(DEGREES, N, K / N)),
    "FixedTotalNumber": (FixedTotalNumber(N * K), hypergeom.pmf(DEGREES, N * N, N * K, N)),
    "DistanceDependent": (
        DistanceDependent(f"0.5*exp(-(d/{WIDTH})**2/2)", POSITIONS, period=1.0),
        norm.pdf(DEGREES, CHANCES.sum(), np.sqrt((CHANCES * (1 - CHANCES)).sum())),
    ),
    "SmallWorld": (SmallWorld(K, 0.2), small_world_degrees(0.2)),
}


def main(folder="."):
    figure = new_figure(12.0, 4.8)
    axes = figure.subplots(2, len(RULES))
    for (matrix, histogram), (name, (rule, expected)) in zip(axes.T, RULES.items(), strict=True):
        wiring = rule.build(N, N, seed=1)
        corner = wiring.to_dense()[:SHOWN, :SHOWN]
        matrix.imshow(corner, cmap="Greys", interpolation="none", vmin=0, vmax=1)
        dress(matrix, "Postsynaptic neuron", "Presynaptic neuron" if name == "FixedProbability" else "")
        matrix.set_title(name, loc="left", fontsize=9)
        degrees = wiring.in_degrees()
        print(f"{name:18} {wiring.n_synapses} synapses, in-degree {degrees.mean():.1f} ± {degrees.std():.1f}")
        histogram.hist(degrees, np.append(DEGREES, 91) - 0.5, color=BLUE, alpha=0.6)
        histogram.plot(DEGREES, N * expected, color=INK, linewidth=1)
        dress(histogram, "Incoming synapses", "Neurons" if name == "FixedProbability" else "")
    print(OutputFolder(folder).write_figure("wiring_rules.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
