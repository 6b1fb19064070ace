"""The squid axon under a current that is switched on and off.

A weak step only charges the membrane, a stronger one makes a single spike, strong ones make trains. Releasing
an inhibiting current makes a spike too (anode break): it has closed potassium channels and opened the
inactivation gates of sodium, so that rest is above threshold for a while.
"""

import sys

from neurosim import HodgkinHuxley, Network, Population, StateMonitor, Step
from neurosim.output import OutputFolder
from neurosim.plotting import new_figure, plot_traces

STEPS = (-3.0, 2.0, 3.0, 7.0, 15.0)  # uA/cm2


def main(folder="."):
    axons = Population(len(STEPS), HodgkinHuxley, integrator="rk4", **HodgkinHuxley.steady_state())
    axons["I"] = Step(STEPS, start="10 ms", stop="60 ms")
    states = StateMonitor(axons, ["v", "I"])
    Network(axons, states, dt="0.01 ms").run("100 ms")

    figure = new_figure(7.5, 6.0)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    labels = [f"{step:g} uA/cm2" for step in STEPS]
    plot_traces(states.t, states["v"].T, labels, unit="mV", ax=above, stacked=True)
    above.set_xlabel("")
    plot_traces(states.t, states["I"], unit="uA/cm2", quantity="Current", ax=below)
    print(OutputFolder(folder).write_figure("hodgkin_huxley_current_steps.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
