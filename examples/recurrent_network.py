"""Excitatory and inhibitory LIF neurons, joined at random and driven by Poisson spikes.

Inhibitory neurons (orange) keep the excitatory ones (blue) from driving each other to their highest rate: the
activity is irregular, and when the input doubles, half-way, it rises to a new level.
"""

import sys

import numpy as np

from neurosim import LIF, Network, PoissonPopulation, Population, Projection, PSCFilter, Sparse, SpikeMonitor
from neurosim.analysis import interval_cv, mean_rate
from neurosim.output import OutputFolder
from neurosim.plotting import new_figure, plot_raster, unit_colour

N_EXC, N_INH, N_INPUT, P = 800, 200, 400, 0.1
HALF = 250.0  # ms


def main(folder="."):
    rng = np.random.default_rng(0)

    def synapses(n_pre, n_post, weight):
        pre, post = np.nonzero(rng.random((n_pre, n_post)) < P)
        return Sparse(pre, post, weight, n_pre=n_pre, n_post=n_post)

    n = N_EXC + N_INH
    receptors = {"exc": PSCFilter("5 ms"), "inh": PSCFilter("10 ms")}
    cells = Population(n, LIF, receptors=receptors, v=rng.random(n))
    inputs = PoissonPopulation(N_INPUT, "30 Hz")
    delay = "1.5 ms"
    network = Network(
        cells,
        inputs,
        Projection(inputs, cells, synapses(N_INPUT, n, 1.0), receptor="exc", delay=delay),
        Projection(cells[:N_EXC], cells, synapses(N_EXC, n, 1.0), receptor="exc", delay=delay),
        Projection(cells[N_EXC:], cells, synapses(N_INH, n, -6.0), receptor="inh", delay=delay),
        spikes := SpikeMonitor(cells),
        seed=1,
    )
    network.run(HALF)
    inputs.rate = "60 Hz"
    network.run(HALF)

    trains = spikes.spike_trains()
    rates = {
        "excitatory": mean_rate(trains[:N_EXC], 2 * HALF),
        "inhibitory": mean_rate(trains[N_EXC:], 2 * HALF),
    }
    print(rates, f"CV of intervals {np.nanmean(interval_cv(trains)):.2f}")

    figure = new_figure(8.0, 5.0)
    raster, histogram = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    for which, colour in ((spikes.i < N_EXC, unit_colour("lif")), (spikes.i >= N_EXC, unit_colour("hh"))):
        plot_raster(spikes.t[which], spikes.i[which], raster, n_units=n, duration_ms=2 * HALF, colour=colour)
    raster.set_xlabel("")
    bins = np.arange(0, 2 * HALF + 1, 5.0)
    counts, _ = np.histogram(spikes.t, bins)
    histogram.stairs(counts / n / 5e-3, bins, color="black")
    histogram.set(xlabel="Time (ms)", ylabel="Rate (Hz)")
    print(OutputFolder(folder).write_figure("recurrent_network.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
