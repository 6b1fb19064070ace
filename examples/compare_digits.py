"""The main job in small: one perceptron for digits, run with three kinds of unit on the same weights.

Each network decides better the longer it sees an image, and settles near the accuracy of the trained
network's single static pass, though the Hodgkin-Huxley units have quite another tuning curve than the one
that was trained.
"""

import sys

from neurosim.bridge import compare, format_table
from neurosim.data import load_digits
from neurosim.output import OutputFolder
from neurosim.plotting import new_figure, plot_accuracy_over_time


def main(folder="."):
    train, test = load_digits().split(0.25, seed=0)
    found = compare(train, test.subset(range(100)), hidden=(64,), epochs=6, duration="120 ms", seed=0)
    print(format_table(found.report))

    figure = new_figure(7.2, 4.0)
    recordings = found.recordings
    plot_accuracy_over_time(
        recordings.times,
        recordings.accuracy_over_time,
        figure.subplots(),
        reference=recordings.static_accuracy,
    )
    print(OutputFolder(folder).write_figure("compare_digits.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
