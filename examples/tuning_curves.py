"""Firing rate against input: LIF neurons on their closed form, Hodgkin-Huxley neurons as measured.

The LIF neuron starts from 0 Hz at its threshold, the Hodgkin-Huxley neuron jumps from rest to about 50 Hz.
The lower panels magnify the onsets.
"""

import sys

import numpy as np

from neurosim import LIF, HodgkinHuxley, Network, Population, SpikeMonitor
from neurosim.output import OutputFolder
from neurosim.plotting import new_figure, plot_tuning_curve, unit_colour


def simulate(model, drive, settle=500.0, duration=1000.0, dt=0.02):
    """Firing rates (Hz) of neurons with constant inputs, from their intervals after `settle` ms."""
    cells = Population(len(drive), model)
    cells[model.input] = drive
    spikes = SpikeMonitor(cells)
    Network(cells, spikes, dt=dt).run(settle + duration)
    late = [train[train > settle] for train in spikes.spike_trains()]
    return np.array([1000 / np.diff(t).mean() if len(t) > 1 else 0.0 for t in late])


def main(folder="."):
    figure = new_figure(9.0, 6.0)
    upper, lower = figure.subplots(2, 2)
    for row, v_in in ((upper, np.linspace(0, 4, 41)), (lower, np.linspace(0.95, 1.15, 41))):
        fine = np.linspace(v_in[0], v_in[-1], 1001)
        plot_tuning_curve(
            v_in,
            simulate(LIF, v_in),
            LIF.rate(fine),
            "Input v_in (threshold 1)",
            row[0],
            colour=unit_colour("lif"),
            curve_drive=fine,
        )
    for row, current in ((upper, np.linspace(0, 40, 41)), (lower, np.linspace(5, 8, 31))):
        rates = simulate(HodgkinHuxley, current)
        plot_tuning_curve(current, rates, drive_label="Current (uA/cm2)", ax=row[1], colour=unit_colour("hh"))
    upper[0].set_title("LIF", loc="left")
    upper[1].set_title("Hodgkin-Huxley", loc="left")
    print(OutputFolder(folder).write_figure("tuning_curves.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
