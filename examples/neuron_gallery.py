"""Every model of the library that has states, under a step of its input.

For each spiking model the step is chosen, out of a range, that makes it fire about fifteen times; rate units
have one step in common. Models with a reset have no spikes in their equations: a line marks where the reset
happens.
"""

import sys

import numpy as np

from neurosim import Network, Population, SpikeMonitor, StateMonitor, Step, neurons
from neurosim.output import OutputFolder
from neurosim.plotting import new_figure, plot_traces

LARGEST = {"pA": 1500.0, "uA/cm2": 150.0, "mV/ms": 30.0, "Hz": 150.0}  # input; else 4
RATE_STEP = 1.25
REST, ON, OFF, END = 200.0, 225.0, 475.0, 500.0  # ms; what happens before REST is not shown
WANTED = 15  # spikes
COLUMNS = 4


def models_with_states():
    """The spiking models in the order of their names, then the others."""
    found = [getattr(neurons, name) for name in neurons.__all__]
    models = [m for m in found if isinstance(m, neurons.NeuronModel) and m.system.states]
    return sorted(models, key=lambda model: model.threshold is None)


def respond(model, dt=0.005):
    """Step, times from REST on, first state and spikes of the neuron that fires about as often as wanted."""
    steps = LARGEST.get(model.system.units[model.input].name, 4.0) * np.geomspace(1 / 400, 1, 60)
    if model.threshold is None:
        steps = np.array([RATE_STEP])
    cells = Population(steps.size, model)
    cells[model.input] = Step(steps, start=ON, stop=OFF)
    spikes, states = SpikeMonitor(cells), StateMonitor(cells, model.system.states[0], dt=0.1)
    Network(cells, spikes, states, dt=dt, seed=0).run(END)
    trains = [train[train > ON] - REST for train in spikes.spike_trains()]
    best = min(range(steps.size), key=lambda k: abs(trains[k].size - WANTED))
    shown = states.t >= REST
    return steps[best], states.t[shown] - REST, states[model.system.states[0]][shown, best], trains[best]


def main(folder="."):
    models = models_with_states()
    rows = -(-len(models) // COLUMNS)
    figure = new_figure(3.2 * COLUMNS, 1.7 * rows)
    axes = figure.subplots(rows, COLUMNS, sharex=True, squeeze=False).ravel()
    for ax, model in zip(axes, models, strict=False):
        step, t, state, spikes = respond(model)
        plot_traces(t, state, ax=ax)
        low, high = state.min(), state.max()
        if model.reset:
            before = state[np.searchsorted(t, spikes) - 1]
            ax.vlines(spikes, before, high + 0.3 * (high - low), color=ax.lines[0].get_color(), linewidth=1.2)
        ax.axvspan(ON - REST, OFF - REST, color="#F3F4F6", zorder=0)
        name, unit = model.system.states[0], model.system.units[model.system.states[0]].name
        ax.set_ylabel(name if unit == "1" else f"{name} ({unit})")
        unit = model.system.units[model.input].name
        ax.set_title(
            f"{model.name}  {float(f'{step:.3g}'):g} {unit}".removesuffix(" 1"), loc="left", fontsize=9
        )
        ax.set_xlabel("")
    for ax in axes[len(models) :]:
        ax.set_axis_off()
    for ax in axes[len(models) - COLUMNS : len(models)]:
        ax.tick_params(labelbottom=True)
        ax.set_xlabel("Time (ms)")
    print(OutputFolder(folder).write_figure("neuron_gallery.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
