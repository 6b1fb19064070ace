"""Post-synaptic currents: what one spike leaves behind, and what a train of spikes adds up to.

Filters of order 0 to 3 all have area 1: the higher the order, the later and rounder the current. The
simulated currents (colours) lie on the sum of the analytic responses (dotted), since linear filters are
advanced exactly.
"""

import sys

import numpy as np

from neurosim import (
    Dense,
    LeakyIntegrator,
    Network,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    SpikeMonitor,
    StateMonitor,
)
from neurosim.output import OutputFolder
from neurosim.plotting import new_figure, plot_filters, plot_traces

FILTERS = {f"order {n}": PSCFilter("5 ms", order=n) for n in range(4)}
DELAY, DT = 1.0, 0.1  # ms


def main(folder="."):
    axon = PoissonPopulation(1, "60 Hz")
    cells = [Population(1, LeakyIntegrator, receptors={"psc": psc}) for psc in FILTERS.values()]
    synapses = [Projection(axon, cell, Dense([[1.0]]), delay=DELAY) for cell in cells]
    currents = [StateMonitor(cell, "drive_psc") for cell in cells]
    spikes = SpikeMonitor(axon)
    Network(axon, cells, synapses, currents, spikes, dt=DT, seed=3).run(150)

    t = currents[0].t
    simulated = np.array([monitor["drive_psc"][:, 0] for monitor in currents])
    # A spike at t happens at the end of the step that begins at t.
    arrivals = np.round(spikes.t + DT + DELAY, 6)
    analytic = np.array([psc.apply(arrivals, t=np.round(t, 6)) for psc in FILTERS.values()])
    print(f"largest difference from the analytic sum: {np.abs(simulated - analytic).max():.1e} per ms")

    figure = new_figure(7.5, 6.0)
    above, below = figure.subplots(2, 1)
    after = np.linspace(0, 40, 401)
    plot_filters(after, {name: psc.impulse(after) for name, psc in FILTERS.items()}, above)
    plot_traces(t, simulated, list(FILTERS), unit="1/ms", quantity="Current", ax=below)
    below.plot(t, analytic.T, ":", color="black", linewidth=1)
    below.plot(spikes.t, np.zeros(len(spikes)), "|", color="black", markersize=9)
    print(OutputFolder(folder).write_figure("psc_filters.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
