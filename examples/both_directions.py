"""Recurrent layers that see a sequence from one end, and from both.

Pulses come at random, and at each step a network is asked whether another one follows. Going forward it can
only guess, by how often pulses come; with a layer beside it that starts from the end it knows. The sequences
are of unequal length: what stands after their end changes nothing.
"""

import sys

import numpy as np

from neurosim.output import OutputFolder
from neurosim.plotting import new_figure
from neurosim.plotting.style import BLUE, GREY, VERMILLION, add_legend, dress
from neurosim.rate import GRU, Adam, Affine, Bidirectional, Sequential, fit

TIME = 24


def pulses(n, rng):
    """Inputs (n, TIME, 1), whether another pulse follows each step, and lengths."""
    lengths = rng.integers(6, TIME + 1, n)
    inside = np.arange(TIME) < lengths[:, None]
    inputs = (rng.random((n, TIME)) < 0.15) & inside
    after = np.cumsum(inputs[:, ::-1], axis=1)[:, ::-1] - inputs
    return inputs[..., None].astype(float), (after > 0)[..., None].astype(float), lengths


def main(folder="."):
    rng = np.random.default_rng(0)
    x, y, lengths = pulses(600, rng)
    test, wanted, test_lengths = pulses(200, rng)
    counts = np.arange(TIME) < test_lengths[:, None]
    layers = {"Forward": GRU(8, returns="all"), "Both directions": Bidirectional(GRU(8, returns="all"))}
    figure = new_figure(7.2, 3.2)
    ax = figure.subplots()
    shown = int(np.argmax(test_lengths + test.sum(axis=(1, 2))))
    steps = np.arange(1, test_lengths[shown] + 1)
    ax.vlines(steps[test[shown, : len(steps), 0] > 0], 0, 1, color=GREY, linewidth=3, label="Pulse")
    for (name, layer), colour in zip(layers.items(), (VERMILLION, BLUE), strict=True):
        network = Sequential(layer, Affine(1), input_shape=(TIME, 1), seed=1)
        optimiser = Adam(network.parameters(), 0.01)
        options = {"lengths": lengths, "epochs": 10, "rng": 0, "progress": False}
        fit(network, "binary_cross_entropy", optimiser, x, y, **options)
        output = network(test, lengths=test_lengths).value
        right = ((output > 0) == (wanted > 0))[counts].mean()
        print(f"{name}: {100 * right:.1f} % of the steps answered correctly")
        follows = 1 / (1 + np.exp(-output[shown, : len(steps), 0]))
        ax.plot(steps, follows, "o-", color=colour, label=f"{name}, {100 * right:.0f} % correct")
    ax.set_ylim(-0.05, 1.05)
    add_legend(ax, "above")
    dress(ax, "Step", "Another pulse follows")
    print(OutputFolder(folder).write_figure("both_directions.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
