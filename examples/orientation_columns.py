"""Orientation columns: drifting gratings through Gabor-like receptive fields into spiking neurons.

Pixels become Poisson spikes of ON cells, which like light, and of OFF cells, which like dark. One Conv2d
joins them to eight columns of LIF neurons; each column has the receptive field of its angle at every place,
as simple cells of visual cortex have (Hubel & Wiesel 1962, doi:10.1113/jphysiol.1962.sp006837). Above, the
fields and two of the gratings; below, every seventh neuron, column by column.
"""

import sys

import numpy as np

from neurosim import (
    LIF,
    Conv2d,
    ImageSequence,
    Network,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    SpikeMonitor,
)
from neurosim.output import OutputFolder
from neurosim.plotting import new_figure, plot_image, plot_raster
from neurosim.plotting.style import add_legend, dress

SIZE, FIELD, STRIDE = 27, 11, 2  # pixels
WAVELENGTH = 7.0  # pixels
COLUMNS = np.arange(0, 180, 22.5)  # degrees
SHOWN = np.arange(0, 180, 11.25)
FRAMES, FRAME = 12, 25.0  # of each grating; ms


def wave(size, angle, phase):
    """A grating between -1 and 1 whose bars stand at an angle to the horizontal."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    across = x * np.sin(np.deg2rad(angle)) + y * np.cos(np.deg2rad(angle))
    return np.cos(2 * np.pi * across / WAVELENGTH - phase)


def gabor(angle):
    y, x = np.mgrid[:FIELD, :FIELD] - (FIELD - 1) / 2
    field = np.exp(-(x**2 + y**2) / (2 * 2.5**2)) * wave(FIELD, angle, 0.0)
    return (field - field.mean()) / abs(field).sum()


def main(folder="."):
    fields = np.array([gabor(angle) for angle in COLUMNS])
    phases = 2 * np.pi * np.arange(FRAMES) / FRAMES
    gratings = np.array([wave(SIZE, angle, phase) for angle in SHOWN for phase in phases])
    light = np.stack([gratings.clip(0), (-gratings).clip(0)], axis=1)  # ON and OFF
    eye = PoissonPopulation(light[0].size, ImageSequence(light, FRAME, gain="100 Hz"), name="eye")
    wires = Conv2d(100.0 * np.stack([fields, -fields], axis=1), (2, SIZE, SIZE), stride=STRIDE)
    cells = Population(wires.n_post, LIF, receptors={"light": PSCFilter("5 ms")}, name="cortex")
    spikes = SpikeMonitor(cells)
    Network(eye, cells, Projection(eye, cells, wires), spikes, seed=1).run(len(light) * FRAME)

    per_column = wires.n_post // len(COLUMNS)
    duration = FRAMES * FRAME  # of one grating
    edges = [np.arange(len(SHOWN) + 1) * duration, np.arange(len(COLUMNS) + 1) * per_column]
    counts = np.histogram2d(spikes.t, spikes.i, edges)[0]
    figure = new_figure(11.0, 7.5)
    above, below = figure.subfigures(2, 1, height_ratios=(1, 4))
    for ax, image in zip(above.subplots(1, 10), [*fields, gratings[0], gratings[8 * FRAMES]], strict=True):
        plot_image(0.5 - 0.5 * image / abs(image).max(), ax)  # white is light
    raster, tuning = below.subplots(1, 2)
    shown = spikes.i % 7 == 0
    plot_raster(spikes.t[shown], spikes.i[shown], ax=raster)
    for angle, rate in zip(COLUMNS, counts.T / per_column / duration * 1000, strict=True):
        tuning.plot(SHOWN, rate, label=f"{angle:g}")
    dress(tuning, "Angle of the grating (degrees)", "Rate of a column (Hz)")
    add_legend(tuning, "above")
    print(OutputFolder(folder).write_figure("orientation_columns.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
