"""Short-term plasticity: the same spikes through a depressing and through a facilitating synapse.

Eight spikes at 20 Hz and one half a second later. Depression uses up what the first spike has left and needs
time to recover; facilitation makes each spike of the train count for more than the one before (Tsodyks &
Markram 1997). Below: the fraction of its weight that a synapse transmits with each spike of a long train. It
falls as the train gets faster where the synapse depresses, and is largest at a rate of its own where it
facilitates.
"""

import sys

import numpy as np

from neurosim import Dense, Lapicque, Network, Population, Projection, PSCFilter, SpikeGenerator, StateMonitor
from neurosim.output import OutputFolder
from neurosim.plotting import new_figure, plot_traces
from neurosim.plotting.style import CYCLE, INK, add_legend, dress
from neurosim.synapses import Depressing, Facilitating

SYNAPSES = {"depressing": (Depressing, 250.0), "facilitating": (Facilitating, 1540.0)}  # weights in pA
TRAIN = [*range(50, 450, 50), 900]  # ms
RATES = np.array([1.0, 2, 5, 10, 15, 20, 30, 40, 60, 80])  # Hz
CURRENT = PSCFilter("3 ms", normalize="peak")
DT = 0.1  # ms


def respond(times, units, stp, weight, duration, variable):
    """Time, and a variable of cells that get the spikes of one generator unit each."""
    axons = SpikeGenerator(max(units) + 1, units, times)
    cells = Population(axons.n, Lapicque, receptors={"psc": CURRENT}, C_m="400 pF", tau_m="40 ms")
    trace = StateMonitor(cells, variable)
    joined = Projection(axons, cells, Dense(weight * np.eye(axons.n)), stp=stp)
    Network(axons, cells, joined, trace, dt=DT).run(duration)
    return trace.t, trace[variable]


def fraction(stp):
    """Fraction of the weight in a current, after two seconds of regular spikes at each rate."""
    times = [np.arange(0.0, 4000.0, 1000.0 / rate) for rate in RATES]
    units = np.repeat(np.arange(RATES.size), [len(t) for t in times])
    t, current = respond(np.concatenate(times), units, stp, 1.0, 4000, "x0_psc")
    one_spike = CURRENT.impulse(np.arange(0, 60, DT)).sum() * DT / 1000
    return current[t >= 2000].mean(axis=0) / (RATES * one_spike)


def main(folder="."):
    figure = new_figure(8.0, 6.5)
    traces, curves = figure.subplots(2, 2, height_ratios=(1, 1))
    for k, (name, (stp, weight)) in enumerate(SYNAPSES.items()):
        t, v = respond(TRAIN, [0] * len(TRAIN), stp, weight, 1100, "v")
        plot_traces(
            t, v[:, 0], [f"{name}, {stp.U:g} of {weight:g} pA at first"], "mV", traces[k], colour=CYCLE[k]
        )
        traces[k].plot(TRAIN, np.full(len(TRAIN), -70.2), "|", color=INK)
        fine = np.linspace(1, 80, 400)
        curves[k].plot(fine, stp.steady_release(fine), color=INK, linewidth=1, label="closed form")
        curves[k].plot(RATES, fraction(stp), "o", color=CYCLE[k], markersize=4, label="simulated")
        add_legend(dress(curves[k], "Presynaptic rate (Hz)", "Fraction transmitted"))
    print(OutputFolder(folder).write_figure("short_term_plasticity.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
