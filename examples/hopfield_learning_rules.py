"""How a memory learns decides how much it holds: five rules on the same random patterns.

Every rule stores more and more patterns of 160 units; a tenth of the units is flipped, and the memory runs to
rest. Hebb's rule fails beyond 0.14 patterns a unit. Storkey's, as local and as quick, holds twice as many;
dreaming of what it should not hold (unlearning) is worth still more. The pseudo-inverse, and a perceptron for
each unit with a margin of 1, reach about half a pattern a unit, where theory (Gardner 1988) puts 0.52 for the
perceptron; but they must see all patterns together.
"""

import sys

from neurosim.models.hopfield import Perceptron, Unlearning
from neurosim.models.hopfield.experiments import capacity

from neurosim.output import OutputFolder
from neurosim.plotting import new_figure

N, TRIALS = 160, 2
LOADS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65)
RULES = {
    "Hebb": "hebb",
    "Storkey": "storkey",
    "Unlearning": Unlearning(strength=0.05),
    "Pseudo-inverse": "pseudo_inverse",
    "Perceptron, margin 1": Perceptron(kappa=1.0, sweeps=100),
}


def main(folder="."):
    ax = new_figure(7.0, 4.2).add_subplot()
    for name, rule in RULES.items():
        curve = capacity(N, LOADS, trials=TRIALS, probes=50, share=0.1, rule=rule)
        curve.plot(ax, label=name)
        print(f"{name:22}", " ".join(f"{overlap:.2f}" for overlap in curve.mean))
    ax.set_ylim(0, 1.05)
    print(OutputFolder(folder).write_figure("hopfield_learning_rules.png", ax.figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
