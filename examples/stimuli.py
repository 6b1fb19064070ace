"""Every kind of stimulus, and what a leaky integrate-and-fire neuron makes of it.

Each neuron of one population has a stimulus of its own, given to a slice; the kernel works them out, so no
memory is taken but by arrays that are given as such. Of noise, the upper curve is a sample of its own. The
input is in units of the threshold, which the dotted line marks.
"""

import sys

import numpy as np

from neurosim import (
    LIF,
    Chirp,
    Formula,
    ImageSequence,
    Network,
    OrnsteinUhlenbeck,
    Population,
    PulseTrain,
    Ramp,
    Sine,
    SpikeMonitor,
    StateMonitor,
    Step,
    TimedArray,
    WhiteNoise,
)
from neurosim.output import OutputFolder
from neurosim.plotting import new_figure, plot_stimulus, plot_traces

DURATION = 300.0  # ms
KNOTS = [0.5, 1.6, 0.8, 2.0, 0.4, 1.4, 1.0]
FILM = np.array([0.2, 1.5, 0.9, 2.2, 0.6, 1.2]).reshape(6, 1, 1)  # six images of one pixel
KINDS = {
    "Step": Step(1.6, start="50 ms", stop="200 ms"),
    "Ramp": Ramp(2.5, start=50, stop=250),
    "Pulse train": PulseTrain(4.0, "25 Hz", width="8 ms", start="20 ms"),
    "Sine and a constant": Sine(0.8, "10 Hz") + 1.0,
    "Chirp": Chirp(1.5, "2 Hz", "60 Hz", start=0, stop=DURATION, sweep="exponential"),
    "Formula": Formula("2.5*exp(-t/(100*ms))*abs(cos(2*pi*t/(60*ms)))"),
    "Ornstein-Uhlenbeck noise": OrnsteinUhlenbeck(1.0, 0.6, tau="10 ms"),
    "White noise and a step": WhiteNoise(1.0) + Step(0.9, start=100),
    "Array, held": TimedArray(KNOTS, "50 ms"),
    "Array, linear": TimedArray(KNOTS, "50 ms", interpolation="linear"),
    "A pixel of a film": ImageSequence(FILM, "40 ms"),
    "Sum": 0.6 * Step(1.0, start=150) + Sine(0.3, "40 Hz") + 0.7,
}


def main(folder="."):
    cells = Population(len(KINDS), LIF, tau_m="20 ms")
    for k, stimulus in enumerate(KINDS.values()):
        cells[k : k + 1]["v_in"] = stimulus
    states, spikes = StateMonitor(cells, "v"), SpikeMonitor(cells)
    Network(cells, states, spikes, seed=1).run(DURATION)

    figure = new_figure(11.0, 8.0)
    axes = figure.subplots(8, 3, sharex=True, height_ratios=[1, 1.2] * 4)
    for k, (name, stimulus) in enumerate(KINDS.items()):
        above, below = axes[k // 3 * 2 : k // 3 * 2 + 2, k % 3]
        plot_stimulus(stimulus, DURATION, above, quantity="v_in", colour="#9CA3AF", dt=0.5)
        above.axhline(1.0, color="#9CA3AF", linewidth=0.8, linestyle=":")
        above.set_title(name, loc="left", fontsize=9)
        plot_traces(states.t, states["v"][:, k], ax=below, quantity="v")
        below.vlines(spikes.spike_trains()[k], 1.0, 1.6, color=below.lines[0].get_color(), linewidth=1.0)
        for ax in (above, below) if k < 9 else (above,):
            ax.set_xlabel("")
    print(OutputFolder(folder).write_figure("stimuli.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
