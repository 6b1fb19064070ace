"""A neuron model of one's own in ten lines of equations: FitzHugh and Nagumo's two-variable excitable cell.

From the text come a compiled kernel, the fixed point and the LaTeX. At the top the cell's response to three
currents: under a weak one it fires once and rests, under a stronger one it fires again and again, under the
strongest it is held depolarised. At the bottom the same in the plane of both variables, with the nullclines
(dashed) and the fixed point.
"""

import sys

import numpy as np

from neurosim import Network, NeuronModel, Population, StateMonitor
from neurosim.output import OutputFolder
from neurosim.plotting import new_figure, plot_traces

FitzHughNagumo = NeuronModel(
    """
    dv/dt = (v - v**3/3 - w + I)/tau : 1
    dw/dt = (v + a - b*w)/tau_w      : 1
    I : 1 (input)
    """,
    parameters={"tau": "1 ms", "tau_w": "12.5 ms", "a": 0.7, "b": 0.8},
    threshold="v > 1",
    initial={"v": "-1.2", "w": "-0.62"},
    integrator="rk4",
    name="FitzHughNagumo",
    reference="10.1016/S0006-3495(61)86902-6",
)
CURRENTS = (0.2, 0.5, 1.6)


def main(folder="."):
    cells = Population(3, FitzHughNagumo, I=CURRENTS)
    states = StateMonitor(cells, ["v", "w"])
    Network(cells, states, dt="0.05 ms").run("200 ms")

    figure = new_figure(8.0, 6.0)
    grid = figure.add_gridspec(2, 3)
    above = figure.add_subplot(grid[0, :])
    labels = [f"I = {current:g}" for current in CURRENTS]
    plot_traces(states.t, states["v"].T, labels, unit="1", quantity="v", ax=above, stacked=True)
    v = np.linspace(-2.3, 2.3, 200)
    for k, current in enumerate(CURRENTS):
        ax = figure.add_subplot(grid[1, k])
        ax.plot(v, v - v**3 / 3 + current, "--", v, (v + 0.7) / 0.8, "--", color="grey", linewidth=1)
        ax.plot(states["v"][:, k], states["w"][:, k])
        rest = FitzHughNagumo.steady_state(current)
        ax.plot(rest["v"], rest["w"], "o", color="black")
        ax.set(xlabel="v", ylabel="w" if k == 0 else "", title=labels[k], xlim=(-2.3, 2.3), ylim=(-1, 2.6))
    print(OutputFolder(folder).write_figure("own_neuron_model.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
