"""Receptors: the conductance after one spike, and the block of NMDA receptors by magnesium.

AMPA and GABA_A open within the millisecond that transmitter is there and close in five; NMDA receptors stay
open for 150 ms, and GABA_B needs a burst. Depolarisation drives magnesium out of the NMDA channel, so that
its current under voltage clamp has a dip (Jahr & Stevens 1990).
"""

import sys

import numpy as np

from neurosim import (
    AMPA,
    GABA_A,
    GABA_B,
    NMDA,
    Dense,
    Lapicque,
    Network,
    NeuronModel,
    Population,
    Projection,
    StateMonitor,
)
from neurosim.output import OutputFolder
from neurosim.plotting import new_figure, plot_filters
from neurosim.plotting.style import CYCLE, dress

CLOCK = NeuronModel("dleft/dt = -1/ms : 1", threshold="left < 0", name="Clock")
MAGNESIUM = (0.0, 0.1, 1.0, 2.0)  # mM


def burst_of_gaba_b():
    """Time and conductance after ten spikes at 200 Hz."""
    axon = Population(10, CLOCK, left=5.0 * np.arange(10) + 0.05)
    cell = Population(1, Lapicque, receptors={"slow": GABA_B()})
    trace = StateMonitor(cell, "g_slow")
    Network(axon, cell, Projection(axon, cell, Dense(np.ones((10, 1)))), trace, dt=0.1).run(700)
    return trace.t, trace["g_slow"][:, 0]


def main(folder="."):
    figure = new_figure(8.0, 6.0)
    (fast, slow), (block, current) = figure.subplots(2, 2)
    t = np.linspace(-1, 20, 500)
    shown = {r.name: r.filter.impulse(t) for r in (AMPA(), NMDA(), GABA_A())}
    plot_filters(t, shown, fast, y_label="Fraction open")
    t, conductance = burst_of_gaba_b()
    nmda = NMDA().filter.impulse(t)
    burst = {"NMDA, one spike": nmda / nmda.max(), "GABA_B, ten spikes": conductance / conductance.max()}
    plot_filters(t, burst, slow, y_label="Conductance, of its peak")

    v = np.linspace(-100, 60, 321)
    for magnesium, colour in zip(MAGNESIUM, CYCLE, strict=False):
        unblocked = NMDA(magnesium=magnesium).unblocked(v)
        block.plot(v, unblocked, color=colour, label=f"{magnesium:g} mM")
        current.plot(v, unblocked * v, color=colour)
    block.legend(title="Magnesium", frameon=False)
    dress(block, "Membrane potential (mV)", "Fraction not blocked")
    current.axhline(0, color="black", linewidth=0.6)
    current.set_ylim(-60, 60)
    dress(current, "Membrane potential (mV)", "Current of 1 nS (pA)")
    print(f"not blocked at -65 mV in 1 mM: {NMDA().unblocked(-65.0):.4f}")
    print(OutputFolder(folder).write_figure("receptors.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
